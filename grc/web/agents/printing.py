"""Letters on paper, for agents: laid out in a child process, opened, posted on a day that is noted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session
from starlette.responses import Response

from grc import clock
from grc.access.actors import AgentActor
from grc.errors import Invalid, NotFound, Problem, StaleSubmission
from grc.notifications import letters as layout
from grc.notifications.press import Press
from grc.submissions import letters, queries
from grc.submissions.letters import Sheet
from grc.submissions.queries import Whole
from grc.web import security
from grc.web.agents import letter_views
from grc.web.agents.inbox import applicant
from grc.web.agents.letter_views import TITLES
from grc.web.agents.submission import conflict
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.visit import Visit


async def show(visit: Visit[AgentActor]) -> Response:
    """The letter: to lay out, to open, to note as posted."""
    return await _page(visit)


async def prepare(visit: Visit[AgentActor]) -> Response:
    """The letter laid out and kept; laid out already, nothing changes."""
    await visit.form()
    reference, number = visit.path["reference"], _number(visit)
    sheet: Sheet = await visit.read(letters.sheet, reference, number)
    if not layout.is_printable(sheet.facts):
        raise NotFound("Cette lettre ne s’imprime pas.")
    press = Press()
    try:
        pdf = await press.render(sheet.facts, accent=visit.authority.colour, to=sheet.to)
    finally:
        await press.close()
    await visit.write(letters.keep, visit.authority, reference, number, pdf)
    return visit.redirect(visit.links.agent_submission(reference, f"lettres/{number}"))


async def open_pdf(visit: Visit[AgentActor]) -> Response:
    """The PDF as it was laid out."""
    pdf = await visit.read(letters.bytes_of, visit.path["reference"], _number(visit))
    headers = {**security.DOWNLOAD, "Content-Disposition": 'attachment; filename="lettre.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


async def note_posted(visit: Visit[AgentActor]) -> Response:
    """The day of posting, noted."""
    posted = await visit.form()
    reference, typed = visit.path["reference"], posted.text("posted_on").strip()
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        day = None
    try:
        await visit.write(
            letters.note_posted, visit.authority, reference, _number(visit), day, revision=posted.revision
        )
    except StaleSubmission as stale:
        return await conflict(visit, stale, typed=typed)
    except Invalid as invalid:
        return await _page(visit, typed=typed, problems=invalid.problems)
    return visit.redirect(f"{visit.links.agent_submission(reference)}?fait=courrier")


async def _page(visit: Visit[AgentActor], *, typed: str = "", problems: Sequence[Problem] = ()) -> Response:
    reference, number = visit.path["reference"], _number(visit)
    found: Whole = await visit.read(queries.whole, reference)
    sheet: Sheet = await visit.read(letters.sheet, reference, number)
    is_kept = await visit.read(_is_kept, reference, number)
    notice = next(one for one in found.notices if one.id == number)
    here = visit.links.agent_submission(reference, f"lettres/{number}")
    page = letter_views.PrintPage(
        reference=found.submission.reference,
        title=found.procedure.title,
        applicant=applicant(found.submission),
        action=here,
        back=visit.links.agent_submission(reference),
        revision=found.submission.revision,
        heading=TITLES.get(notice.kind, "Lettre"),
        at=clock.local(visit.authority.zone, notice.created_at),
        last_on=visit.today,
        to=[line for line in sheet.to if line],
        pdf=f"{here}.pdf" if is_kept else "",
        posted_on=typed,
        problems=Problems(problems),
    )
    code = 422 if problems else 200
    return visit.page("agents/submission/print.html", code=code, frame=agent_frame(visit), page=page)


def _is_kept(session: Session, reference: str, number: int, *, by: AgentActor) -> bool:
    try:
        return bool(letters.bytes_of(session, reference, number, by=by))
    except NotFound:
        return False


def _number(visit: Visit[AgentActor]) -> int:
    number = str(visit.path["letter"])
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        raise NotFound("Cette lettre n’existe pas.")
    return int(number)
