"""What the service's server meets on the simulator: discovery, token, userinfo, keys, revocation, fault switches."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse

from grc.demo.franceconnect.faults import FAULTS, signed
from grc.demo.franceconnect.peer import Grant, Peer
from grc.demo.franceconnect.registry import SCOPES, Client

_NO_STORE = {"Cache-Control": "no-store"}
_SPACES = b" " * 50_000
_HUGE = 1_000
"""How many times these spaces stand before an answer that is too large: fifty million bytes."""
_DOCS = "https://docs.partenaires.example/fs/erreurs"


class Machine:
    """The handlers that speak JSON and JWT. Another provider overrides what it does apart."""

    known_faults = FAULTS

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._settings = peer.settings

    async def discovery(self, _: Request) -> Response:
        """The provider's metadata. It announces HS256 and S256, which no client may rely on, as FranceConnect does."""
        self._peer.asked["discovery"] += 1
        await self._slowed("discovery.slow")
        if "discovery.500" in self._peer.faults:
            return PlainTextResponse("erreur", 500)
        return self._padded("discovery", JSONResponse(self.metadata()))

    def metadata(self) -> dict[str, Any]:
        """What discovery tells."""
        issuer = self._settings.issuer
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "userinfo_endpoint": f"{issuer}/userinfo",
            "jwks_uri": f"{issuer}/jwks",
            "end_session_endpoint": f"{issuer}/session/end",
            "revocation_endpoint": f"{issuer}/token/revocation",
            "response_types_supported": ["code"],
            "response_modes_supported": ["form_post", "fragment", "query"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["pairwise"],
            "scopes_supported": sorted(SCOPES),
            "acr_values_supported": ["eidas1"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "id_token_signing_alg_values_supported": ["ES256", "RS256", "HS256"],
            "userinfo_signing_alg_values_supported": ["ES256", "RS256", "HS256"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            "claims_parameter_supported": True,
            "request_parameter_supported": False,
        }

    async def jwks(self, _: Request) -> Response:
        """The public keys, several of them."""
        self._peer.asked["jwks"] += 1
        await self._slowed("jwks.slow")
        if "jwks.500" in self._peer.faults:
            return PlainTextResponse("erreur", 500)
        published = JSONResponse(self._peer.keys.published(), headers={"Cache-Control": "max-age=600"})
        return self._padded("jwks", published)

    async def token(self, request: Request) -> Response:
        """A code exchanged once, by client_secret_post only."""
        self._peer.asked["token"] += 1
        form = {name: str(value) for name, value in (await request.form()).items()}
        await self._slowed("token.slow")
        if "token.500" in self._peer.faults:
            return PlainTextResponse("erreur", 500)
        if "token.html" in self._peer.faults:
            return HTMLResponse("<h1>Maintenance</h1>")
        client = self._authenticated(request, form)
        if client is None:
            return _oauth_error(401, "invalid_client", "client authentication failed", "Y04B5F83")
        if form.get("grant_type") != "authorization_code":
            return _oauth_error(400, "unsupported_grant_type", "unsupported grant_type requested", "Y04FE7E6")
        grant = self._peer.spend(form.get("code", ""), client, form.get("redirect_uri", ""))
        if isinstance(grant, str):
            return _oauth_error(400, "invalid_grant", f"grant request is invalid ({grant})", "Y04D3E2C")
        if not self.proves(grant, form):
            return _oauth_error(400, "invalid_grant", "grant request is invalid (PKCE verification failed)", "Y04D3E2C")
        return self._padded("token", JSONResponse(self._token_answer(grant), headers=_NO_STORE))

    async def userinfo(self, request: Request) -> Response:
        """The identity as a signed JWT."""
        self._peer.asked["userinfo"] += 1
        faults = self._peer.faults
        await self._slowed("ui.slow")
        if "ui.500" in faults or "ui.500_once" in faults:
            faults.discard("ui.500_once")
            return PlainTextResponse("erreur", 500)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self._peer.bearer(token) if scheme.lower() == "bearer" else "no access token provided"
        if isinstance(grant, str) or "ui.401" in faults:
            reason = grant if isinstance(grant, str) else "grant is expired"
            headers = {"WWW-Authenticate": f'Bearer error="invalid_token", error_description="{reason}"'}
            return JSONResponse({"error": "invalid_token", "error_description": reason}, 401, headers)
        return self._padded("ui", self._identity(grant))

    async def revocation(self, request: Request) -> Response:
        """An access token given up before its time."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        if self._authenticated(request, form) is None:
            return _oauth_error(401, "invalid_client", "client authentication failed", "Y04B5F83")
        grant = self._peer.bearer(form.get("token", ""))
        if isinstance(grant, Grant):
            grant.is_revoked = True
        return Response(headers=_NO_STORE)

    async def faults(self, request: Request) -> Response:
        """The active faults; POST a JSON list to replace them, and the counts of requests begin anew."""
        if request.method == "POST":
            wanted = await request.json() if _is_json(request) else None
            if not isinstance(wanted, list) or not set(wanted) <= self.known_faults:
                known = sorted(self.known_faults)
                return JSONResponse({"error": "a JSON list of known faults is expected", "known": known}, 400)
            self._peer.faults = set(wanted)
            self._peer.begin_anew()
        return JSONResponse({"active": sorted(self._peer.faults), "asked": dict(self._peer.asked)})

    async def rotate(self, _: Request) -> Response:
        """New signing keys, as after an incident."""
        self._peer.keys.rotate()
        return JSONResponse({"kids": [key["kid"] for key in self._peer.keys.published()["keys"]]})

    def proves(self, grant: Grant, form: dict[str, str]) -> bool:
        """Whether who exchanges the code is who asked for it: FranceConnect has no such proof."""
        return True

    def levels(self, grant: Grant) -> dict[str, Any]:
        """acr, and amr where it was asked."""
        login = grant.login
        amr = {"amr": ["fc", "pwd"]} if login.wants_amr or "amr" in login.scopes else {}
        return {"acr": "eidas1", **amr}

    def _authenticated(self, request: Request, form: dict[str, str]) -> Client | None:
        client = self._settings.client(form.get("client_id", ""))
        if client is None or "authorization" in request.headers:
            return None
        secret = form.get("client_secret", "").encode()
        return client if secrets.compare_digest(secret, client.client_secret.encode()) else None

    def _token_answer(self, grant: Grant) -> dict[str, Any]:
        login = grant.login
        claims = self._common(grant) | self.levels(grant)
        claims |= {
            "auth_time": int(grant.clicked_at.timestamp()),
            "nonce": login.nonce,
        }
        answer = {
            "access_token": grant.access_token,
            "expires_in": self._settings.token_seconds,
            "id_token": self._signed("id", claims, login.client),
            "scope": " ".join(login.scopes),
            "token_type": "Bearer",
        }
        if "token.no_id_token" in self._peer.faults:
            del answer["id_token"]
        return answer

    def _identity(self, grant: Grant) -> Response:
        claims = grant.claims() | self._common(grant)
        if "ui.json" in self._peer.faults:
            return JSONResponse(claims)
        return Response(self._signed("ui", claims, grant.login.client), media_type="application/jwt")

    def _common(self, grant: Grant) -> dict[str, Any]:
        now = int(self._settings.now().timestamp())
        return {
            "sub": grant.sub,
            "aud": grant.login.client.client_id,
            "exp": now + self._settings.token_seconds,
            "iat": now,
            "iss": self._settings.issuer,
        }

    def _signed(self, kind: str, claims: dict[str, Any], client: Client) -> str:
        return signed(kind, claims, keys=self._peer.keys, client=client, active=self._peer.faults)

    def _padded(self, place: str, answer: Response) -> Response:
        """The answer; under its fault, true all the same, and far too large."""
        if f"{place}.huge" not in self._peer.faults:
            return answer
        return StreamingResponse(self._spaces_and(place, bytes(answer.body)), media_type=answer.media_type)

    async def _spaces_and(self, place: str, body: bytes) -> AsyncIterator[bytes]:
        for _ in range(_HUGE):
            self._peer.sent[place] += len(_SPACES)
            yield _SPACES
            await asyncio.sleep(0)
        yield body

    async def _slowed(self, fault: str) -> None:
        if fault in self._peer.faults:
            await asyncio.sleep(self._settings.slow_seconds)


def _oauth_error(status: int, error: str, description: str, code: str) -> JSONResponse:
    uri = f"{_DOCS}?code={code}&id={secrets.token_hex(8)}"
    return JSONResponse({"error": error, "error_description": description, "error_uri": uri}, status, headers=_NO_STORE)


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").split(";")[0].strip() == "application/json"
