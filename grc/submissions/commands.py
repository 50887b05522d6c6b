"""What agents do with a submission: take charge, ask for documents, decide. Permission, rule, record, effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlmodel import Session

from grc.access.actors import AgentActor
from grc.access.permissions import Permission
from grc.authorities.views import AuthorityView
from grc.errors import Conflict, Invalid, Problem
from grc.receipts import DecisionNotice, DocumentsRequested, MissingDocument
from grc.receipts import decision as decisions
from grc.receipts import documents as documents_notice
from grc.submissions import decisions as decisions_of
from grc.submissions import implied, notices
from grc.submissions.acts import Act
from grc.submissions.events import Kind
from grc.submissions.models import Decision, DocumentsRequest, Submission
from grc.submissions.queries import UNPOSTED, find, find_for_change
from grc.submissions.writing import decision_letter

REASONS = {"missing": "manquant", "unreadable": "illisible", "outdated": "périmé"}
LONGEST_REASONS = 10_000
LONGEST_DELAY_DAYS = 365
_ALREADY_ACCEPTED = (
    "Le silence de la commune vaut déjà acceptation de cette demande. Un refus serait un retrait : demandez un avis "
    "juridique avant de l’écrire."
)


@dataclass(frozen=True)
class AskedDocument:
    """A document of the form's own list and why it is asked: a key of REASONS."""

    field: str
    reason: str


@dataclass(frozen=True)
class DocumentsAsked:
    """What an agent posts to ask for documents; revision is the one they saw."""

    items: Sequence[AskedDocument]
    due_on: date | None
    note: str
    revision: int


@dataclass(frozen=True)
class DecisionMade:
    """What an agent posts to decide; revision is the one they judged."""

    outcome: Literal["accepted", "refused"]
    reasons: str
    revision: int


def take_charge(
    session: Session, authority: AuthorityView, reference: str, *, revision: int, by: AgentActor, now: datetime
) -> Submission:
    """The submission, now in the hands of this agent; the citizen is told by whom (L111-2)."""
    act = _act(session, authority, reference, revision=revision, to=Permission.SUBMISSION_HANDLE, by=by, now=now)
    actions = act.advance("take_charge", Kind.TAKEN_CHARGE)
    act.perform(actions, {"taken_charge": act.state_notice("taken_charge")})
    return act.submission


def request_documents(
    session: Session, authority: AuthorityView, reference: str, asked: DocumentsAsked, *, by: AgentActor, now: datetime
) -> Submission:
    """The submission, waiting for documents; the citizen is told the list, the deadline, the rule and the moved date.

    A request that goes by post moves no date before its letter is noted as posted: see `documents.record_posting`.
    Raises Invalid with the problems of the agent's form. Source: CRPA L114-5 al. 4, R112-11-4.
    """
    act = _act(session, authority, reference, revision=asked.revision, to=Permission.SUBMISSION_HANDLE, by=by, now=now)
    act.require_address()
    requests = act.requests()
    before = act.submission.silence_on
    notice = documents_facts(act, asked, requests)
    unposted = {UNPOSTED: True} if notices.is_posted(act.submission, notice.KIND) else {}
    row = DocumentsRequest(
        authority_id=authority.id,
        submission_id=act.id,
        items=[_item(act, one) | unposted for one in asked.items],
        remark=asked.note,
        requested_at=now,
        requested_on=notice.noticed_on,
        due_on=notice.deadline_on,
        agent_id=by.id,
        silence_before_on=before,
    )
    session.add(row)
    session.flush()
    act.reckon(act.requests())
    if act.submission.silence_rule == "rejection" and notice.silence is not None:
        act.submission.silence_on = notice.silence.due_on
    data = {"request": row.id, "due_on": row.due_on, "silence_on": act.submission.silence_on}
    actions = act.advance("request_documents", Kind.DOCUMENTS_REQUESTED, data)
    act.perform(actions, {"documents_requested": notice})
    return act.submission


def documents_facts(act: Act, asked: DocumentsAsked, requests: Sequence[DocumentsRequest]) -> DocumentsRequested:
    """What the notice of an incomplete demande would state; raises Invalid. Also what the agent previews."""
    if asked.due_on is None:
        problem = Problem("due_on", "required", "Choisissez la date limite d’envoi des documents.")
        raise Invalid("La demande de pièces est incomplète.", [problem])
    if act.is_decided_by_silence():
        problem = Problem("items", "too_late", "Le silence a déjà décidé : demander des documents ne change plus rien.")
        raise Invalid("La demande de pièces vient trop tard.", [problem])
    if (asked.due_on - act.today()).days > LONGEST_DELAY_DAYS:
        problem = Problem("due_on", "x-max", "Choisissez une date limite à moins d’un an.")
        raise Invalid("La demande de pièces est incomplète.", [problem])
    terms = act.procedure.silence_for(act.submission.answers)
    pieces = {piece.field: piece for piece in act.procedure.pieces}
    unknown = [one.field for one in asked.items if one.field not in pieces or one.reason not in REASONS]
    if unknown:
        problem = Problem("items", "unknown", "Choisissez les documents dans la liste de la démarche.")
        raise Invalid("La demande de pièces est incomplète.", [problem])
    listed = [
        MissingDocument(
            title=f"{pieces[one.field].title} (document {REASONS[one.reason]})",
            required_by=pieces[one.field].required_by,
            indispensable=pieces[one.field].indispensable,
        )
        for one in asked.items
    ]
    return documents_notice.build(
        reference=act.submission.reference,
        authority=act.authority.name,
        procedure_title=act.procedure.title,
        received_on=act.submission.first_received_on,
        noticed_at=act.now,
        zone=act.authority.zone,
        service=act.service_contact,
        agent=act.actor_contact(),
        items=listed,
        deadline_on=asked.due_on,
        silence_terms=terms,
        clock_started_on=act.clock_started_on(),
        parameters=act.submission.legal_parameters,
        suspensions=act.suspensions(requests),
        note=asked.note,
        by_post=notices.is_posted(act.submission, DocumentsRequested.KIND),
    )


def preview_documents(
    session: Session, authority: AuthorityView, reference: str, asked: DocumentsAsked, *, by: AgentActor, now: datetime
) -> DocumentsRequested:
    """What `request_documents` would tell the citizen; changes nothing."""
    act = Act(session, authority, find(session, by, reference, to=Permission.SUBMISSION_HANDLE), by=by, now=now)
    return notices.whole(documents_facts(act, asked, act.requests()))


def decide(
    session: Session, authority: AuthorityView, reference: str, made: DecisionMade, *, by: AgentActor, now: datetime
) -> Submission:
    """The submission, decided; the citizen gets the decision with its reasons and appeals (R48).

    Raises Invalid when a refusal has no reasons. Source: CRPA L211-2, L211-5, L111-2; CJA R421-5.
    """
    act = _act(session, authority, reference, revision=made.revision, to=Permission.SUBMISSION_DECIDE, by=by, now=now)
    act.require_address()
    if implied.is_due(authority, act.submission, now):  # the day is over and no sweep has passed yet
        implied.settle(act)
    notice = decision_facts(act, made)
    row = Decision(
        authority_id=authority.id,
        submission_id=act.id,
        outcome=made.outcome,
        reasons=made.reasons,
        letter=notice.letter,
        judged_revision=made.revision,
        agent_id=by.id,
        decided_at=now,
        replaces_id=decisions_of.replaced(act) if notice.replaces else None,
    )
    session.add(row)
    session.flush()
    event = "accept" if made.outcome == "accepted" else "refuse"
    data = {"decision": row.id, "outcome": made.outcome, "judged_revision": made.revision}
    actions = act.advance(event, Kind.DECIDED, data)
    act.perform(actions, {made.outcome: notice})
    if made.outcome == "refused":
        act.give_back()
    return act.submission


def decision_facts(act: Act, made: DecisionMade) -> DecisionNotice:
    """What the decision would state; raises Invalid. Also what the agent previews."""
    reasons = made.reasons.strip()
    problem = None
    if made.outcome == "refused" and not reasons:
        problem = Problem("reasons", "required", "Écrivez les motifs du refus : l’usager doit les connaître.")
    elif len(reasons) > LONGEST_REASONS:
        problem = Problem("reasons", "too_long", f"Raccourcissez les motifs à {LONGEST_REASONS} caractères.")
    if problem:
        raise Invalid("La décision est incomplète.", [problem])
    if made.outcome == "refused" and act.is_accepted_by_silence():
        raise Conflict(_ALREADY_ACCEPTED)
    return decisions.build(
        reference=act.submission.reference,
        authority=act.authority.name,
        procedure_title=act.procedure.title,
        received_on=act.submission.first_received_on,
        decided_at=act.now,
        zone=act.authority.zone,
        outcome=made.outcome,
        reasons=reasons,
        service=act.service_contact,
        agent=act.actor_contact(),
        appeal_terms=act.procedure.appeal_for(act.submission.answers),
        addressee=act.submission.applicant_name,
        replaces=act.replaced_by_a_decision(),
        letter=decision_letter(act, made.outcome),
    )


def preview_decision(
    session: Session, authority: AuthorityView, reference: str, made: DecisionMade, *, by: AgentActor, now: datetime
) -> DecisionNotice:
    """What `decide` would tell the citizen; changes nothing."""
    act = Act(session, authority, find(session, by, reference, to=Permission.SUBMISSION_DECIDE), by=by, now=now)
    return notices.whole(decision_facts(act, made))


def _act(
    session: Session,
    authority: AuthorityView,
    reference: str,
    *,
    revision: int,
    to: Permission,
    by: AgentActor,
    now: datetime,
) -> Act:
    row = find_for_change(session, authority, by, reference, revision=revision, to=to)
    return Act(session, authority, row, by=by, now=now)


def _item(act: Act, one: AskedDocument) -> dict[str, object]:
    piece = next(piece for piece in act.procedure.pieces if piece.field == one.field)
    return {
        "field": piece.field,
        "title": piece.title,
        "reason": one.reason,
        "indispensable": piece.indispensable,
        "required_by": piece.required_by,
    }
