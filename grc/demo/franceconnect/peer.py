"""What the simulated provider remembers: keys, pending logins, sessions, codes, tokens, and how often it was asked."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from grc.demo.franceconnect.identities import Identity
from grc.demo.franceconnect.keys import Keys
from grc.demo.franceconnect.registry import SCOPES, Client, Settings

_REMEMBERED = 1000


@dataclass(frozen=True)
class Login:
    """An authorize request that passed its checks. scopes: granted ones, in the order asked."""

    client: Client
    redirect_uri: str
    state: str
    nonce: str
    scopes: tuple[str, ...]
    wants_amr: bool
    begun_at: datetime

    def opens(self) -> set[str]:
        """The names of the claims that the granted scopes open."""
        return {name for scope in self.scopes for name in SCOPES[scope]}


@dataclass
class Grant:
    """A code and its only access token. auth_time: the moment of the click."""

    login: Login
    identity: Identity
    clicked_at: datetime
    access_token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    is_used: bool = False
    is_revoked: bool = False

    @property
    def sub(self) -> str:
        return self.identity.sub(self.login.client.entity)

    def claims(self) -> dict[str, Any]:
        """The identity's claims that the granted scopes open; an absent one stays absent."""
        names = self.login.opens() - {"sub", "amr"}
        return {name: value for name, value in self.identity.claims.items() if name in names}


@dataclass
class Session:
    """A person signed in at the provider; thirty minutes, renewed at each login."""

    identity: Identity
    seen_at: datetime


class Peer:
    """The provider's memory. Every table is bounded: the oldest entry leaves."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.keys = Keys(frozenset(client.algorithm for client in settings.clients))
        self.faults: set[str] = set()
        self.asked: Counter[str] = Counter()
        self.sent: Counter[str] = Counter()
        self.logins: dict[str, Login] = {}
        self.grants: dict[str, Grant] = {}
        self.sessions: dict[str, Session] = {}

    def begin_anew(self) -> None:
        """Counts begin anew: of requests by endpoint, of bytes sent of each huge answer."""
        self.asked.clear()
        self.sent.clear()

    def begin(self, login: Login) -> str:
        """The key of a pending login."""
        return _kept(self.logins, login)

    def login(self, key: str) -> Login | None:
        """A pending login, unless FranceConnect's interaction time is over."""
        login = self.logins.get(key)
        return login if login and self._within(login.begun_at, self.settings.interaction_seconds) else None

    def grant(self, login: Login, identity: Identity) -> str:
        """A new code for this person."""
        return _kept(self.grants, Grant(login, identity, clicked_at=self.settings.now()))

    def session(self, key: str | None) -> Session | None:
        """The session of this cookie, unless it is over."""
        session = self.sessions.get(key or "")
        return session if session and self._within(session.seen_at, self.settings.session_seconds) else None

    def open_session(self, identity: Identity) -> str:
        """The cookie of a new session."""
        return _kept(self.sessions, Session(identity, self.settings.now()))

    def spend(self, code: str, client: Client, redirect_uri: str) -> Grant | str:
        """The grant of a code, once; else why not. A second use revokes the access token of the first."""
        grant = self.grants.get(code)
        if grant is None or grant.login.client is not client:
            return "authorization code not found"
        if grant.is_used:
            grant.is_revoked = True
            return "authorization code already consumed"
        if not self._within(grant.clicked_at, self.settings.code_seconds):
            return "authorization code is expired"
        if grant.login.redirect_uri != redirect_uri:
            return "authorization code redirect_uri mismatch"
        grant.is_used = True
        return grant

    def bearer(self, token: str) -> Grant | str:
        """The grant of a live access token, else why not; the grant dies thirty seconds after the click."""
        grant = next(
            (grant for grant in self.grants.values() if secrets.compare_digest(grant.access_token, token)), None
        )
        if grant is None or not grant.is_used or grant.is_revoked:
            return "access token not found"
        if not self._within(grant.clicked_at, self.settings.grant_seconds):
            return "grant is expired"
        return grant

    def _within(self, instant: datetime, seconds: float) -> bool:
        return self.settings.now() - instant <= timedelta(seconds=seconds)


def _kept(table: dict[str, Any], value: object) -> str:
    while len(table) >= _REMEMBERED:
        del table[next(iter(table))]
    key = secrets.token_urlsafe(32)
    table[key] = value
    return key
