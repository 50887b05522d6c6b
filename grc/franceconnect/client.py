"""The only part that speaks to FranceConnect: discovery, authorization, token, userinfo, keys, logout."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client

from grc import clock
from grc.errors import Unavailable
from grc.franceconnect import claims, tokens
from grc.franceconnect.callback import Ending, LoginRefused, Transaction, for_log
from grc.franceconnect.claims import PivotIdentity
from grc.franceconnect.documents import Documents
from grc.references import new_token

logger = logging.getLogger(__name__)

_LARGEST_ANSWER = 1_000_000
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})  # never through a proxy
_AUTH_METHOD = "client_secret_post"


@dataclass(frozen=True)
class Provider:
    """One FranceConnect client of one authority, as registered; every endpoint comes from the issuer's discovery.

    algorithm: the one registered for both tokens. acr: levels a login may have. redirect_uri is byte-identical to the
    registered one.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    post_logout_redirect_uri: str
    algorithm: str = "ES256"
    scope: str = "openid identite_pivot email"
    acr: frozenset[str] = frozenset({"eidas1"})

    def __post_init__(self) -> None:
        if self.algorithm not in tokens.ALGORITHMS:
            raise ValueError(f"algorithm {self.algorithm!r}: only ES256 and RS256 are accepted")


@dataclass(frozen=True)
class Authorization:
    """Where to send the browser, and what the session keeps until it comes back."""

    url: str = field(repr=False)
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    issuer: str

    def transaction(self, *, now: datetime) -> Transaction:
        """What `check_callback` compares the return with."""
        return Transaction(issuer=self.issuer, state=self.state, nonce=self.nonce, begun_at=now)


@dataclass(frozen=True)
class SignedIn:
    """A login whose every check passed. id_token is personal data, kept server side until logout."""

    identity: PivotIdentity
    id_token: str = field(repr=False)


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
        async with self._session(provider) as session:
            metadata = await self._metadata(session, provider)
            nonce = new_token()
            url, state = session.create_authorization_url(
                metadata["authorization_endpoint"],
                state=new_token(),
                nonce=nonce,
                acr_values=" ".join(sorted(provider.acr)),
            )
        return Authorization(url=url, state=state, nonce=nonce, issuer=provider.issuer)

    async def exchange(self, provider: Provider, *, code: str, nonce: str) -> SignedIn:
        """The identity behind a code that `check_callback` gave; the transaction is already deleted by then.

        Keys are at hand before the code is spent, since code and grant live 30 seconds; the code is never sent twice.
        """
        async with self._session(provider) as session:
            metadata = await self._metadata(session, provider)
            await self._document(session, metadata["jwks_uri"])
            token = await self._token(session, metadata["token_endpoint"], code)
            id_claims = await self._verified(session, provider, metadata, token["id_token"], "id")
            tokens.check_id_token(
                id_claims,
                issuer=provider.issuer,
                client_id=provider.client_id,
                nonce=nonce,
                acr=provider.acr,
                now=self._now(),
            )
            signed = await self._userinfo(session, metadata["userinfo_endpoint"], token["access_token"])
            person = await self._verified(session, provider, metadata, signed, "ui")
        tokens.check_userinfo(
            person, issuer=provider.issuer, client_id=provider.client_id, sub=id_claims["sub"], now=self._now()
        )
        identity = claims.identity(person, iss=provider.issuer, acr=id_claims["acr"])
        return SignedIn(identity=identity, id_token=token["id_token"])

    async def logout_url(self, provider: Provider, *, id_token: str, state: str) -> str:
        """Where the browser goes once our own session is destroyed; it comes back with `state`.

        A provider without logout, or a session without id_token, leads straight to our own return page.
        """
        back = {"state": state}
        async with self._session(provider) as session:
            endpoint = (await self._metadata(session, provider)).get("end_session_endpoint")
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
            token_endpoint_auth_method=_AUTH_METHOD,
            redirect_uri=provider.redirect_uri,
            scope=provider.scope,
            timeout=self._timeout,
            verify=self._tls,
            follow_redirects=False,
            trust_env=urlsplit(provider.issuer).hostname not in _LOOPBACK,
        ) as session:
            yield session

    async def _metadata(self, session: AsyncOAuth2Client, provider: Provider) -> dict[str, Any]:
        """The discovery document, whose endpoints are the only ones used; raises Unavailable for a faulty one."""
        metadata = await self._document(session, provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if metadata.get("issuer") != provider.issuer:
            raise _unavailable("discovery: issuer differs")
        scheme = urlsplit(provider.issuer).scheme
        for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"):
            if urlsplit(str(metadata.get(name))).scheme not in {scheme, "https"}:
                raise _unavailable(f"discovery: {name} missing or insecure")
        return metadata

    async def _document(self, session: AsyncOAuth2Client, url: str) -> dict[str, Any]:
        return await self._documents.get(url, lambda: self._fetch(session, url))

    async def _fetch(self, session: AsyncOAuth2Client, url: str) -> dict[str, Any]:
        answer = await self._get(session, url, accept="application/json")
        try:
            document = json.loads(answer.content) if answer.status_code == httpx2.codes.OK else None
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise _unavailable(f"{urlsplit(url).path}: {answer.status_code}")
        return document

    async def _verified(
        self, session: AsyncOAuth2Client, provider: Provider, metadata: dict[str, Any], token: str, kind: str
    ) -> dict[str, Any]:
        url = metadata["jwks_uri"]
        for attempt in range(2):
            keys = _keys(await self._document(session, url), provider.algorithm)
            try:
                return tokens.verified(token, keys, algorithm=provider.algorithm, kind=kind)
            except tokens.UnknownKey:
                if attempt == 0:
                    await self._documents.refetch(url, lambda: self._fetch(session, url))
        raise LoginRefused(f"{kind}.key", detail="unknown kid")

    async def _token(self, session: AsyncOAuth2Client, url: str, code: str) -> dict[str, Any]:
        """The token endpoint's answer, with its access_token and id_token; the code is spent, whatever happens."""
        session.register_compliance_hook("access_token_response", _log_refusal)
        try:
            async with asyncio.timeout(self._timeout):
                answer = await session.fetch_token(url, grant_type="authorization_code", code=code)
        except OAuthError as error:
            code_of_ours = "code_refused" if error.error == "invalid_grant" else "our_credentials"
            raise LoginRefused(code_of_ours, detail=str(error.error)) from error
        except (httpx2.HTTPError, AuthlibBaseError, TimeoutError, ValueError) as error:
            raise _unavailable(f"token: {type(error).__name__}") from error
        if not _is_text(answer.get("id_token")):
            raise LoginRefused("id_token_missing")
        if not _is_text(answer.get("access_token")) or str(answer.get("token_type")).lower() != "bearer":
            raise _unavailable("token: no bearer token")
        return dict(answer)

    async def _userinfo(self, session: AsyncOAuth2Client, url: str, access_token: str) -> str:
        """The signed userinfo; asked once more after a 5xx, never later."""
        for _ in range(2):
            answer = await self._get(session, url, accept="application/jwt", bearer=access_token)
            if answer.status_code < httpx2.codes.INTERNAL_SERVER_ERROR:
                break
        if answer.status_code in {httpx2.codes.UNAUTHORIZED, httpx2.codes.FORBIDDEN}:
            raise LoginRefused("userinfo_refused", detail=answer.headers.get("www-authenticate", ""))
        if answer.status_code != httpx2.codes.OK:
            raise _unavailable(f"userinfo: {answer.status_code}")
        if answer.headers.get("content-type", "").split(";")[0].strip().lower() != "application/jwt":
            raise LoginRefused("userinfo_format")
        return str(answer.text.strip())

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
        if len(answer.content) > _LARGEST_ANSWER:
            raise _unavailable(f"{urlsplit(url).path}: too large")
        return answer


def _keys(document: dict[str, Any], algorithm: str) -> tuple[tokens.SigningKey, ...]:
    try:
        return tokens.signing_keys(document, algorithm)
    except ValueError as error:
        raise _unavailable("jwks: not a key set") from error


def _log_refusal(answer: httpx2.Response) -> httpx2.Response:
    """FranceConnect's error_uri holds the id that its support asks for."""
    if answer.is_client_error:
        try:
            refusal = answer.json()
        except ValueError:
            refusal = None
        if isinstance(refusal, dict):
            error, uri = (for_log(str(refusal.get(name, ""))) for name in ("error", "error_uri"))
            logger.warning("franceconnect token refused: %s %s", error, uri)
    return answer


def _unavailable(reason: str) -> Unavailable:
    logger.error("franceconnect unavailable: %s", for_log(reason))
    return Unavailable(Ending.UNAVAILABLE.value)


def _with_query(url: str, params: dict[str, str]) -> str:
    return url + ("&" if urlsplit(url).query else "?") + urlencode(params)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)
