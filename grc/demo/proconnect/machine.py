"""What the service's server meets on the simulated ProConnect, and the faults of agents' identities."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable
from typing import Any

from starlette.responses import JSONResponse, Response

from grc.demo.franceconnect.faults import FAULTS
from grc.demo.franceconnect.machine import Machine
from grc.demo.franceconnect.peer import Grant
from grc.demo.franceconnect.registry import Client
from grc.demo.proconnect.agents import COMPANY, AgentIdentity, subject
from grc.demo.proconnect.authorize import AgentLogin
from grc.demo.proconnect.registry import LEVELS, SCOPES, AgentClient

Claims = dict[str, Any]


def _set(**values: Any) -> Callable[[Claims], Claims]:
    return lambda claims: claims | values


def _without(name: str) -> Callable[[Claims], Claims]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


_CLAIM_FAULTS: dict[str, Callable[[Claims], Claims]] = {
    "id.one_factor": _set(acr="eidas1"),
    "id.unknown_acr": _set(acr="https://proconnect.gouv.fr/assurance/self-asserted-2fa"),
    "ui.no_siret": _without("siret"),
    "ui.other_siret": _set(siret=COMPANY),
    "ui.bad_siret": _set(siret="12345678901234"),
    "ui.several_sirets": lambda claims: claims | {"siret": [claims.get("siret"), COMPANY]},
    "ui.bad_email": _set(email="claire\r\nBcc: autre@elsewhere.example"),
    "ui.no_email": _without("email"),
    "ui.no_names": lambda claims: _without("usual_name")(_without("given_name")(claims)),
}
AGENT_FAULTS = FAULTS | frozenset(_CLAIM_FAULTS) | {"acr.refused", "sub.changed", "pkce.ignored"}


class AgentMachine(Machine):
    """The endpoints of ProConnect."""

    known_faults = AGENT_FAULTS

    def metadata(self) -> dict[str, Any]:
        """What discovery tells."""
        return super().metadata() | {
            "subject_types_supported": ["public"],
            "scopes_supported": sorted(SCOPES),
            "acr_values_supported": list(LEVELS),
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "introspection_endpoint": f"{self._settings.issuer}/token/introspection",
        }

    def levels(self, grant: Grant) -> dict[str, Any]:
        """acr of the agent's own provider; amr only where it was asked."""
        acr = grant.identity.acr if isinstance(grant.identity, AgentIdentity) else "eidas1"
        amr = ["pwd", "otp", "mfa"] if acr.endswith("-mfa") else ["pwd"]
        return {"acr": acr, **({"amr": amr} if grant.login.wants_amr else {})}

    def proves(self, grant: Grant, form: dict[str, str]) -> bool:
        """PKCE: the verifier's SHA-256 is the challenge (RFC 7636); a verifier for no challenge is refused too."""
        challenge = grant.login.challenge if isinstance(grant.login, AgentLogin) else ""
        verifier = form.get("code_verifier", "")
        if "pkce.ignored" in self._peer.faults:
            return True
        if not challenge or not verifier:
            return challenge == verifier
        digest = hashlib.sha256(verifier.encode()).digest()
        return secrets.compare_digest(base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), challenge)

    def _token_answer(self, grant: Grant) -> dict[str, Any]:
        """With a refresh token, always: who does not need it drops it."""
        return super()._token_answer(grant) | {"refresh_token": secrets.token_urlsafe(32)}

    def _identity(self, grant: Grant) -> Response:
        """Signed, or plain JSON for a client that registered no algorithm for it."""
        client = grant.login.client
        if isinstance(client, AgentClient) and not client.signed_userinfo:
            return JSONResponse(self._spoilt("ui", grant.claims() | {"sub": self._common(grant)["sub"]}))
        return super()._identity(grant)

    def _common(self, grant: Grant) -> dict[str, Any]:
        common = super()._common(grant)
        return common | {"sub": subject("changed")} if "sub.changed" in self._peer.faults else common

    def _signed(self, kind: str, claims: Claims, client: Client) -> str:
        return super()._signed(kind, self._spoilt(kind, claims), client)

    def _spoilt(self, kind: str, claims: Claims) -> Claims:
        for name, spoil in _CLAIM_FAULTS.items():
            if name in self._peer.faults and name.startswith(f"{kind}."):
                claims = spoil(claims)
        return claims
