"""Asking for documents and deciding: each shown as the citizen will read it before it leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal, cast

from starlette.responses import Response

from grc import clock
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.deadlines.silence import last_day_to_notify
from grc.errors import Conflict, Invalid, Problem, StaleSubmission
from grc.notifications.presentation import present
from grc.receipts import DecisionNotice, DocumentsRequested, sentences, wording
from grc.submissions import commands, queries
from grc.submissions.commands import REASONS, AskedDocument, DecisionMade, DocumentsAsked
from grc.submissions.models import Submission
from grc.submissions.queries import Whole
from grc.web.agents import views
from grc.web.agents.inbox import applicant
from grc.web.agents.submission import conflict
from grc.web.bodies import Posted
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.openings import events_open_to, open_to
from grc.web.visit import Visit

_USUAL_DELAY = timedelta(days=30)
_OUTCOMES = {"accepted": "accept", "refused": "refuse"}


_TOO_LATE = "Cette demande est déjà décidée."


async def show_request(visit: Visit[AgentActor]) -> Response:
    """The list of the form's own documents, to tick."""
    found: Whole = await visit.read(queries.whole, visit.path["reference"], to=Permission.SUBMISSION_HANDLE)
    if "request_documents" not in events_open_to(visit.actor, found):
        raise Conflict(_TOO_LATE if found.decision else "Prenez d’abord la demande en charge, ou attendez la réponse.")
    return _request_page(visit, found, Posted(), deadline=(visit.today + _USUAL_DELAY).isoformat())


async def request_documents(visit: Visit[AgentActor]) -> Response:
    """Previewed first, then sent: the clock moves and the citizen is told the new date."""
    posted = await visit.form()
    reference, asked = visit.path["reference"], _asked(posted)
    preview: DocumentsRequested | None = None
    try:
        if posted.one("then") == "send":
            await visit.write(commands.request_documents, visit.authority, reference, asked)
            visit.platform.wake()
            return visit.redirect(f"{visit.links.agent_submission(reference)}?fait=pieces")
        preview = await visit.read(commands.preview_documents, visit.authority, reference, asked, now=visit.now)
        problems: Sequence[Problem] = ()
    except StaleSubmission as stale:
        return await conflict(visit, stale, typed=asked.note)
    except Invalid as invalid:
        problems = invalid.problems or [Problem("items", "invalid", invalid.message)]
    found: Whole = await visit.read(queries.whole, reference)
    return _request_page(visit, found, posted, deadline=posted.one("deadline"), preview=preview, problems=problems)


async def show_decision(visit: Visit[AgentActor]) -> Response:
    """Accept or refuse."""
    found: Whole = await visit.read(queries.whole, visit.path["reference"], to=Permission.SUBMISSION_DECIDE)
    if not events_open_to(visit.actor, found) & {"accept", "refuse"}:
        raise Conflict(_TOO_LATE if found.decision else "Prenez d’abord la demande en charge.")
    return _decision_page(visit, found, outcome=visit.query.get("issue", ""), reasons="")


async def decide(visit: Visit[AgentActor]) -> Response:
    """Previewed first, then final: the decision leaves with its reasons and its appeals (R48)."""
    require(visit.actor, Permission.SUBMISSION_DECIDE)
    posted = await visit.form()
    reference = visit.path["reference"]
    outcome, reasons = posted.one("outcome"), posted.text("reasons").replace("\r\n", "\n").strip()
    preview: DecisionNotice | None = None
    problems: Sequence[Problem] = ()
    try:
        made = _made(outcome, reasons, posted.revision)
        if posted.one("then") == "send":
            await visit.write(commands.decide, visit.authority, reference, made)
            visit.platform.wake()
            return visit.redirect(f"{visit.links.agent_submission(reference)}?fait=decision")
        preview = await visit.read(commands.preview_decision, visit.authority, reference, made, now=visit.now)
    except StaleSubmission as stale:
        return await conflict(visit, stale, typed=reasons)
    except Invalid as invalid:
        problems = invalid.problems
    found: Whole = await visit.read(queries.whole, reference)
    return _decision_page(visit, found, outcome=outcome, reasons=reasons, preview=preview, problems=problems)


def _made(outcome: str, reasons: str, revision: int) -> DecisionMade:
    if outcome not in _OUTCOMES:
        raise Invalid("", [Problem("outcome", "required", "Choisissez d’accepter ou de refuser la demande.")])
    return DecisionMade(cast(Literal["accepted", "refused"], outcome), reasons, revision)


def _asked(posted: Posted) -> DocumentsAsked:
    names = list(dict.fromkeys(posted.many("piece")))[:50]
    notes = (posted.text(f"note-{name}").strip()[:500] for name in names)
    return DocumentsAsked(
        items=[AskedDocument(name, posted.text(f"reason-{name}") or "missing") for name in names],
        due_on=_day(posted.text("deadline")),
        note=" ".join(filter(None, notes))[:2000],
        revision=posted.revision,
    )


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


def _request_page(
    visit: Visit[AgentActor],
    found: Whole,
    posted: Posted,
    *,
    deadline: str,
    preview: DocumentsRequested | None = None,
    problems: Sequence[Problem] = (),
) -> Response:
    row, ticked = found.submission, set(posted.many("piece"))
    renamed = {"items": "piece", "due_on": "deadline", "deadline_on": "deadline"}
    page = views.DocumentsRequestPage(
        reference=row.reference,
        title=found.procedure.title,
        applicant=applicant(row),
        action=visit.links.agent_submission(row.reference, "pieces-manquantes"),
        back=visit.links.agent_submission(row.reference),
        revision=posted.revision or row.revision,
        pieces=[
            views.PieceOption(
                name=piece.field,
                title=piece.title,
                required_by=piece.required_by,
                received=_received(visit, found, piece.field),
                checked=piece.field in ticked,
                reason=posted.one(f"reason-{piece.field}") or _likely_reason(found, piece.field),
                note=posted.one(f"note-{piece.field}"),
            )
            for piece in found.procedure.pieces
        ],
        reasons=[views.Option(key, label.capitalize()) for key, label in REASONS.items()],
        deadline=deadline,
        deadline_hint="Une date après aujourd’hui, un mois le plus souvent.",
        preview=_preview_of_request(row.silence_on, preview),
        problems=Problems([Problem(renamed.get(p.field, p.field), p.code, p.message) for p in problems]),
    )
    code = 422 if problems else 200
    return visit.page("agents/submission/documents_request.html", code=code, frame=agent_frame(visit), page=page)


def _likely_reason(found: Whole, field: str) -> str:
    """Why a document is asked for, until the agent says otherwise: one already sent is not missing."""
    return "unreadable" if any(file.field == field for file in found.files) else "missing"


def _received(visit: Visit[AgentActor], found: Whole, field: str) -> str:
    zone = visit.authority.zone
    days = [clock.day_in(zone, file.received_at) for file in found.files if file.field == field]
    return f"Reçu le {wording.short_date(days[-1])}" if days else ""


def _preview_of_request(before: date | None, notice: DocumentsRequested | None) -> views.Preview | None:
    if notice is None:
        return None
    shown = present(notice)
    listed = [f"{item['title']}. Exigé par\u00a0: {item['required_by']}" for item in shown["documents"]]
    return views.Preview(
        title="Il manque des documents à votre demande",
        parts=[
            views.PreviewPart("", ["Nous avons commencé à examiner votre demande. Il manque\u00a0:"], listed),
            views.PreviewPart("", shown["note"]),
            views.PreviewPart("Ce que vous avez à faire", [f"Envoyez tout au plus tard le {shown['deadline']}."]),
            views.PreviewPart("Ce qui va se passer", shown["rule"]),
            views.PreviewPart("", [_signature(shown)]),
        ],
        due_before=before,
        due_after=notice.silence.due_on if notice.silence else None,
    )


def _decision_page(
    visit: Visit[AgentActor],
    found: Whole,
    *,
    outcome: str,
    reasons: str,
    preview: DecisionNotice | None = None,
    problems: Sequence[Problem] = (),
) -> Response:
    row = found.submission
    opened = {one.event: one.label for one in open_to(visit.actor, found)}
    ways = found.procedure.appeal_for(row.answers)
    page = views.DecisionPage(
        reference=row.reference,
        title=found.procedure.title,
        applicant=applicant(row),
        action=visit.links.agent_submission(row.reference, "decision"),
        back=visit.links.agent_submission(row.reference),
        revision=row.revision,
        outcomes=[
            views.Option(value, label, selected=value == outcome)
            for value, event in _OUTCOMES.items()
            if (label := opened.get(event))
        ],
        reasons=reasons,
        appeals=[appeal.text for appeal in sentences.appeals_after_decision(ways)],
        preview=None if preview is None else _preview_of_decision(preview),
        notice=_notify_before(row),
        problems=Problems(problems),
    )
    code = 422 if problems else 200
    return visit.page("agents/submission/decision.html", code=code, frame=agent_frame(visit), page=page)


def _preview_of_decision(notice: DecisionNotice) -> views.Preview:
    shown, refused = present(notice), notice.outcome == "refused"
    ways = [_with_source(item["name"] + item["text"], item["source"]) for item in shown["appeals"]]
    return views.Preview(
        title="Votre demande est refusée" if refused else "Votre demande est acceptée",
        parts=[
            views.PreviewPart("", [f"La décision est du {shown['decided']}.", shown["replaces"]]),
            views.PreviewPart("", blocks=shown["letter"]),
            views.PreviewPart("Pourquoi" if refused else "Message du service", shown["reasons"]),
            views.PreviewPart("", [_signature(shown)]),
            views.PreviewPart("Comment contester cette décision", [], ways),
            views.PreviewPart("", [shown["interruption"]]),
        ],
    )


def _with_source(text: str, source: str) -> str:
    return f"{text} ({source})" if source else text


def _signature(shown: Mapping[str, Any]) -> str:
    return ", ".join(filter(None, (shown["agent"]["name"], shown["agent"]["capacity"])))


def _notify_before(row: Submission) -> str:
    """An express decision must be notified before the day on which silence decides (L112-12, R13)."""
    if row.silence_on is None:
        return ""
    day = wording.long_date(last_day_to_notify(row.silence_on))
    implied = "un refus implicite" if row.silence_rule == "rejection" else "une acceptation implicite"
    return f"Pour éviter {implied}, la décision doit parvenir à l’usager au plus tard le {day}."
