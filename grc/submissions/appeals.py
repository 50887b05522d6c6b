"""Recours gracieux: a demande of its own, tied to the decision that it attacks.

Source: CRPA L411-2 (it interrupts the time to go to court), L411-3 (its receipt), L411-7 (two months of silence).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from grc.access.actors import Actor, Visitor
from grc.authorities import queries as authorities
from grc.authorities.views import AuthorityView
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Appeal
from grc.deadlines.appeals import AppealPeriod
from grc.errors import Conflict, NotFound
from grc.receipts import NamedDecision, statements, wording
from grc.submissions import beside, drafts, events, helpers
from grc.submissions import naming as decisions
from grc.submissions.beside import Lodged
from grc.submissions.drafts import Started
from grc.submissions.events import Kind
from grc.submissions.exchange_models import SubmissionLink
from grc.submissions.models import Decision, Draft, Submission
from grc.submissions.queries import find

PROCEDURE = "recours-gracieux"
LINK = "appeal"


@dataclass(frozen=True)
class Attacked:
    """A decision that a recours attacks, and its demande."""

    decision: Decision
    submission: Submission

    def named(self, zone: str) -> NamedDecision:
        """As the receipt of the recours names it."""
        return decisions.named(self.decision, zone, reference=self.submission.reference)


def begin(
    session: Session, authority: AuthorityView, reference: str, *, client: str, by: Visitor, now: datetime
) -> Started:
    """A draft of a recours against the decision in force, which it already names.

    Raises Conflict without one, or where another way comes first (`leads_here`).
    """
    row = find(session, by, reference)
    if is_recours(session, row):
        raise Conflict("Ce recours a déjà sa réponse : c’est au tribunal administratif que sa décision se conteste.")
    mine = (col(Decision.authority_id) == authority.id, col(Decision.submission_id) == row.id)
    found = session.execute(select(Decision).where(*mine).order_by(col(Decision.id))).scalars().all()
    standing = decisions.standing(found)
    if standing is None or standing.outcome != "refused":
        raise Conflict("Cette demande n’a pas de décision à contester.")
    if not leads_here(ways := ways_against(session, row)):
        raise Conflict(before_court(ways) or "Cette décision se conteste par les voies que dit sa lettre.")
    named = decisions.named(standing, authority.zone, reference=row.reference)
    link = {"prefill.decision": statements.named(named)[:300], "prefill.decided_on": named.on.isoformat()}
    again = helpers.renewed(row.helper)
    started = drafts.start(session, PROCEDURE, client=client, by=by, now=now, link=link, helper=again)
    draft = (col(Draft.authority_id) == authority.id, col(Draft.public_id) == started.public_id)
    session.execute(update(Draft).where(*draft).values(attacks_id=standing.id))
    return started


def ways_against(session: Session, row: Submission) -> tuple[Appeal, ...]:
    """The ways to contest a decision on this demande, in the version of its procedure that it follows."""
    return catalogue.version(session, row.authority_id, row.version_id).appeal_for(row.answers)


def leads_here(ways: Sequence[Appeal]) -> bool:
    """Whether a recours gracieux is of use (CRPA L411-2: against any decision): not where a commission comes first.

    It would not interrupt the two months in which the CADA is to be asked (CRPA L342-1, R343-1).
    """
    return all(one.kind != "cada" for one in ways)


def before_court(ways: Sequence[Appeal]) -> str:
    """Whom to ask before the court, in a sentence; "" where no commission comes first (CRPA L342-1)."""
    first = next((one for one in ways if one.kind == "cada"), None)
    if first is None:
        return ""
    within = wording.months(first.delay_months)
    return f"Pour contester cette décision, saisissez {first.to} dans les {within} : le tribunal vient après elle."


def is_recours(session: Session, row: Submission) -> bool:
    """Whether this demande is itself a recours: another one would interrupt nothing (L411-2), the court is next."""
    table = SubmissionLink
    mine = (col(table.authority_id) == row.authority_id, col(table.kind) == LINK, col(table.to_id) == row.id)
    return session.execute(select(col(table.id)).where(*mine)).first() is not None


def attacked(session: Session, authority_id: int, decision_id: int) -> Attacked:
    """The decision of that key; raises NotFound for one of another authority."""
    statement = (
        select(Decision, Submission)
        .join(Submission, col(Submission.id) == col(Decision.submission_id))
        .where(col(Decision.authority_id) == authority_id, col(Decision.id) == decision_id)
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        raise NotFound("La décision que ce recours conteste n’existe pas.")
    return Attacked(found[0], found[1])


def attach(
    session: Session, authority: AuthorityView, target: Attacked, appeal_id: int, *, by: Actor, now: datetime
) -> None:
    """Ties a recours just filed to the decision: a link, and an event of the demande that it attacks."""
    row = session.execute(
        select(Submission).where(col(Submission.id) == target.submission.id).with_for_update()
    ).scalar_one()
    assert row.id is not None  # noqa: S101 - it was read from the database
    session.add(
        SubmissionLink(
            authority_id=authority.id,
            kind=LINK,
            from_id=row.id,
            to_id=appeal_id,
            decision_id=target.decision.id,
            at=now,
        )
    )
    row.revision += 1
    session.add(row)
    session.flush()
    events.record(
        session,
        Kind.APPEALED,
        authority_id=authority.id,
        submission_id=row.id,
        sequence=row.revision,
        state=row.state,
        by=by,
        at=now,
        data={"decision": target.decision.id, "appeal": appeal_id},
    )


def lodged_against(session: Session, row: Submission) -> list[Lodged]:
    """The recours against the decisions of this demande, in order."""
    return beside.recours(session, row, authorities.authority(session, row.authority_id).zone)


def time_to_appeal(
    session: Session, row: Submission, decision: Decision, *, zone: str, holidays: str
) -> AppealPeriod | None:
    """The time to go to court against a decision with the recours against it; None before it is notified (L411-2)."""
    mine = [one.counted for one in beside.recours(session, row, zone) if one.decision_id == decision.id]
    return decisions.time_to_appeal(row, decision, ways_against(session, row), mine, zone=zone, holidays=holidays)
