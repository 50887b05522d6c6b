"""A demande of which the agent has only a paper form: recorded with its day and its scanned pages."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.attachments.commands import StoredFile
from grc.errors import Invalid, Problem
from grc.submissions import paper
from grc.submissions.duplicates import Duplicate
from grc.submissions.paper import PaperFiling
from grc.web import journalling, uploads
from grc.web.agents.letter_views import Question
from grc.web.bodies import Posted
from grc.web.citizen.desk import Likely
from grc.web.desk import entries, views
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.visit import Visit

PAGE = "demandes-papier"
ANOTHER = "another"
"""The box that says that a demande which looks like others is another one."""


async def show(visit: Visit[AgentActor]) -> Response:
    """The procedure, the day, the person, the scanned pages."""
    require(visit.actor, Permission.SUBMISSION_FILE)
    return await _page(visit, Posted())


async def create(visit: Visit[AgentActor]) -> Response:
    """The demande recorded; what is wrong, or perhaps there already, keeps what was typed, but for the files."""
    require(visit.actor, Permission.SUBMISSION_FILE)
    posted = await visit.form(max_files=uploads.MOST_AT_ONCE)
    try:
        found = await visit.read(paper.likely, visit.authority, _made(posted, ()), now=visit.now)
    except Invalid as invalid:
        return await _page(visit, posted, invalid.problems)
    if found and posted.one(ANOTHER) != "oui":
        await journalling.listed(visit, "demandes-papier", [each.reference for each in found])
        return await _page(visit, posted, likely=[_shown(visit, each) for each in found])
    files, problems = await uploads.keep(
        visit.platform, posted.files("files"), authority=visit.authority.slug, field="files", already=0
    )
    if problems:
        await uploads.forget(visit.platform.storage, [file.key for file in files])
        return await _page(visit, posted, problems)
    try:
        async with uploads.kept_by(visit.platform.storage, files):
            reference = await visit.write(paper.register, visit.authority, _made(posted, files))
    except Invalid as invalid:
        return await _page(visit, posted, invalid.problems)
    visit.platform.wake()
    return visit.redirect(f"{visit.links.agent_submission(reference)}?fait=papier-recu")


def _made(posted: Posted, files: Sequence[StoredFile]) -> PaperFiling:
    def said(name: str, most: int = 200) -> str:
        return " ".join(posted.text(name).split())[:most]

    return PaperFiling(
        entry=entries.entry_of(posted),
        family_name=said("family_name", 100),
        given_names=said("given_names", 100),
        line1=said("line1"),
        postcode=said("postcode", 10),
        city=said("city", 100),
        email=said("email", 254),
        files=files,
    )


def _shown(visit: Visit[AgentActor], duplicate: Duplicate) -> Likely:
    return Likely(duplicate, visit.links.agent_submission(duplicate.reference))


async def _page(
    visit: Visit[AgentActor], posted: Posted, problems: Sequence[Problem] = (), likely: Sequence[Likely] = ()
) -> Response:
    page = views.PaperPage(
        action=visit.links.agents(PAGE),
        back=visit.links.agents(entries.PAGE),
        procedures=await entries.procedures(visit, posted),
        questions=[*entries.first_questions(visit, posted, "paper", "desk"), *_questions(posted)],
        problems=Problems(problems),
        likely=likely,
    )
    code = 422 if problems or likely else 200
    return visit.page("agents/desk/paper.html", code=code, frame=agent_frame(visit), page=page)


def _questions(posted: Posted) -> list[Question]:
    def text(name: str, label: str, hint: str = "", *, required: bool = True) -> Question:
        return Question(name, label, "text", hint, posted.text(name), required=required)

    return [
        text("family_name", "Nom de famille, ou nom de l’organisme"),
        text("given_names", "Prénoms", required=False),
        text("line1", "Numéro et rue"),
        text("postcode", "Code postal"),
        text("city", "Commune"),
        text("email", "Adresse électronique", "Sans elle, tout lui est écrit sur papier.", required=False),
        Question("files", "Les pages numérisées", "files", "PDF ou photo.", required=False),
    ]
