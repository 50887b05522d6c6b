"""Which look of an agent at a submission leaves a line in the journal: at a sensitive one, and a guest's at any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from grc import references
from grc.access.actors import AgentActor
from grc.catalogue.models import InstalledProcedure
from grc.journal.acts import JournalAct
from grc.journal.recording import record
from grc.submissions.exchange_models import SubmissionLink
from grc.submissions.models import Submission
from grc.submissions.queries import within


@dataclass(frozen=True)
class Watched:
    """A submission that the agent may see. reference: in its one spelling."""

    reference: str
    is_sensitive: bool


def of_reference(session: Session, typed: str, *, by: AgentActor) -> Watched | None:
    """The submission that an address names; None for one that is not there, or out of reach."""
    found = _found(session, [references.read_reference(typed) or ""], within(by))
    return found[0] if found else None


def reached(session: Session, named: Sequence[str], *, by: AgentActor) -> set[str]:
    """Those of these references that the agent may open."""
    return {one.reference for one in _found(session, named, within(by))} if named else set()


def owed(session: Session, shown: Sequence[str], *, by: AgentActor, beyond_reach: bool = False) -> list[str]:
    """Those of a list that owe a line, in its order: the sensitive ones, all of them when a guest sees it.

    beyond_reach: whether the page names them to who may not open them (a list for the archives, a program's messages).
    """
    mine = col(Submission.authority_id) == by.authority_id if beyond_reach else within(by)
    found = {one.reference for one in _found(session, shown, mine) if one.is_sensitive or by.guest_from}
    return [one for one in dict.fromkeys(shown) if one in found]


def note_listed(
    session: Session, where: str, shown: Sequence[str], *, beyond_reach: bool = False, by: AgentActor, now: datetime
) -> None:
    """Writes one line for those that a page is about to name and that owe one, or none; see `owed`."""
    named = owed(session, shown, by=by, beyond_reach=beyond_reach)
    if named:
        data = {"references": named}
        record(session, by.authority_id, JournalAct.SUBMISSION_LISTED, ("list", where), by=by, now=now, data=data)


def concerns_sensitive() -> ColumnElement[bool]:
    """That the submission follows from a sensitive one, of which it tells: a recours against its decision."""
    attacked, procedure = aliased(Submission), aliased(InstalledProcedure)
    statement = (
        select(col(SubmissionLink.id))
        .join(attacked, col(attacked.id) == col(SubmissionLink.from_id))
        .join(procedure, col(procedure.id) == col(attacked.procedure_id))
        .where(
            col(SubmissionLink.authority_id) == col(Submission.authority_id),
            col(SubmissionLink.to_id) == col(Submission.id),
            col(procedure.is_sensitive),
        )
    )
    return statement.exists()


def _found(session: Session, wanted: Sequence[str], mine: ColumnElement[bool]) -> list[Watched]:
    is_sensitive = or_(col(InstalledProcedure.is_sensitive), concerns_sensitive())
    statement = (
        select(col(Submission.reference), is_sensitive.label("is_sensitive"))
        .join(InstalledProcedure, col(InstalledProcedure.id) == col(Submission.procedure_id))
        .where(mine, col(Submission.reference).in_(wanted))
    )
    return [Watched(row.reference, row.is_sensitive) for row in session.execute(statement)]
