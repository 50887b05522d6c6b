"""The people and processes that act, as the rules know them: frozen, without a database behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from grc.access.reach import Reach, of_role

ActorKind = Literal["citizen", "agent", "system", "key"]


@dataclass(frozen=True)
class Visitor:
    """A citizen's browser, signed in or not.

    session_id: key of the browser session, None before there is one. citizen_id: the account, None without one.
    granted: submissions opened by their tracking code (or filed) in this session. shown_name: for the page's header.
    agent: who types for the citizen, at the desk: the session is then the agent's, and drafts are theirs alone.
    program: the key by which a program files, or reads, without a browser.
    """

    authority_id: int
    session_id: int | None = None
    citizen_id: int | None = None
    granted: frozenset[int] = field(default_factory=frozenset)
    shown_name: str = ""

    agent: AgentActor | None = None
    program: KeyActor | None = None

    kind: ActorKind = "citizen"

    @property
    def id(self) -> int | None:
        """What an event keeps of this actor."""
        return self.citizen_id

    @property
    def author(self) -> Visitor | AgentActor | KeyActor:
        """Whose act it is: the agent's at the desk, the program's by its key, else the visitor's own."""
        return self.agent or self.program or self


@dataclass(frozen=True)
class AgentActor:
    """An agent of an authority, signed in. role: theirs in the whole authority, a key of permissions.ROLES or "".

    reach: every right that they hold today, worked out once, at admission; by default what the role alone gives.
    guest_from: the syndicate that a guest comes from, "" for an agent of the authority.
    """

    authority_id: int
    id: int
    role: str
    given_name: str
    family_name: str
    capacity: str
    session_id: int = 0
    reach: Reach | None = field(default=None, compare=False)
    guest_from: str = ""

    kind: ActorKind = "agent"

    @property
    def rights(self) -> Reach:
        """What the agent holds today."""
        return of_role(self.role) if self.reach is None else self.reach

    @property
    def shown_name(self) -> str:
        """First name and name, as letters and pages print them (L111-2)."""
        return f"{self.given_name} {self.family_name}"


def at_desk(agent: AgentActor) -> Visitor:
    """The agent before the citizen's form."""
    return Visitor(agent.authority_id, agent.session_id, shown_name=agent.shown_name, agent=agent)


@dataclass(frozen=True)
class System:
    """The worker and the sweeps."""

    authority_id: int
    id: None = None
    kind: ActorKind = "system"


@dataclass(frozen=True)
class KeyActor:
    """A program, by its API key. scopes: what it may do. procedures: slugs; None: every one that is not sensitive."""

    authority_id: int
    id: int
    scopes: frozenset[str] = frozenset()
    procedures: frozenset[str] | None = None

    kind: ActorKind = "key"


def by_key(program: KeyActor, *granted: int) -> Visitor:
    """The program before the citizen's demandes. granted: those that its key opens here."""
    return Visitor(program.authority_id, granted=frozenset(granted), program=program)


Actor = Visitor | AgentActor | System | KeyActor
