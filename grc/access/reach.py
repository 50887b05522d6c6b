"""How far an agent reaches: the rights held at one moment, and what each of them covers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol


class Placed(Protocol):
    """What a right may cover: a submission, or anything else that one service keeps under one procedure."""

    @property
    def service_id(self) -> int: ...

    @property
    def procedure_id(self) -> int: ...


@dataclass(frozen=True)
class Scope:
    """A service and a procedure, where no submission stands for them yet: a draft, a procedure."""

    service_id: int
    procedure_id: int


@dataclass(frozen=True)
class Right:
    """A role, and over what.

    service_id, procedure_id: None for every one; both None: the whole authority, sensitive procedures excepted.
    until_on: the last day on which it holds, None without an end. absent_id, absent_name: whose right this is while
    the agent stands in for them; it then counts for submissions only.
    """

    role: str
    service_id: int | None = None
    procedure_id: int | None = None
    until_on: date | None = None
    absent_id: int | None = None
    absent_name: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether it holds in the whole authority."""
        return self.service_id is None and self.procedure_id is None


@dataclass(frozen=True)
class Reach:
    """Everything that an agent holds today. sensitive: the procedures that only a narrower right opens.

    None: not looked up; a right over the whole authority then covers no place, and SQL leaves out every sensitive one.
    """

    rights: tuple[Right, ...] = ()
    sensitive: frozenset[int] | None = None

    def covers(self, right: Right, placed: Placed) -> bool:
        """Whether one of these rights holds there; one of the whole authority nowhere as long as nobody looked up."""
        if right.is_whole:
            return self.sensitive is not None and placed.procedure_id not in self.sensitive
        in_service = right.service_id in (None, placed.service_id)
        return in_service and right.procedure_id in (None, placed.procedure_id)

    @property
    def deputised(self) -> tuple[Right, ...]:
        """The rights of the absent agents whom this one stands in for."""
        return tuple(right for right in self.rights if right.absent_id is not None)


def of_role(role: str, sensitive: frozenset[int] | None = None) -> Reach:
    """What a role alone gives in the whole authority; "" gives nothing."""
    return Reach((Right(role),) if role else (), sensitive)
