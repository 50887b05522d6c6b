"""Documents asked for that came otherwise than by these pages: an agent notes them, with the day they came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from starlette.responses import Response

from grc import clock
from grc.access.actors import AgentActor
from grc.access.permissions import Permission
from grc.errors import Conflict, Invalid, Problem, StaleSubmission
from grc.submissions import arrivals, documents, queries
from grc.submissions.commands import REASONS
from grc.submissions.documents import Marked
from grc.submissions.models import DocumentsRequest
from grc.submissions.queries import Whole
from grc.web.agents import submission, views
from grc.web.agents.awaited import PAGE
from grc.web.bodies import Posted
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.visit import Visit


async def show(visit: Visit[AgentActor]) -> Response:
    """The documents asked for, to tick, and a day."""
    found: Whole = await visit.read(queries.whole, visit.path["reference"], to=Permission.SUBMISSION_HANDLE)
    return _page(visit, found, Posted(), received_on=visit.today.isoformat())


async def mark(visit: Visit[AgentActor]) -> Response:
    """Noted; with the last document the examination resumes and the new date is told."""
    posted = await visit.form()
    reference = visit.path["reference"]
    marked = Marked(posted.many("piece"), _day(posted.text("received_on")), posted.revision)
    try:
        still: list[str] = await visit.write(documents.mark_received, visit.authority, reference, marked)
    except StaleSubmission as stale:
        return await submission.conflict(visit, stale)
    except Invalid as invalid:
        found: Whole = await visit.read(queries.whole, reference)
        return _page(visit, found, posted, received_on=posted.text("received_on"), problems=invalid.problems)
    visit.platform.wake()
    done = "recu-en-partie" if still else "recu"
    return visit.redirect(f"{visit.links.agent_submission(reference)}?fait={done}")


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


def _page(
    visit: Visit[AgentActor],
    found: Whole,
    posted: Posted,
    *,
    received_on: str,
    problems: Sequence[Problem] = (),
) -> Response:
    row, request = found.submission, _awaited(found)
    page = views.ArrivalsPage(
        reference=row.reference,
        title=found.procedure.title,
        applicant=row.applicant_name,
        action=visit.links.agent_submission(row.reference, PAGE),
        back=visit.links.agent_submission(row.reference),
        revision=posted.revision or row.revision,
        pieces=[
            views.Option(
                str(item["field"]),
                f"{item['title']} (document {REASONS[item['reason']]})",
                str(item["field"]) in posted.many("piece"),
            )
            for item in request.items
            if arrivals.RECEIVED_ON not in item
        ],
        asked_on=clock.day_in(visit.authority.zone, request.requested_at),
        received_on=received_on[:20],
        moves=row.silence_rule != "none",
        problems=Problems(problems),
    )
    code = 422 if problems else 200
    return visit.page("agents/submission/arrivals.html", code=code, frame=agent_frame(visit), page=page)


def _awaited(found: Whole) -> DocumentsRequest:
    request = found.open_request
    if request is None or found.submission.phase != "waiting":
        raise Conflict("Cette demande n’attend plus de document.")
    return request
