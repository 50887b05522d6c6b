"""The people of one authority who try the doors of another: what each of their requests carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, NamedTuple

from sqlmodel import Session

from grc import clock
from grc.access.permissions import ROLES
from grc.authorities import api_keys, framing
from grc.authorities.models import Agent
from grc.citizens import accounts as citizens
from grc.sessions import commands as sessions
from grc.web import cookies
from grc.web.platform import Tenant
from tests.integration.crawl.ground import AGENTS, CITIZEN, FRAMED, HOLDER, SITE, Ground

GUEST = "agent:guest"
"""Of the syndicate, let in by the authority for a time."""


EMAIL = "andrea@voisine.example"


class Guise(NamedTuple):
    """Who asks, all by one request: no page reads the cookies of two publics, or a key and a cookie."""

    agent: str
    citizen: str

    def __str__(self) -> str:
        return f"{self.agent}+{self.citizen}"


GUISES = tuple(Guise(agent, (CITIZEN, HOLDER)[at % 2]) for at, agent in enumerate((*AGENTS, GUEST)))
"""Every role of agents, every kind of citizen; each request has the authority's key too."""


@dataclass
class People:
    """Everybody of an authority. granted: demandes of others, which a session of theirs pretends to have opened."""

    ground: Ground
    slug: str
    authority_id: int
    agents: Mapping[str, int]
    key: str
    granted: tuple[int, ...]
    _names: dict[tuple[str, str, bool], str] = field(default_factory=dict)

    def carried(self, guise: Guise, *, at: str) -> Mapping[str, bytes]:
        """The headers of a new session of each, under the cookies that the authority there reads; and the key."""
        names = (self._name(at, "agent"), self._name(at, "citizen"))
        told = [f"{name}={token}" for name, token in zip(names, self._opened(*guise), strict=True)]
        return {"cookie": "; ".join(told).encode(), "authorization": f"Bearer {self.key}".encode()}

    def framed(self, *, at: str) -> Mapping[str, bytes]:
        """The same of a citizen in the page of another site."""
        (token,) = self._opened(FRAMED)
        return {"cookie": f"{self._name(at, 'citizen', is_framed=True)}={token}".encode()}

    def are_still_in(self, carried: Mapping[str, bytes]) -> bool:
        """Whether both sessions are open where they were opened: the walk would else show nothing."""
        tokens = [each.partition("=")[2] for each in carried["cookie"].decode().split("; ")]
        with self.ground.world.database.reading(scope=self.authority_id) as session:
            stand: dict[str, Any] = {"authority_id": self.authority_id, "now": clock.now()}
            found = [
                sessions.find(session, public=public, token=token, **stand)
                for public, token in zip(("agent", "citizen"), tokens, strict=True)
            ]
        return None not in found

    def _opened(self, *whom: str) -> list[str]:
        """The tokens of new sessions, in one unit."""
        found, now = [], clock.now()
        with self.ground.world.database.writing(scope=self.authority_id) as session:
            for who in whom:
                told = {"public": "agent" if who in self.agents else "citizen", **self._rights(session, who)}
                found.append(sessions.open_session(session, authority_id=self.authority_id, now=now, **told).token)
        return found

    def _rights(self, session: Session, who: str) -> dict[str, Any]:
        if who in self.agents:
            return {"agent_id": self.agents[who], "second_factor_at": clock.now()}
        if who == CITIZEN:  # the account may just have been closed
            return {"citizen_id": citizens.local(session, self.authority_id, EMAIL, now=clock.now())}
        return {"granted": self.granted}

    def _name(self, at: str, public: str, *, is_framed: bool = False) -> str:
        key = (at, public, is_framed)
        if key not in self._names:
            tenant = replace(Tenant(self.ground.world.authority(at), f"/{at}"), is_framed=is_framed)
            self._names[key] = cookies.name(self.ground.world.app._platform.config, tenant, public)
        return self._names[key]


def settled(ground: Ground, slug: str, *, granted: tuple[int, ...]) -> People:
    """The people of that authority, made: an agent of each role, a guest, a citizen with an account, a key."""
    authority, now = ground.world.authority(slug), clock.now()
    with ground.world.database.writing(scope=authority.id) as session:
        framing.allow(session, authority.id, [SITE])
        agents = {f"agent:{role}": _agent(session, authority.id, role, role=role) for role in ROLES}
        inside = {"guest_from": "Syndicat voisin", "expires_at": now + timedelta(days=1)}
        agents[GUEST] = _agent(session, authority.id, "guest", role="supervisor", **inside)
        citizens.local(session, authority.id, EMAIL, now=now)
        wanted = api_keys.Wanted("Portail voisin", list(api_keys.SCOPES))
        key = api_keys.make(session, authority.id, wanted, by=None, now=now).key
    return People(ground, slug, authority.id, agents, key, granted)


def _agent(session: Session, authority_id: int, name: str, **facts: Any) -> int:
    row = Agent(
        authority_id=authority_id,
        email=f"{name.replace('_', '-')}@voisin.example",
        given_name="Voisin",
        family_name="d’Essai",
        capacity="agent d’essai",
        password_hash="",
        created_at=clock.now(),
        **facts,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id
