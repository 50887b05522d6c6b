"""An account attached to another identity of its person, who stands before the agent, or wrote, with a proof."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from grc import clock
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.authorities import queries as authorities
from grc.errors import Invalid, Problem
from grc.submissions import reattaching
from grc.submissions.reattaching import Asked, Comparison
from grc.web.agents import fresh
from grc.web.agents import relinking_views as views
from grc.web.bodies import Posted
from grc.web.flashes import with_flash
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.visit import Visit

PAGE = "rattachements"


async def show(visit: Visit[AgentActor]) -> Response:
    """The code and the account of before; the last attachments."""
    return await _page(visit, Posted())


async def enter(visit: Visit[AgentActor]) -> Response:
    """Both accounts compared, then one attached to the other; what is wrong keeps what was typed."""
    require(visit.actor, Permission.ACCOUNT_RELINK)
    posted = await visit.form()
    asked = Asked(posted.text("code")[:60], posted.text("former")[:254])
    if posted.one("then") != "attach":
        try:
            found: Comparison = await visit.write(reattaching.compare, asked)
        except Invalid as invalid:
            return await _page(visit, posted, problems=invalid.problems)
        return await _page(visit, posted, compared=found)
    stale = await fresh.needed(visit, visit.links.agents(PAGE))
    if stale is not None:
        return stale
    try:
        await visit.write(
            reattaching.attach,
            asked,
            seen=_seen(posted.one("seen")),
            proof=posted.text("proof"),
            is_same=posted.one("same") == "yes",
        )
    except Invalid as invalid:
        return await _refused(visit, posted, asked, invalid.problems)
    visit.platform.wake()
    return visit.redirect(f"{visit.links.agents(PAGE)}?fait=compte-rattache")


async def _refused(visit: Visit[AgentActor], posted: Posted, asked: Asked, problems: Sequence[Problem]) -> Response:
    """The comparison again with what is missing; the first questions, where they no longer hold."""
    try:
        found: Comparison | None = await visit.write(reattaching.compare, asked)
    except Invalid:
        found = None
    return await _page(visit, posted, compared=found, problems=problems)


async def _page(
    visit: Visit[AgentActor], posted: Posted, *, compared: Comparison | None = None, problems: Sequence[Problem] = ()
) -> Response:
    traces = await visit.read(_latest)
    page = views.RelinkPage(
        action=visit.links.agents(PAGE),
        back=visit.links.agents(),
        code=posted.text("code")[:60],
        former=posted.text("former")[:254],
        proof=posted.text("proof")[:1000],
        compared=None if compared is None else _compared(visit, compared),
        latest=[
            views.RelinkTrace(
                at=clock.local(visit.authority.zone, row.at),
                author=author,
                proof=row.proof,
                moved=_moved(len(row.details.get("submissions", ())), len(row.details.get("drafts", ()))),
            )
            for row, author in traces
        ],
        problems=Problems(problems),
    )
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    return visit.page("agents/relinking.html", code=422 if problems else 200, frame=frame, page=page)


def _latest(session: Session, *, by: AgentActor) -> list[tuple[Any, str]]:
    names = authorities.agent_names(session, by.authority_id)
    return [(row, names.get(row.agent_id or 0, "L’exploitant")) for row in reattaching.latest(session, by=by)]


def _compared(visit: Visit[AgentActor], found: Comparison) -> views.ComparisonView:
    pair = found.pair
    return views.ComparisonView(
        lines=[
            views.ComparedLine(line.label, line.old, line.new, line.differs)
            for line in pair.lines
            if line.old or line.new
        ],
        demandes=[
            views.DemandeLine(one.reference, visit.links.agent_submission(one.reference), one.applicant, one.helper)
            for one in found.demandes
        ],
        moved=_moved(found.submissions, found.drafts),
        seen=f"{pair.old_id}-{pair.new_id}",
        is_doubtful=pair.have_nothing_in_common,
    )


def _moved(submissions: int, drafts: int) -> str:
    """ "3 demandes et 1 brouillon"."""
    told = [
        f"{number}\u00a0{noun}{'s' if number > 1 else ''}"
        for number, noun in ((submissions, "demande"), (drafts, "brouillon"))
        if number
    ]
    return " et ".join(told) or "Rien"


def _seen(posted: str) -> tuple[int, int]:
    """Both keys as the page carried them; (0, 0) for anything else."""
    parts = posted.split("-")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        return 0, 0
    return int(parts[0]), int(parts[1])
