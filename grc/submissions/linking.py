"""The demande that a workflow offers to make next: its draft, with what is known, and the link between both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlmodel import Session, col

from grc.access.actors import Visitor
from grc.authorities import queries as authorities
from grc.catalogue import queries as catalogue
from grc.errors import NotFound
from grc.forms.definition import Answers, Form
from grc.submissions import drafts, helpers, prefill, queries
from grc.submissions.appeals import LINK as APPEAL
from grc.submissions.drafts import Started
from grc.submissions.effects.leading import LINKED
from grc.submissions.exchange_models import SubmissionLink
from grc.submissions.models import Draft, Submission


@dataclass(frozen=True)
class Linked:
    """A link seen from one side. reference: of the demande at the other end, "" while it is not made.

    slug: the procedure offered. leads: whether this demande leads to the other one.
    """

    id: int
    slug: str
    reference: str
    leads: bool


def of_submission(session: Session, authority_id: int, submission_id: int) -> list[Linked]:
    """The links of a submission, both ways, in the order made."""
    table = SubmissionLink
    ends = or_(col(table.from_id) == submission_id, col(table.to_id) == submission_id)
    mine = (col(table.authority_id) == authority_id, col(table.kind).in_((LINKED, APPEAL)), ends)
    rows = list(session.execute(select(table).where(*mine).order_by(col(table.id))).scalars())
    names = _references(session, authority_id, rows)
    found = []
    for row in rows:
        leads = row.from_id == submission_id
        other = row.to_id if leads else row.from_id
        found.append(Linked(row.id or 0, row.other_reference, names.get(other or 0, ""), leads))
    return found


def start(session: Session, reference: str, link_id: int, *, client: str, by: Visitor, now: datetime) -> Started:
    """A draft of the procedure that the link offers, its `profile.<role>` questions answered by this demande.

    Raises NotFound for a demande or a link that is not the visitor's or already led to a demande, Conflict while the
    procedure is closed.
    """
    row = queries.find(session, by, reference)
    link = session.get(SubmissionLink, link_id)
    if link is None or link.authority_id != row.authority_id or link.from_id != row.id or link.to_id is not None:
        raise NotFound("Cette suite n’existe pas, ou la demande est déjà faite.")
    former = catalogue.version(session, row.authority_id, row.version_id).form
    as_of = authorities.day_of(session, row.authority_id, now)

    def known(form: Form) -> Answers:
        return prefill.of_profile(form, {}, former, row.current_answers, as_of=as_of)

    again = helpers.renewed(row.helper)
    started = drafts.start(session, link.other_reference, client=client, by=by, now=now, known=known, helper=again)
    mine = (col(Draft.authority_id) == row.authority_id, col(Draft.public_id) == started.public_id)
    session.execute(update(Draft).where(*mine).values(link_id=link_id))
    return started


def _references(session: Session, authority_id: int, rows: Sequence[SubmissionLink]) -> Mapping[int, str]:
    keys = {key for row in rows for key in (row.from_id, row.to_id) if key is not None}
    if not keys:
        return {}
    columns = select(col(Submission.id), col(Submission.reference))
    found = session.execute(columns.where(col(Submission.authority_id) == authority_id, col(Submission.id).in_(keys)))
    return {row.id: row.reference for row in found}
