"""The only part that speaks to an OpenID Provider: discovery, authorization, token, userinfo, keys, logout."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client

from grc import clock
from grc.errors import Unavailable
from grc.franceconnect import answers, claims, tokens
from grc.franceconnect.callback import Ending, LoginRefused, for_log
from grc.franceconnect.documents import Documents
from grc.franceconnect.provider import Authorization, Provider, SignedIn
from grc.references import new_token

logger = logging.getLogger(__name__)

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_LONGEST_LEVEL = 120
_NAMES_ISSUER = "authorization_response_iss_parameter_supported"
_REFUSED = {"invalid_grant": "code_refused", "server_error": "unavailable", "temporarily_unavailable": "unavailable"}
_FORMS = {"jwt": ("application/jwt",), "json": ("application/json",), "any": ("application/jwt", "application/json")}


class FranceConnectClient:
    """One for the process: it keeps discovery and keys for ten minutes, and nothing of any citizen.

    timeout: whole seconds for one exchange of messages, body included. Raises Unavailable when FranceConnect does not
    answer as it should, LoginRefused when what it answers must not open a session.
    """

    def __init__(
        self,
        *,
        timeout: float = 5.0,
        now: Callable[[], datetime] = clock.now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._timeout = timeout
        self._now = now
        self._tls = httpx2.create_ssl_context()
        self._documents = Documents(monotonic)

    async def authorization(self, provider: Provider) -> Authorization:
        """A new login: parameters are FranceConnect's closed list, state and nonce have 43 characters."""
        metadata = await self._metadata(provider)
        async with self._session(provider) as session:
            nonce = new_token()
            verifier = new_token() if provider.pkce else ""
            url, state = session.create_authorization_url(
                metadata["authorization_endpoint"],
                state=new_token(),
                nonce=nonce,
                code_verifier=verifier or None,
                **provider.level(),
                **provider.extra,
            )
        return Authorization(
            url=url,
            state=state,
            nonce=nonce,
            issuer=provider.issuer,
            verifier=verifier,
            requires_iss=provider.requires_iss or metadata.get(_NAMES_ISSUER) is True,
        )

    async def exchange(self, provider: Provider, *, code: str, nonce: str, verifier: str = "") -> SignedIn:
        """The identity behind a code that `check_callback` gave; the transaction is already deleted by then.

        verifier: of the transaction, where the provider asks for PKCE.
        Keys are at hand before the code is spent, since code and grant live 30 seconds; the code is never sent twice.
        """
        metadata = await self._metadata(provider)
        await self._document(provider, metadata["jwks_uri"])
        async with self._session(provider) as session:
            token = await self._token(session, metadata["token_endpoint"], code, verifier)
            id_claims = await self._verified(provider, metadata, token["id_token"], "id")
            tokens.check_id_token(
                id_claims,
                issuer=provider.issuer,
                client_id=provider.client_id,
                nonce=nonce,
                acr=provider.acr,
                now=self._now(),
            )
            person = await self._person(session, provider, metadata, token["access_token"], str(id_claims["sub"]))
        acr, amr = _one_text(id_claims.get("acr")), id_claims.get("amr")
        return SignedIn(
            identity=claims.identity(person, iss=provider.issuer, acr=acr),
            id_token=token["id_token"],
            claims=person,
            acr=acr,
            amr=tuple(one for one in amr if isinstance(one, str)) if isinstance(amr, list) else (),
        )

    async def logout_url(self, provider: Provider, *, id_token: str, state: str) -> str:
        """Where the browser goes once our own session is destroyed; it comes back with `state`.

        A provider without logout, or a session without id_token, leads straight to our own return page.
        """
        back = {"state": state}
        endpoint = (await self._metadata(provider)).get("end_session_endpoint")
        if not endpoint or not id_token:
            return _with_query(provider.post_logout_redirect_uri, back)
        back = {
            "id_token_hint": id_token,
            "post_logout_redirect_uri": provider.post_logout_redirect_uri,
            "state": state,
        }
        return _with_query(endpoint, back)

    @asynccontextmanager
    async def _session(self, provider: Provider) -> AsyncIterator[AsyncOAuth2Client]:
        """One Authlib client for one step of one login: it remembers tokens, so it is never shared."""
        async with AsyncOAuth2Client(
            client_id=provider.client_id,
            client_secret=provider.client_secret,
            token_endpoint_auth_method=_basic
            if provider.auth_method == "client_secret_basic"
            else provider.auth_method,
            code_challenge_method="S256" if provider.pkce else None,
            redirect_uri=provider.redirect_uri,
            scope=provider.scope,
            timeout=self._timeout,
            verify=self._tls,
            follow_redirects=False,
            trust_env=not is_loopback(provider.issuer),
            **answers.reading(),
        ) as session:
            yield session

    async def _metadata(self, provider: Provider) -> dict[str, Any]:
        """The discovery document, whose endpoints are the only ones used; raises Unavailable for a faulty one."""
        metadata = await self._document(provider, provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if metadata.get("issuer") != provider.issuer:
            raise _unavailable("discovery: issuer differs")
        scheme = urlsplit(provider.issuer).scheme
        for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"):
            if urlsplit(str(metadata.get(name))).scheme not in {scheme, "https"}:
                raise _unavailable(f"discovery: {name} missing or insecure")
        return metadata

    async def _document(self, provider: Provider, url: str) -> dict[str, Any]:
        return await self._documents.get(url, lambda: self._fetch(provider, url))

    async def _fetch(self, provider: Provider, url: str) -> dict[str, Any]:
        """A published document, in a session of its own: the fetch may outlive the login that began it."""
        async with self._session(provider) as session:
            answer = await self._get(session, url, accept="application/json")
        try:
            document = json.loads(answer.content) if answer.status_code == httpx2.codes.OK else None
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise _unavailable(f"{urlsplit(url).path}: {answer.status_code}")
        return document

    async def _verified(self, provider: Provider, metadata: dict[str, Any], token: str, kind: str) -> dict[str, Any]:
        url = metadata["jwks_uri"]
        for attempt in range(2):
            keys = _keys(await self._document(provider, url), provider.algorithm)
            try:
                return tokens.verified(token, keys, algorithm=provider.algorithm, kind=kind)
            except tokens.UnknownKey:
                if attempt == 0:
                    await self._documents.refetch(url, lambda: self._fetch(provider, url))
        raise LoginRefused(f"{kind}.key", detail="unknown kid")

    async def _person(
        self, session: AsyncOAuth2Client, provider: Provider, metadata: dict[str, Any], access_token: str, sub: str
    ) -> dict[str, Any]:
        """The claims of the userinfo, of the id_token's own subject; signed ones are verified as the id_token is."""
        told, is_signed = await self._userinfo(session, provider, metadata["userinfo_endpoint"], access_token)
        if not is_signed:
            return tokens.unsigned_userinfo(told, sub=sub)
        person = await self._verified(provider, metadata, told, "ui")
        tokens.check_userinfo(person, issuer=provider.issuer, client_id=provider.client_id, sub=sub, now=self._now())
        return person

    async def _token(self, session: AsyncOAuth2Client, url: str, code: str, verifier: str) -> dict[str, Any]:
        """The token endpoint's answer, with its access_token and id_token; the code is spent, whatever happens."""
        reported: list[str] = []
        session.register_compliance_hook("access_token_response", partial(_reported, reported))
        proof = {"code_verifier": verifier} if verifier else {}
        try:
            async with asyncio.timeout(self._timeout):
                answer = await session.fetch_token(url, grant_type="authorization_code", code=code, **proof)
        except OAuthError as error:
            raise LoginRefused(_REFUSED.get(error.error, "our_credentials"), detail=" ".join(reported)) from error
        except (httpx2.HTTPError, AuthlibBaseError, TimeoutError, ValueError) as error:
            raise _unavailable(f"token: {type(error).__name__}") from error
        if not _is_text(answer.get("id_token")):
            raise LoginRefused("id_token_missing")
        if not _is_text(answer.get("access_token")) or str(answer.get("token_type")).lower() != "bearer":
            raise _unavailable("token: no bearer token")
        return dict(answer)

    async def _userinfo(
        self, session: AsyncOAuth2Client, provider: Provider, url: str, access_token: str
    ) -> tuple[str, bool]:
        """The userinfo and whether it is signed; asked once more after a 5xx, never later."""
        forms = _FORMS[provider.userinfo]
        for _ in range(2):
            answer = await self._get(session, url, accept=", ".join(forms), bearer=access_token)
            if answer.status_code < httpx2.codes.INTERNAL_SERVER_ERROR:
                break
        if answer.status_code in {httpx2.codes.UNAUTHORIZED, httpx2.codes.FORBIDDEN}:
            raise LoginRefused("userinfo_refused", detail=answer.headers.get("www-authenticate", ""))
        if answer.status_code != httpx2.codes.OK:
            raise _unavailable(f"userinfo: {answer.status_code}")
        form = answer.headers.get("content-type", "").split(";")[0].strip().lower()
        if form not in forms:
            raise LoginRefused("userinfo_format")
        return str(answer.text.strip()), form == "application/jwt"

    async def _get(
        self, session: AsyncOAuth2Client, url: str, *, accept: str, bearer: str | None = None
    ) -> httpx2.Response:
        headers = {"Accept": accept} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
        try:
            async with asyncio.timeout(self._timeout):
                answer: httpx2.Response = await session.request(
                    "GET", url, headers=headers, withhold_token=True, auth=None
                )
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
            raise _unavailable(f"{urlsplit(url).path}: {type(error).__name__}") from error
        return answer


def _keys(document: dict[str, Any], algorithm: str) -> tuple[tokens.SigningKey, ...]:
    try:
        return tokens.signing_keys(document, algorithm)
    except ValueError as error:
        raise _unavailable("jwks: not a key set") from error


def _reported(kept: list[str], answer: httpx2.Response) -> httpx2.Response:
    """The answer as it is; a refusal's error, code and id are kept: FranceConnect's support asks for that id."""
    if answer.is_client_error:
        try:
            refusal = answer.json()
        except ValueError:
            refusal = None
        if isinstance(refusal, dict):
            facts = parse_qs(urlsplit(str(refusal.get("error_uri", ""))).query)
            kept.append(for_log(str(refusal.get("error", ""))))
            kept += [for_log(f"{name}={facts[name][0]}") for name in ("code", "id") if name in facts]
    return answer


def _unavailable(reason: str) -> Unavailable:
    logger.error("franceconnect unavailable: %s", for_log(reason))
    return Unavailable(Ending.UNAVAILABLE.value)


def _with_query(url: str, params: dict[str, str]) -> str:
    return url + ("&" if urlsplit(url).query else "?") + urlencode(params)


def basic(client_id: str, client_secret: str) -> str:
    """The Authorization of a client, both halves form-encoded as RFC 6749 2.3.1 asks and Authlib does not."""
    pair = f"{quote_plus(client_id)}:{quote_plus(client_secret)}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def is_loopback(url: str) -> bool:
    """Whether an address is of this machine: never asked through a proxy."""
    return urlsplit(url).hostname in _LOOPBACK


def _basic(client: Any, _method: str, url: str, headers: dict[str, str], body: str) -> tuple[str, dict[str, str], str]:
    """client_secret_basic as Authlib calls it."""
    headers["Authorization"] = basic(client.client_id, client.client_secret)
    return url, headers, body


def _one_text(value: object) -> str:
    """A level as it is kept; "" for what is none."""
    return value if isinstance(value, str) and value.isprintable() and len(value) <= _LONGEST_LEVEL else ""


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)
