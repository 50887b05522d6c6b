"""A demande that came on paper or at the desk, for agents: recorded with its day, its receipt to print."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal, cast

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.attachments.commands import StoredFile
from grc.catalogue import queries as catalogue
from grc.errors import Invalid, Problem
from grc.submissions import paper
from grc.submissions.paper import PaperFiling
from grc.web import uploads
from grc.web.agents import letter_views, views
from grc.web.agents.letter_views import Question
from grc.web.bodies import Posted
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.visit import Visit

PAGE = "demandes-papier"
_CHANNELS = {"paper": "Par courrier", "desk": "Au guichet"}


async def show(visit: Visit[AgentActor]) -> Response:
    """The procedure, the day, the person, the scanned pages."""
    require(visit.actor, Permission.SUBMISSION_HANDLE)
    return await _page(visit, Posted())


async def create(visit: Visit[AgentActor]) -> Response:
    """The demande recorded; what is wrong keeps what was typed, and asks for the files again."""
    posted = await visit.form(max_files=uploads.MOST_AT_ONCE)
    files, problems = await uploads.keep(
        visit.platform, posted.files("files"), authority=visit.authority.slug, field="files", already=0
    )
    if problems:
        await uploads.forget(visit.platform.storage, [file.key for file in files])
        return await _page(visit, posted, problems)
    try:
        async with uploads.kept_by(visit.platform.storage, files):
            made = _made(posted, files)
            reference = await visit.write(paper.register, visit.authority, made)
    except Invalid as invalid:
        return await _page(visit, posted, invalid.problems)
    visit.platform.wake()
    return visit.redirect(f"{visit.links.agent_submission(reference)}?fait=papier-recu")


def _made(posted: Posted, files: Sequence[StoredFile]) -> PaperFiling:
    def said(name: str, most: int = 200) -> str:
        return " ".join(posted.text(name).split())[:most]

    try:
        day = date.fromisoformat(said("received_on"))
    except ValueError:
        day = None
    channel = said("channel") if said("channel") in _CHANNELS else "paper"
    return PaperFiling(
        slug=said("slug"),
        channel=cast(Literal["paper", "desk"], channel),
        received_on=day,
        family_name=said("family_name", 100),
        given_names=said("given_names", 100),
        line1=said("line1"),
        postcode=said("postcode", 10),
        city=said("city", 100),
        email=said("email", 254),
        attacks=said("attacks", 30),
        files=files,
    )


async def _page(visit: Visit[AgentActor], posted: Posted, problems: Sequence[Problem] = ()) -> Response:
    offered = await visit.read(_offered)
    page = letter_views.PaperPage(
        action=visit.links.agents(PAGE),
        back=visit.links.agents(),
        questions=_questions(posted, offered),
        problems=Problems(problems),
    )
    code = 422 if problems else 200
    return visit.page("agents/paper.html", code=code, frame=agent_frame(visit), page=page)


def _offered(session: Session, *, by: AgentActor) -> list[tuple[str, str]]:
    return [(one.procedure.slug, one.procedure.title) for one in catalogue.all_published(session, by.authority_id)]


def _questions(posted: Posted, offered: Sequence[tuple[str, str]]) -> list[Question]:
    def text(name: str, label: str, hint: str = "", *, required: bool = True) -> Question:
        return Question(name, label, "text", hint, posted.text(name), required=required)

    slug, channel = posted.one("slug"), posted.one("channel") or "paper"
    return [
        Question("slug", "La démarche", "choice", options=[views.Option(*one, one[0] == slug) for one in offered]),
        Question(
            "channel",
            "Comment elle est venue",
            "choice",
            options=[views.Option(*one, one[0] == channel) for one in _CHANNELS.items()],
        ),
        Question("received_on", "Le jour du tampon", "day", value=posted.text("received_on")),
        text("family_name", "Nom de famille, ou nom de l’organisme"),
        text("given_names", "Prénoms", required=False),
        text("line1", "Numéro et rue"),
        text("postcode", "Code postal"),
        text("city", "Commune"),
        text("email", "Adresse électronique", "Sans elle, tout lui est écrit sur papier.", required=False),
        text("attacks", "Numéro de la demande contestée", "Pour un recours contre une décision.", required=False),
        Question("files", "Les pages numérisées", "files", "PDF ou photo.", required=False),
    ]
