"""The files of a draft: those that a page posts, and those that a script sends one by one as they are chosen."""

from __future__ import annotations

from starlette.responses import Response

from grc.access.actors import Visitor
from grc.attachments.commands import StoredFile
from grc.attachments.scanning import INFECTED
from grc.errors import NotFound, Problem
from grc.forms import journey
from grc.forms.definition import Field, Page
from grc.submissions import draft_files, drafts
from grc.submissions.drafts import DraftView
from grc.web import uploads
from grc.web.bodies import Posted
from grc.web.citizen import views
from grc.web.citizen.form_views import SentPage
from grc.web.downloads import hindrance
from grc.web.frame import Problems
from grc.web.visit import Visit


async def send(visit: Visit[Visitor]) -> Response:
    """The files of one question after this one, 422 with what is wrong with it; nothing else of the page changes.

    What a page without scripts does in one post. The answer is the list that the page shows, and nothing around it.
    """
    posted = await visit.form(max_files=1)
    draft = await visit.read(drafts.find, visit.path["draft"])
    page, field = _asked(draft, visit.path["page"], posted)
    stored, problems = await keep(visit, draft, page, posted)
    new = stored.get(field.name, [])
    if new:
        async with uploads.kept_by(visit.platform.storage, new):
            draft = await visit.write(
                draft_files.add_files,
                visit.authority,
                draft.public_id,
                page.id,
                field.name,
                new,
                client=visit.client_address,
            )
    shown = SentPage(field, sent(visit, draft, page)[field.name], Problems(problems).of(field.name))
    return visit.page("citizen/_sent.html", code=422 if problems else 200, page=shown)


async def keep(
    visit: Visit[Visitor], draft: DraftView, page: Page, posted: Posted
) -> tuple[dict[str, list[StoredFile]], list[Problem]]:
    """The files of the page that are accepted, by question, and what is wrong with the others."""
    stored: dict[str, list[StoredFile]] = {}
    problems: list[Problem] = []
    already = sum(file.size_bytes for file in draft.files)
    for field in page.fields:
        chosen = posted.files(field.name)
        if field.kind != "file" or not chosen:
            continue
        most = int(field.options["max_files"])
        room = max(most - len(draft.files_of(field.name)), 0)
        if len(chosen) > room:
            problems.append(Problem(field.name, "maxItems", _too_many(most)))
        kept, wrong = await uploads.keep(
            visit.platform,
            chosen[:room],
            authority=visit.authority.slug,
            field=field.name,
            max_bytes=field.options["max_bytes"],
            allowed=field.options["types"],
            already=already + sum(file.size_bytes for files in stored.values() for file in files),
        )
        stored[field.name] = kept
        problems += wrong
    return stored, problems


def sent(visit: Visit[Visitor], draft: DraftView, page: Page) -> dict[str, list[views.SentFile]]:
    """The files already sent, by question of the page; those that a virus has cost say so."""
    return {
        field.name: [
            views.SentFile(
                id=file.public_id,
                name=file.name,
                size=file.size_bytes,
                remove=visit.links.draft_file(draft.public_id, file.public_id),
                hindrance=hindrance(file) if file.scan == INFECTED else "",
            )
            for file in draft.files
            if file.field == field.name
        ]
        for field in page.fields
        if field.kind == "file"
    }


def _asked(draft: DraftView, page_id: str, posted: Posted) -> tuple[Page, Field]:
    """The page and the question of a file; raises NotFound."""
    page = draft.procedure.form.page(page_id)
    fields = () if page is None else journey.visible_fields(draft.procedure.form, page, draft.answers)
    field = next((one for one in fields if one.kind == "file" and posted.files(one.name)), None)
    if page is None or field is None:
        raise NotFound("Cette question n’existe pas dans ce formulaire.")
    return page, field


def _too_many(most: int) -> str:
    if most == 1:
        return "Vous pouvez envoyer un seul fichier. Retirez celui qui est déjà envoyé avant d’en choisir un autre."
    return f"Vous pouvez envoyer {most} fichiers au plus. Retirez-en un avant d’en ajouter."
