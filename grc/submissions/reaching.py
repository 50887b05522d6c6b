"""Which submissions an agent's rights cover, as a condition of SQL."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlmodel import col

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, covering
from grc.access.reach import Right
from grc.catalogue.models import InstalledProcedure
from grc.submissions.models import Submission


def covered(by: AgentActor) -> ColumnElement[bool]:
    """That one of the agent's rights lets them read the submission."""
    rights = covering(by, Permission.SUBMISSION_READ)
    parts = [_of(right) for right in dict.fromkeys(rights) if not right.is_whole]
    if any(right.is_whole for right in rights):
        guarded = _not_sensitive(by)
        if guarded is None:
            return true()
        parts.append(guarded)
    return or_(*parts) if parts else false()


def _of(right: Right) -> ColumnElement[bool]:
    service = None if right.service_id is None else col(Submission.service_id) == right.service_id
    procedure = None if right.procedure_id is None else col(Submission.procedure_id) == right.procedure_id
    return and_(*(each for each in (service, procedure) if each is not None))


def _not_sensitive(by: AgentActor) -> ColumnElement[bool] | None:
    """That its procedure is not sensitive; None where the authority has no such procedure."""
    known = by.rights.sensitive
    if known is None:
        sensitive = select(col(InstalledProcedure.id)).where(
            col(InstalledProcedure.authority_id) == by.authority_id, col(InstalledProcedure.is_sensitive)
        )
        return col(Submission.procedure_id).not_in(sensitive)
    return col(Submission.procedure_id).not_in(sorted(known)) if known else None
