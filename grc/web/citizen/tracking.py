"""Following a demande: by code, by account, and its page."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from grc import clock
from grc.access.actors import Visitor
from grc.catalogue.publishing import contact
from grc.errors import NotFound, Problem, TooMany
from grc.forms import summary
from grc.receipts import Acknowledgement, DecisionNotice, DocumentsRequested, PaperReceipt, StateNotice
from grc.receipts import from_json as notice_of
from grc.sessions import commands as sessions
from grc.sessions import limits
from grc.sessions.commands import NewSession
from grc.submissions import arrivals, conversation, drafts, events, phases, queries
from grc.submissions.commands import REASONS
from grc.submissions.helpers import Helper
from grc.submissions.models import Draft, Event, Submission
from grc.submissions.queries import Opened, Whole
from grc.web import closings, exchange, gone, outcomes
from grc.web.citizen import answered, decisions, helping, messages, notification, onward, views
from grc.web.citizen.answers import answer_sections
from grc.web.citizen.home import draft_row
from grc.web.citizen.wordings import silence_dated
from grc.web.downloads import hindrance
from grc.web.exchange import Panel, Taken
from grc.web.flashes import with_flash
from grc.web.frame import Problems
from grc.web.framing import citizen_frame
from grc.web.links import safe_next
from grc.web.openings import withdrawing
from grc.web.site import Handler
from grc.web.visit import Visit

_PAPERS = {
    Acknowledgement.KIND: "Accusé de réception",
    PaperReceipt.KIND: "Accusé de réception",
    "receipt_copy": "Copie de l’accusé de réception",
    DocumentsRequested.KIND: "Demande de documents",
    DecisionNotice.KIND: "Décision",
    "registration": "Accusé d’enregistrement",
    "implied_decision": "Décision sans réponse",
    "attestation": "Attestation d’acceptation",
    "reasons": "Motifs du refus",
    "acceptance_withdrawn": "Retrait de l’acceptation",
    "erratum": "Correction de la décision",
    "transfer": "Transmission à l’administration compétente",
}
_MINE: dict[str, str] = {events.Kind.RECEIVED: "Demande envoyée", events.Kind.DOCUMENTS_RECEIVED: "Documents envoyés"}
_SILENCE = "silence"
"""The id of the offer that tells what silence decided: it comes first."""
_PROGRESS = (("received", "Reçue"), ("examined", "En cours d’examen"))


async def show_entry(visit: Visit[Visitor]) -> Response:
    """One box for a code."""
    return _entry(visit)


async def enter(visit: Visit[Visitor]) -> Response:
    """Opens what the code opens, for this browser; the same answer, by the same statements, for any wrong code."""
    posted = await visit.form()
    typed, following = posted.text("code"), safe_next(posted.text("suite"), root=visit.tenant.root) or ""
    written = posted.text("message")
    opened, new = await visit.write(_open, typed, client=visit.client_address)
    if opened is None:
        message = "Aucune demande n’a ce code. Recopiez les seize lettres et chiffres du courriel de suivi."
        problem = Problem("code", "unknown", message)
        return _entry(visit, typed=typed[:40], problem=problem, following=following, written=written)
    if written and opened.submission_id is not None:
        return await _with_words(visit, opened, new, written)
    location = _opened_page(visit, opened, following)
    response = visit.redirect(location)
    return response if new is None else visit.with_session(response, new)


def or_its_code(handler: Handler[Visitor]) -> Handler[Visitor]:
    """The page, or the box for its code: what a mail's link shows in a browser that has not opened the demande.

    404 with the same words, by the same statements, whether the demande exists or not.
    """

    async def guarded(visit: Visit[Visitor]) -> Response:
        try:
            return await handler(visit)
        except NotFound:
            return _entry(visit, following=visit.request.url.path)

    return guarded


async def show_mine(visit: Visit[Visitor]) -> Response:
    """The demandes and drafts within reach: to do first, then open, then closed."""
    found, held = await visit.read(_mine)
    rows = [(row, _row(visit, row, procedure)) for row, procedure in found]
    page = views.SubmissionsPage(
        catalogue=visit.links.home(),
        todo=[shown for row, shown in rows if row.phase == "waiting"],
        open=[shown for row, shown in rows if row.phase in ("received", "examined")],
        closed=[shown for row, shown in rows if row.phase not in phases.OPEN],
        drafts=[draft_row(visit, draft) for draft in held],
        track=visit.links.track(),
        franceconnect=_franceconnect(visit),
        door=visit.links.door(following=visit.links.my_submissions()) if visit.actor.citizen_id is None else "",
    )
    former = visit.links.account("rattachement") if visit.actor.citizen_id is not None else ""
    return visit.page("citizen/submissions.html", frame=citizen_frame(visit), page=page, former=former)


async def page_of(visit: Visit[Visitor], found: Whole, panel: Panel, *, code: int = 200, flash: str = "") -> Response:
    """The page of a demande. panel: its messages, with what was typed and refused, if anything."""
    frame = with_flash(citizen_frame(visit), flash or visit.query.get("fait", ""))
    if found.submission.destroyed_at is not None:
        letters = [gone.Letter(paper.title, paper.at, paper.href) for paper in _papers(visit, found)]
        back = visit.links.my_submissions() if visit.actor.citizen_id is not None else ""
        left = gone.page(visit.authority, found, await visit.read(gone.look, found), letters, back=back)
        return visit.page("citizen/destroyed.html", code=code, frame=frame, page=left)
    leads = await onward.of(visit, found)
    offered = await decisions.offers(visit, found)
    told = [one for one in offered if one.id == _SILENCE]
    if answered.gives_reasons(found):  # the time to contest counts from them: the first one is told no more
        told = [replace(one, sentences=one.sentences[:1]) for one in told]
    page = replace(
        _tracking(visit, found, panel),
        silent=told,
        offers=[one for one in offered if one.id != _SILENCE],
        helper=await helping.note_of(visit, found),
    )
    return visit.page("citizen/tracking.html", code=code, frame=frame, page=page, onward=leads)


def ask_code(visit: Visit[Visitor], *, written: str) -> Response:
    """The box for the code, where a message was posted from a page that is no longer open; its words are kept."""
    problem = Problem("code", "ended", "Votre session est terminée. Donnez votre code pour envoyer votre message.")
    page = visit.links.submission(visit.path["reference"])
    return _entry(visit, problem=problem, following=page, written=written)


def _open(
    session: Session, typed: str, *, client: str, by: Visitor, now: datetime
) -> tuple[Opened | None, NewSession | None]:
    """What a code opens, granted to the visitor's session (a new one, its rights being new). Counts every try."""
    if limits.count(session, limits.TRACKING_CODES, client, authority_id=by.authority_id, now=now) > (
        limits.TRACKING_CODES.hits
    ):
        raise TooMany("Vous avez essayé trop de codes. Attendez dix minutes, puis réessayez.", retry_after=600)
    opened = queries.of_code(session, typed, by=by)
    if opened is None:
        return None, None
    granted = tuple(sorted(by.granted | ({opened.submission_id} if opened.submission_id is not None else set())))
    if by.session_id is not None:
        new = sessions.rotate(session, by.session_id, granted=granted, now=now)
    else:
        new = sessions.open_session(session, authority_id=by.authority_id, public="citizen", now=now, granted=granted)
    if opened.draft_id is not None:
        row = session.get_one(Draft, opened.draft_id)
        row.session_id, row.citizen_id = new.id, by.citizen_id
        session.add(row)
    return opened, new


async def _with_words(visit: Visit[Visitor], opened: Opened, new: NewSession | None, written: str) -> Response:
    """The demande just opened, with the words that a session ended meanwhile had kept from being sent."""
    assert opened.submission_id is not None  # noqa: S101 - the caller looked
    again = replace(visit, actor=replace(visit.actor, granted=visit.actor.granted | {opened.submission_id}))
    found: Whole = await again.read(queries.whole, opened.reference)
    page = await page_of(again, found, messages.panel(again, found, Taken(written)), flash="message-garde")
    return page if new is None else visit.with_session(page, new)


def _mine(session: Session, *, by: Visitor) -> tuple[list[tuple[Submission, Any]], list[drafts.DraftView]]:
    return queries.mine(session, by=by), drafts.mine(session, by=by)


def _opened_page(visit: Visit[Visitor], opened: Opened, following: str) -> str:
    """Where a good code leads: the page first asked for, if it is of the same demande."""
    if opened.submission_id is None:
        return visit.links.draft(opened.draft_public_id, "suite")
    page = visit.links.submission(opened.reference)
    return following if following.startswith(f"{page}/") else page


def _entry(
    visit: Visit[Visitor], typed: str = "", problem: Problem | None = None, following: str = "", written: str = ""
) -> Response:
    page = views.TrackEntryPage(
        action=visit.links.track(),
        typed=typed,
        problems=Problems([problem] if problem else []),
        telephone=visit.authority.telephone,
        franceconnect=_franceconnect(visit, following),
        following=following,
        written=written,
    )
    code = 404 if problem or following else 200
    return visit.page("citizen/track_entry.html", code=code, frame=citizen_frame(visit), page=page)


def _franceconnect(visit: Visit[Visitor], following: str = "") -> str:
    """Where someone who is not signed in signs in to find their demandes again; "" when not offered."""
    if not visit.tenant.provider or visit.actor.citizen_id is not None:
        return ""
    return f"{visit.links.franceconnect('connexion')}?suite={following or visit.links.my_submissions()}"


def _row(visit: Visit[Visitor], row: Submission, procedure: Any) -> views.SubmissionRow:
    return views.SubmissionRow(
        reference=row.reference,
        title=procedure.title,
        state=outcomes.label(row, procedure.workflow),
        received_on=row.first_received_on,
        href=visit.links.submission(row.reference),
        todo="Envoyez les documents demandés" if row.phase == "waiting" else "",
        whom=row.applicant_name if row.helper is not None else "",
    )


def _tracking(visit: Visit[Visitor], found: Whole, panel: Panel) -> views.TrackingPage:
    row, links, procedure, zone = found.submission, visit.links, found.procedure, visit.authority.zone
    is_open = row.phase in phases.OPEN
    leaving = withdrawing(visit.actor, found)

    hindrances = {file.public_id: hindrance(file) for file in found.files}

    def read_file(file_id: str) -> str:
        return "" if hindrances.get(file_id) else links.file(row.reference, file_id)

    return views.TrackingPage(
        reference=row.reference,
        title=procedure.title,
        state=outcomes.label(row, procedure.workflow),
        sentence=outcomes.sentence(found),
        received_at=clock.local(zone, row.received_at),
        service=contact(found.service),
        closures=closings.told(visit.tenant, visit.today, found.service.id),
        steps=_steps(visit, found),
        todo=_todo(visit, found),
        decision=answered.last(found),
        exchanges=[_exchange(visit, found, event) for event in reversed(found.events) if _is_history(event)],
        papers=_papers(visit, found),
        thread=panel,
        sections=answer_sections(
            visit, summary.sections(procedure.form, row.current_answers), file=read_file, hindrances=hindrances
        ),
        files=[
            views.SentFile(
                file.public_id,
                file.name,
                file.size_bytes,
                href=read_file(file.public_id),
                hindrance=hindrance(file),
            )
            for file in found.files
            if file.thread_entry_id is None and (not file.field or file.documents_request_id is not None)
        ],
        silence=silence_dated(_last_silence(found)) if is_open and _may_fall_silent(row) else (),
        is_report=row.is_report,
        email_address=row.contact_email,
        is_deaf=bool(found.deaf_address),
        notification=links.submission(row.reference, notification.PAGE) if notification.is_offered(found) else "",
        email=links.submission(row.reference, "adresse"),
        piece=links.submission(row.reference, "pieces") if is_open else "",
        similar=links.submission(row.reference, "brouillons"),
        data=links.submission(row.reference, "donnees"),
        withdrawal=links.submission(row.reference, "retrait") if leaving else "",
        leave=leaving.label if leaving else "Retirer ma demande",
        back=links.my_submissions() if visit.actor.citizen_id is not None else "",
    )


def _may_fall_silent(row: Submission) -> bool:
    """Whether silence may still decide: not while documents are awaited, nor once it has."""
    return row.phase != "waiting" and row.implied_on is None


def _steps(visit: Visit[Visitor], found: Whole) -> list[views.ProgressStep]:
    row, zone = found.submission, visit.authority.zone
    if row.phase == "closed":
        state = found.procedure.workflow.state(row.state)
        sent_on = any(event.kind == events.Kind.TRANSFERRED for event in found.events)
        last = "Transmise" if sent_on and state.phase != "closed" else state.label
        return [
            views.ProgressStep("Reçue", "done", row.first_received_on),
            views.ProgressStep(last, "current"),
        ]
    if outcomes.is_by_silence(row):
        return [
            views.ProgressStep("Reçue", "done", row.first_received_on),
            views.ProgressStep(outcomes.label(row, found.procedure.workflow), "current", row.implied_on),
        ]
    reached: dict[str, Any] = {}
    for event in found.events:
        phase = found.state_at(event).phase
        reached.setdefault(phase, clock.day_in(zone, event.at))
    current = found.procedure.workflow.state(row.state)
    position = [phase for phase, _ in (*_PROGRESS, _ending(found))].index(current.phase)
    return [
        views.ProgressStep(
            label=current.label if at == position and current.phase != "received" else label,
            status="done" if at < position else "current" if at == position else "todo",
            on=reached.get(phase),
        )
        for at, (phase, label) in enumerate((*_PROGRESS, _ending(found)))
    ]


def _ending(found: Whole) -> tuple[str, str]:
    """The last step of the line: a workflow without a decision ends with an answer, or with its appointment."""
    workflow = found.procedure.workflow
    otherwise = "Rendez-vous passé" if workflow.appointment else "Réponse"
    return "decided", "Décision" if workflow.decides else otherwise


def _todo(visit: Visit[Visitor], found: Whole) -> views.Todo | None:
    request = found.open_request
    if request is None or found.submission.phase != "waiting":
        return None
    items = arrivals.to_send(request, found.files)
    if not items:
        return None
    return views.Todo(
        title=f"La mairie vous demande {'un document' if len(items) == 1 else 'des documents'}",
        items=[(str(item["title"]), f"document {REASONS[item['reason']]}") for item in items],
        deadline=request.due_on,
        href=visit.links.submission(found.submission.reference, "complements"),
        note=request.remark,
        sentences=rule_of_request(found),
    )


def rule_of_request(found: Whole) -> tuple[str, ...]:
    """The sentences of L114-5 as the notice stated them."""
    facts = [notice_of(notice.facts) for notice in found.notices if notice.kind == DocumentsRequested.KIND]
    last = facts[-1] if facts else None
    return last.rule if isinstance(last, DocumentsRequested) else ()


def _last_silence(found: Whole) -> Any:
    """The date of implicit decision that the citizen was last told."""
    for notice in reversed(found.notices):
        facts = notice_of(notice.facts)
        if isinstance(facts, Acknowledgement | PaperReceipt | DocumentsRequested) or (
            isinstance(facts, StateNotice) and facts.change == "documents_received"
        ):
            return facts.silence
    return None


def _is_history(event: Event) -> bool:
    """Whether an event is told in the history: messages have their own place, and reading is nobody's deed."""
    return event.kind not in conversation.SPOKEN and event.kind != events.Kind.CONSULTED


def _exchange(visit: Visit[Visitor], found: Whole, event: Event) -> views.Exchange:
    mine = event.actor_kind == "citizen"
    author = "Vous" if mine else "La mairie"
    if event.actor_kind == "agent":
        author = f"{found.agents.get(event.actor_id or 0, 'La mairie')}, {found.service.name}"
    helper = Helper.of(found.submission.helper)
    if mine and helper is not None and event.kind == events.Kind.RECEIVED:
        author = helper.name
    label = events.told(event, found.state_at(event).label)
    text = _MINE.get(event.kind, label) if mine else label
    return views.Exchange(
        at=clock.local(visit.authority.zone, event.at),
        author=author,
        text=text,
        mine=mine,
        note=found.notes.get(event.sequence, "") or exchange.written_with(found, event),
    )


def _papers(visit: Visit[Visitor], found: Whole) -> list[views.Paper]:
    reference = found.submission.reference
    return [
        views.Paper(
            title=_PAPERS[mail.kind],
            at=clock.local(visit.authority.zone, mail.created_at),
            href=visit.links.letter(reference, mail.message_id) if mail.message_id and mail.has_letter else "",
        )
        for mail in found.mailings
        if mail.kind in _PAPERS and mail.state != "dropped"
    ]
