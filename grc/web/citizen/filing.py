"""Check, send, confirm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from grc import clock
from grc.access.actors import Visitor
from grc.catalogue.publishing import contact
from grc.conditions import value_at
from grc.db import keyring_of
from grc.errors import Invalid, NotFound, Problem
from grc.forms import answers as form_answers
from grc.forms import journey, summary
from grc.forms.definition import Form
from grc.receipts import Acknowledgement, ReportNotice, identification, wording
from grc.receipts import from_json as receipt_of
from grc.submissions import applicants, drafts, filing, queries
from grc.submissions.drafts import DraftView
from grc.submissions.models import Draft, Submission
from grc.submissions.queries import Whole
from grc.web import closings
from grc.web.citizen import desk, helping, questions, views
from grc.web.citizen.answers import answer_sections
from grc.web.citizen.wordings import silence_dated
from grc.web.frame import Link
from grc.web.framing import citizen_frame
from grc.web.visit import Visit

HONEYPOT = "site_web"
"""A field that no person sees: what fills it is a program."""
CODE_SHOWN_FOR = timedelta(hours=1)


async def check(visit: Visit[Visitor]) -> Response:
    """All answers before sending, once every page holds."""
    draft = await visit.read(drafts.find, visit.path["draft"])
    first = journey.first_incomplete(draft.procedure.form, draft.answers, draft.day(visit.today), lists=draft.lists)
    if first is not None:
        return visit.redirect(visit.links.draft(draft.public_id, first.id))
    if draft.helper is not None and not draft.helper.mandated_on:
        return visit.redirect(visit.links.draft(draft.public_id, helping.CHANGE))
    return await _check_page(visit, draft)


async def send(visit: Visit[Visitor]) -> Response:
    """The final POST: one submission, however often it is sent, and the same confirmation."""
    posted = await visit.form()
    if posted.one(HONEYPOT):
        raise Invalid("Votre envoi ressemble à celui d’un programme. Réessayez, ou téléphonez à la mairie.")
    public_id, exempted = visit.path["draft"], desk.Exempted.of(posted)
    options: dict[str, Any] = {"client": visit.client_address}
    if visit.actor.agent is not None:
        options["exemption"] = exempted.exemption
    try:
        filed = await visit.write(filing.submit, visit.authority, public_id, **options)
    except Invalid as invalid:
        if exempted.exemption is None or visit.actor.agent is None:
            raise
        draft = await visit.read(drafts.find, public_id)
        return await _check_page(visit, draft, exempted=replace(exempted, fault=str(invalid)))
    if filed.problems:
        draft = await visit.read(drafts.find, public_id)
        return await _check_page(visit, draft, problems=filed.problems, exempted=exempted)
    visit.platform.wake()
    return visit.redirect(visit.links.draft(public_id, "confirmation"))


async def confirm(visit: Visit[Visitor]) -> Response:
    """What happens next and by when; the tracking code, for an hour and for the browser that filed."""
    found, code = await visit.read(confirmed, visit.path["draft"], now=visit.now)
    page = _confirmation(visit, found, code)
    return visit.page("citizen/confirmation.html", frame=citizen_frame(visit), page=page)


async def _check_page(
    visit: Visit[Visitor],
    draft: DraftView,
    problems: tuple[Problem, ...] = (),
    exempted: desk.Exempted = desk.Exempted(),  # noqa: B008 - frozen
) -> Response:
    form, links = draft.procedure.form, visit.links
    pruned = form_answers.prune(form, draft.answers, as_of=draft.day(visit.today))
    last = journey.pages(form, pruned)[-1]

    def change(page_id: str) -> str:
        return links.draft_change(draft.public_id, page_id)

    email_page = _page_of_email(form, pruned)
    lacking = _lacking(form, pruned) if applicants.is_report(draft.procedure, pruned, draft.channel) else {}
    page = views.CheckPage(
        procedure=draft.procedure.title,
        sections=answer_sections(visit, summary.sections(form, pruned), change=change),
        action=links.draft(draft.public_id, "envoi"),
        later=links.draft(draft.public_id, "reprise"),
        email=form.email_of(pruned) or "",
        change_email=change(email_page) if email_page else "",
        back=links.draft(draft.public_id, last.id),
        faults=[
            Link(problem.message, change(journey.page_of(form, pruned, problem.field).id))
            for problem in questions.told(visit, problems)
        ],
        report=list(lacking.values()),
        identify=_identify(form, pruned, lacking, change),
        helping=links.draft(draft.public_id, helping.CHANGE),
        privacy="" if visit.actor.agent else links.procedure(draft.procedure.slug, "donnees-personnelles"),
        helper=helping.section_of(visit, draft),
        is_helpers_address=draft.helper is not None and draft.helper.writes_at(form.email_of(pruned) or ""),
    )
    if visit.actor.agent is not None:
        return await desk.check(visit, visit.actor.agent, draft, page, pruned, exempted)
    code = 422 if problems else 200
    return visit.page("citizen/check.html", code=code, frame=citizen_frame(visit), page=page)


def _lacking(form: Form, pruned: Mapping[str, Any]) -> Mapping[str, str]:
    """What is missing for a demande, by role: of a person, or of an organisation where the form asks for one."""
    shown = (field for page in form.pages for field in journey.visible_fields(form, page, pruned))
    return identification.missing(form.roles_of(pruned), asked={field.role for field in shown})


def _identify(form: Form, pruned: Mapping[str, Any], lacking: Mapping[str, str], change: Callable[[str], str]) -> str:
    """Where the first of these data is asked; "" when the form does not ask for it."""
    for page in journey.pages(form, pruned):
        if any(field.role in lacking for field in journey.visible_fields(form, page, pruned)):
            return change(page.id)
    return ""


def _page_of_email(form: Form, pruned: Mapping[str, Any]) -> str:
    email = form.email_of(pruned)
    fields = (field for field in form.fields if field.role in ("receipt-email", "contact-email"))
    found = next((field for field in fields if email and value_at(pruned, field.path) == email), None)
    return journey.page_of(form, pruned, found.name).id if found else ""


def confirmed(session: Session, public_id: str, *, now: datetime, by: Visitor) -> tuple[Whole, str]:
    """The submission that the draft became, and its code while it may be shown."""
    draft = drafts.find_any(session, public_id, by=by)
    row = session.get_one(Draft, draft.id)
    if draft.submission_id is None:
        raise NotFound("Cette demande n’est pas encore envoyée. Vérifiez vos réponses, puis envoyez-la.")
    submission = session.get_one(Submission, draft.submission_id)
    code = ""
    if row.sealed_code and now - submission.recorded_at < CODE_SHOWN_FOR:
        code = keyring_of(session).open(row.sealed_code)
    reader = Visitor(by.authority_id, by.session_id, by.citizen_id, by.granted | {draft.submission_id})
    return queries.whole(session, submission.reference, by=reader), code


def _confirmation(visit: Visit[Visitor], found: Whole, code: str) -> views.ConfirmationPage:
    row, zone, links = found.submission, visit.authority.zone, visit.links
    first = ReportNotice.KIND if row.is_report else Acknowledgement.KIND
    receipt = next(notice for notice in found.notices if notice.name == first)
    facts = receipt_of(receipt.facts)
    stated = facts.silence if isinstance(facts, Acknowledgement) else None
    letter = next((mail.message_id for mail in found.mailings if mail.kind == receipt.kind and mail.has_letter), None)
    return views.ConfirmationPage(
        reference=row.reference,
        procedure=found.procedure.title,
        received_at=clock.local(zone, row.received_at),
        email=row.contact_email,
        service=contact(found.service),
        closures=closings.told(visit.tenant, visit.today, found.service.id),
        track=links.submission(row.reference),
        tracking_code=code,
        receipt=links.letter(row.reference, letter) if letter else "",
        next_steps=_next_steps(found),
        silence=silence_dated(stated),
        is_report=row.is_report,
        helped=helping.how_told(row),
    )


def _next_steps(found: Whole) -> list[str]:
    """Who does what, and before when."""
    service = wording.the_service(found.service.name)
    steps = [f"{service} examine votre demande. S’il manque un document, il vous écrit."]
    if found.submission.is_report:
        steps = [f"{service} lit votre signalement. Suivez ce qu’il en fait avec votre code de suivi."]
    delay = found.procedure.target_delay
    answer = [f"Réponse habituelle : {delay[0].lower()}{delay[1:]}."] if delay else []
    if found.submission.silence_on is not None:
        answer.append(f"La commune vous répond avant le {wording.long_date(found.submission.silence_on)}.")
    return [wording.typeset(step) for step in (*steps, " ".join(answer)) if step]
