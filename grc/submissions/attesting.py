"""The attestation of an implied acceptance: asked by the citizen or an agent, made once, the same ever after.

Source: CRPA L232-3; open from 00:00 of the printed day on.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from grc.access.actors import AgentActor, Visitor
from grc.access.permissions import Permission
from grc.authorities.views import AuthorityView
from grc.errors import Conflict
from grc.receipts import AgentContact, ImpliedAcceptanceAttestation
from grc.receipts import implied as of_silence
from grc.submissions import decisions, late_refusals, notices, phases
from grc.submissions.acts import Act
from grc.submissions.events import Kind
from grc.submissions.models import Decision, Notice, Submission, Task
from grc.submissions.queries import find_for_change

OWED = "attestation_owed"
"""The task of the agent who will sign it: nobody is in charge of the demande yet."""
NAME = ImpliedAcceptanceAttestation.KIND


def may_attest(row: Submission, decided: list[Decision], today: date, *, zone: str) -> bool:
    """Whether silence has accepted this demande and nothing has undone it since: no refusal that came too late does."""
    if row.silence_rule != "acceptance" or row.silence_on is None or row.is_report:
        return False
    if any(one.kind == "withdrawal" for one in decided):
        return False
    is_accepted = row.implied_on is not None or row.phase in phases.OPEN
    return today >= row.silence_on and (is_accepted or late_refusals.comes_too_late(row, decided, zone))


def attest(
    session: Session, authority: AuthorityView, reference: str, *, by: AgentActor | Visitor, now: datetime
) -> Submission:
    """The submission, its attestation sent, or owed by the agent who will sign it; a second time changes nothing.

    Raises Conflict where silence has not accepted.
    """
    row = find_for_change(session, authority, by, reference, revision=None, to=Permission.SUBMISSION_DECIDE)
    act = Act(session, authority, row, by=by, now=now)
    if not may_attest(row, decisions.all_of(act), act.today(), zone=authority.zone):
        raise Conflict("Le silence n’a pas accepté cette demande : il n’y a rien à attester.")
    if _is_made(act):
        return row
    asked = decisions.events_of(act, Kind.ATTESTED)
    if not asked:
        act.record(Kind.ATTESTED)
    signed = act.actor_contact() if isinstance(by, AgentActor) else _signer(act)
    if signed is None:
        if not asked:
            owed = Task(authority_id=authority.id, submission_id=act.id, kind=OWED, opened_at=now, due_on=act.today())
            session.add(owed)
        return row
    asked_on = act.day_of(asked[0].at) if asked else act.today()
    facts = {key: value for key, value in decisions.common(act).items() if key != "addressee"}
    assert row.silence_on is not None  # noqa: S101 - may_attest
    made = of_silence.attestation(
        **facts | {"received_on": act.clock_started_on()},
        accepted_on=row.silence_on,
        asked_on=asked_on,
        issued_at=now,
        source=act.procedure.silence_for(row.answers).source,
        holder=row.applicant_name,
        agent=signed,
    )
    notices.tell(session, row, made, now=now, name=NAME)
    mine = (col(Task.authority_id) == authority.id, col(Task.submission_id) == act.id, col(Task.kind) == OWED)
    by_id = by.id if isinstance(by, AgentActor) else None
    session.execute(update(Task).where(*mine, col(Task.closed_at).is_(None)).values(closed_at=now, closed_by_id=by_id))
    return row


def _signer(act: Act) -> AgentContact | None:
    """The agent in charge; None before anyone is, or while a refusal may turn out to have left in time."""
    row = act.submission
    return act.case_agent() if row.implied_on is not None or row.phase in phases.OPEN else None


def _is_made(act: Act) -> bool:
    mine = (col(Notice.authority_id) == act.authority.id, col(Notice.submission_id) == act.id)
    return act.session.execute(select(col(Notice.id)).where(*mine, col(Notice.name) == NAME)).first() is not None
