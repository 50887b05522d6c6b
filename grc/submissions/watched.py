"""Which look of an agent at a submission leaves a line in the journal: at a sensitive one, and a guest's at any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from grc import references
from grc.access.actors import AgentActor
from grc.catalogue.models import InstalledProcedure
from grc.journal.acts import JournalAct
from grc.journal.recording import record
from grc.submissions.models import Submission
from grc.submissions.queries import within


@dataclass(frozen=True)
class Watched:
    """A submission that the agent may see. reference: in its one spelling."""

    reference: str
    is_sensitive: bool


def of_reference(session: Session, typed: str, *, by: AgentActor) -> Watched | None:
    """The submission that an address names; None for one that is not there, or out of reach."""
    found = _found(session, [references.read_reference(typed) or ""], by=by)
    return found[0] if found else None


def of_references(session: Session, shown: Sequence[str], *, by: AgentActor) -> list[Watched]:
    """Those of a list, in its order."""
    found = {one.reference: one for one in _found(session, shown, by=by)}
    return [found[one] for one in shown if one in found]


def owed(session: Session, shown: Sequence[str], *, by: AgentActor) -> list[str]:
    """Those of a list that owe a line: the sensitive ones, all of them when a guest sees it."""
    return [one.reference for one in of_references(session, shown, by=by) if one.is_sensitive or by.guest_from]


def note_listed(session: Session, where: str, shown: Sequence[str], *, by: AgentActor, now: datetime) -> None:
    """Writes one line for those that a page is about to name and that owe one, or none."""
    named = owed(session, shown, by=by)
    if named:
        data = {"references": named}
        record(session, by.authority_id, JournalAct.SUBMISSION_LISTED, ("list", where), by=by, now=now, data=data)


def _found(session: Session, wanted: Sequence[str], *, by: AgentActor) -> list[Watched]:
    statement = (
        select(col(Submission.reference), col(InstalledProcedure.is_sensitive))
        .join(InstalledProcedure, col(InstalledProcedure.id) == col(Submission.procedure_id))
        .where(within(by), col(Submission.reference).in_(wanted))
    )
    return [Watched(row.reference, row.is_sensitive) for row in session.execute(statement)]
