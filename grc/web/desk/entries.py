"""Where an agent begins to type for a citizen: the procedure, how the demande came and when; what is not sent yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import cast

from sqlmodel import Session
from starlette.responses import Response

from grc import clock
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.catalogue import queries as catalogue
from grc.errors import Invalid, Problem
from grc.receipts.paper import PaperChannel
from grc.submissions import appeals, desk
from grc.submissions.desk import Entry
from grc.submissions.drafts import DraftView
from grc.web import channels
from grc.web.agents.letter_views import Question
from grc.web.agents.views import Option
from grc.web.bodies import Posted
from grc.web.desk import views
from grc.web.flashes import with_flash
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.links import DeskLinks
from grc.web.visit import Visit

PAGE = "saisies"


async def show(visit: Visit[AgentActor]) -> Response:
    """The first questions, and the list of what this agent began."""
    require(visit.actor, Permission.SUBMISSION_FILE)
    slug = visit.query.get("demarche", "")
    return await _page(visit, Posted({"slug": [slug]} if slug else {}))


async def begin(visit: Visit[AgentActor]) -> Response:
    """A draft, and the first page of its form."""
    require(visit.actor, Permission.SUBMISSION_FILE)
    posted = await visit.form()
    try:
        started = await visit.write(desk.begin, visit.authority, entry_of(posted))
    except Invalid as invalid:
        return await _page(visit, posted, invalid.problems)
    return visit.redirect(DeskLinks(visit.tenant.root).draft(started.public_id, started.first_page))


def entry_of(posted: Posted) -> Entry:
    """What an agent says first, as posted: an odd day or channel is none."""
    try:
        day = date.fromisoformat(posted.text("received_on").strip())
    except ValueError:
        day = None
    channel = cast(PaperChannel, posted.one("channel")[:20])
    return Entry(posted.one("slug")[:100], channel, day, " ".join(posted.text("attacks").split())[:30])


def first_questions(visit: Visit[AgentActor], posted: Posted, *among: str) -> list[Question]:
    """How the demande came, when, and against what, with what was typed. among: the channels to choose from."""
    chosen = posted.one("channel")
    return [
        Question(
            "channel",
            "Comment la demande est-elle venue ?",
            "choice",
            options=[Option(each, channels.DESK[each], each == chosen) for each in among],
        ),
        Question(
            "received_on",
            "Quel jour est-elle venue ?",
            "day",
            "Le jour du tampon, de l’appel ou de la visite : le délai de réponse part de là.",
            posted.text("received_on") or visit.today.isoformat(),
        ),
        Question(
            "attacks",
            "Numéro de la demande contestée",
            "text",
            "Seulement pour un recours contre une décision.",
            posted.text("attacks"),
            required=False,
        ),
    ]


async def procedures(visit: Visit[AgentActor], posted: Posted) -> list[Option]:
    """What may be chosen: every procedure that is published here, open or not, and that the agent may file."""
    slug, offered = posted.one("slug"), await visit.read(_offered)
    return [Option(*one, one[0] == slug) for one in offered]


async def _page(visit: Visit[AgentActor], posted: Posted, problems: Sequence[Problem] = ()) -> Response:
    rows: list[DraftView] = await visit.read(desk.mine)
    page = views.EntriesPage(
        action=visit.links.agents(PAGE),
        scans=visit.links.agents("demandes-papier"),
        procedures=await procedures(visit, posted),
        questions=first_questions(visit, posted, *channels.DESK),
        rows=[_row(visit, each) for each in rows],
        problems=Problems(problems),
    )
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    return visit.page("agents/desk/entries.html", code=422 if problems else 200, frame=frame, page=page)


def _row(visit: Visit[AgentActor], draft: DraftView) -> views.EntryRow:
    links, zone = DeskLinks(visit.tenant.root), visit.authority.zone
    return views.EntryRow(
        title=draft.procedure.title,
        how=channels.DESK.get(draft.channel, draft.channel),
        received_on=draft.day(visit.today),
        saved_at=clock.local(zone, draft.saved_at),
        expires_on=clock.day_in(zone, draft.expires_at),
        href=links.draft(draft.public_id, "suite"),
        discard=links.draft(draft.public_id, "suppression"),
    )


def _offered(session: Session, *, by: AgentActor) -> list[tuple[str, str]]:
    offered = (one for one in catalogue.all_published(session, by.authority_id) if desk.may_take(by, one))
    found = [(one.procedure.slug, one.procedure.title) for one in offered]
    return sorted(found, key=lambda one: (one[0] == appeals.PROCEDURE, one[1]))
