"""A demande that came on paper or at the desk: recorded by an agent, its clock from the day of the stamp.

Source: CRPA L112-3 and R112-5 (its receipt, on paper), L112-6; L411-3 for a recours. The whole form comes with desk
entry: here the person, the procedure, the day and the scanned pages are recorded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from grc import clock, references
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.attachments import commands as attachments
from grc.attachments.commands import StoredFile
from grc.authorities.views import AuthorityView, ServiceView
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Procedure
from grc.catalogue.publishing import contact
from grc.catalogue.queries import Published
from grc.db import keyring_of
from grc.errors import Invalid, Problem
from grc.forms import answers as form_answers
from grc.forms.formats import fast_validator
from grc.outbox.post import Posting
from grc.receipts import PaperReceipt
from grc.receipts import paper as receipts
from grc.submissions import appeals, beginnings, codes, events, notices, phases
from grc.submissions.appeals import Attacked
from grc.submissions.events import Kind
from grc.submissions.models import Decision, Submission
from grc.submissions.naming import standing
from grc.workflow import engine

OLDEST = timedelta(days=366)
"""An older stamp is a mistake of typing, or a case for a lawyer."""
_IS_EMAIL = fast_validator({"type": "string", "format": "email", "maxLength": 254})


@dataclass(frozen=True)
class PaperFiling:
    """What an agent posts. received_on: the day of the stamp. attacks: the demande whose decision a recours attacks."""

    slug: str
    channel: Literal["paper", "desk"]
    received_on: date | None
    family_name: str
    given_names: str
    line1: str
    postcode: str
    city: str
    email: str = ""
    attacks: str = ""
    files: Sequence[StoredFile] = field(default=())


def register(session: Session, authority: AuthorityView, made: PaperFiling, *, by: AgentActor, now: datetime) -> str:
    """The reference of the demande, its paper receipt to print; raises Invalid with what is wrong in the form."""
    require(by, Permission.SUBMISSION_HANDLE)
    _check(made, clock.day_in(authority.zone, now))
    offered = catalogue.published(session, authority.id, made.slug)
    target = _attacked(session, authority, made)
    answers = answers_of(offered.procedure, made)
    receipt = _receipt(authority, offered, answers, made, target, by=by, now=now)
    code = references.new_code()
    row = _row(session, authority, offered, answers, receipt, made, code=code, now=now)
    assert row.id is not None  # noqa: S101 - flushed
    owner: dict[str, Any] = {"authority_id": authority.id, "submission_id": row.id}
    notice_id = notices.fix(session, receipt, **owner, name=receipt.KIND, now=now)
    notices.print_later(session, row, notice_id, now=now)
    data = {
        "channel": made.channel,
        "silence_on": row.silence_on,
        "received_on": made.received_on,
        "identity": "declared",
    }
    events.record(session, Kind.RECEIVED, **owner, sequence=1, state=row.state, by=by, at=now, data=data)
    attachments.add(session, made.files, authority_id=authority.id, field="", now=now, submission_id=row.id)
    if made.email:
        sealed = keyring_of(session).seal(code)
        notices.send(session, row, [Posting(notice_id, "tracking_code", sealed_secret=sealed)], now=now)
    if target is not None:
        appeals.attach(session, authority, target, row.id, by=by, now=now)
    return row.reference


def answers_of(procedure: Procedure, made: PaperFiling) -> dict[str, Any]:
    """The answers that the form has a place for, by the role of its questions; the rest is on the scanned pages."""
    address = {"line1": made.line1, "postcode": made.postcode, "city": made.city}
    known: Mapping[str, Any] = {
        "family-name": made.family_name,
        "given-names": made.given_names,
        "postal-address": address,
        "contact-email": made.email,
    }
    answers: dict[str, Any] = {}
    for each in procedure.form.fields:
        value = known.get(each.role or "")
        if value:
            answers = form_answers.with_value(answers, each.path, value)
    return answers


def _check(made: PaperFiling, today: date) -> None:
    day = made.received_on
    is_of_its_kind = not made.attacks or made.slug == appeals.PROCEDURE
    wanted = (
        ("slug", bool(made.slug), "Choisissez la démarche."),
        ("slug", is_of_its_kind, "Choisissez la démarche du recours, ou effacez le numéro de la demande contestée."),
        ("received_on", day is not None and today - OLDEST <= day <= today, _DAY),
        ("family_name", bool(made.family_name), "Saisissez le nom de la personne."),
        (
            "line1",
            bool(made.line1 and made.postcode and made.city),
            "Saisissez son adresse postale : la lettre y part.",
        ),
        (
            "email",
            not made.email or _IS_EMAIL(made.email),
            "Saisissez l’adresse électronique en entier, ou effacez-la.",
        ),
    )
    problems = [Problem(name, "required", message) for name, is_well, message in wanted if not is_well]
    if problems:
        raise Invalid("La demande est incomplète.", problems)


_DAY = "Saisissez le jour du tampon : ni dans le futur, ni il y a plus d’un an."


def _attacked(session: Session, authority: AuthorityView, made: PaperFiling) -> Attacked | None:
    """The decision in force of the demande that a recours names, None where it names none."""
    if not made.attacks:
        return None
    spelled = references.read_reference(made.attacks) or ""
    statement = (
        select(Decision)
        .join(Submission, col(Submission.id) == col(Decision.submission_id))
        .where(col(Submission.authority_id) == authority.id, col(Submission.reference) == spelled)
        .order_by(col(Decision.id))
    )
    decision = standing(list(session.execute(statement).scalars()))
    if decision is None or decision.id is None:
        message = "Aucune demande décidée n’a ce numéro. Vérifiez-le, ou effacez-le."
        raise Invalid("La demande est incomplète.", [Problem("attacks", "unknown", message)])
    return appeals.attacked(session, authority.id, decision.id)


def _receipt(
    authority: AuthorityView,
    offered: Published,
    answers: Mapping[str, Any],
    made: PaperFiling,
    target: Attacked | None,
    *,
    by: AgentActor,
    now: datetime,
) -> PaperReceipt:
    service: ServiceView = offered.service
    assert made.received_on is not None  # noqa: S101 - checked
    return receipts.build(
        reference=references.new_reference(made.received_on.year),
        authority=authority.name,
        procedure_title=offered.procedure.title,
        channel=made.channel,
        received_on=made.received_on,
        issued_at=now,
        zone=authority.zone,
        service=contact(service),
        agent=notices.agent_contact(by, service),
        silence_terms=offered.procedure.silence_for(answers),
        appeal_terms=offered.procedure.appeal,
        addressee=f"{made.family_name} {made.given_names}".strip(),
        attacked=None if target is None else target.named(authority.zone),
    )


def _row(
    session: Session,
    authority: AuthorityView,
    offered: Published,
    answers: dict[str, Any],
    receipt: PaperReceipt,
    made: PaperFiling,
    *,
    code: str,
    now: datetime,
) -> Submission:
    workflow = offered.procedure.workflow
    step = engine.initial(workflow, beginnings.context(answers))
    noon = datetime.combine(receipt.received_on, time(12), ZoneInfo(authority.zone))
    row = Submission(
        authority_id=authority.id,
        reference=receipt.reference,
        procedure_id=offered.procedure_id,
        version_id=offered.version_id,
        service_id=offered.service.id,
        state=step.state,
        phase=phases.of_state(workflow, step.state),
        state_since=now,
        channel=made.channel,
        recorded_at=now,
        received_at=min(noon.astimezone(now.tzinfo), now),
        first_received_on=receipt.received_on,
        competent_received_on=receipt.received_on,
        answers=answers,
        applicant_name=receipt.addressee[:300],
        contact_email=made.email,
        tracking_code_hash=keyring_of(session).hash(codes.TRACKING, references.read_code(code) or ""),
        silence_rule=receipt.silence.rule if receipt.silence else "none",
        silence_on=receipt.silence.due_on if receipt.silence else None,
        silence_base_on=receipt.silence.due_on if receipt.silence else None,
        legal_parameters=receipt.parameters,
        on_paper=not made.email,
    )
    session.add(row)
    session.flush()
    return row
