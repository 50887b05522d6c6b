"""The people and processes that act, as the rules know them: frozen, without a database behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ActorKind = Literal["citizen", "agent", "system"]


@dataclass(frozen=True)
class Visitor:
    """A citizen's browser, signed in or not.

    session_id: key of the browser session, None before there is one. citizen_id: the account, None without one.
    granted: submissions opened by their tracking code (or filed) in this session. shown_name: for the page's header.
    """

    authority_id: int
    session_id: int | None = None
    citizen_id: int | None = None
    granted: frozenset[int] = field(default_factory=frozenset)
    shown_name: str = ""

    kind: ActorKind = "citizen"

    @property
    def id(self) -> int | None:
        """What an event keeps of this actor."""
        return self.citizen_id


@dataclass(frozen=True)
class AgentActor:
    """An agent of an authority, signed in. role: a key of grc.access.permissions.ROLES."""

    authority_id: int
    id: int
    role: str
    given_name: str
    family_name: str
    capacity: str
    session_id: int = 0

    kind: ActorKind = "agent"

    @property
    def shown_name(self) -> str:
        """First name and name, as letters and pages print them (L111-2)."""
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True)
class System:
    """The worker and the sweeps."""

    authority_id: int
    id: None = None
    kind: ActorKind = "system"


Actor = Visitor | AgentActor | System
