"""A demande being filled: how it begins, its pages, its files, and how it is kept for later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from grc import clock
from grc.access.actors import Visitor
from grc.attachments.commands import StoredFile
from grc.catalogue import queries as catalogue
from grc.conditions import reads, render
from grc.errors import NotFound, Problem
from grc.forms import answers as form_answers
from grc.forms import journey
from grc.forms.definition import Field, Form, Page
from grc.submissions import drafts
from grc.submissions.drafts import DraftView, Saved
from grc.web import uploads
from grc.web.bodies import Posted
from grc.web.citizen import views
from grc.web.citizen.wordings import TROUBLES
from grc.web.frame import Problems
from grc.web.framing import citizen_frame
from grc.web.visit import Visit


async def identify(visit: Visit[Visitor]) -> Response:
    """How the person wants to begin; someone signed in begins at once."""
    offered = await visit.read(_published, visit.path["slug"])
    links, procedure = visit.links, offered.procedure
    offers_franceconnect = bool(visit.tenant.provider) and procedure.franceconnect == "offered"
    signed_in = visit.actor.citizen_id is not None
    page = views.IdentificationPage(
        procedure=procedure.title,
        back=links.procedure(procedure.slug),
        track=links.track(),
        franceconnect=_franceconnect(visit) if offers_franceconnect and not signed_in else "",
        without_account=links.procedure(procedure.slug, "brouillons"),
        trouble=TROUBLES.get(visit.query.get("souci", ""), ""),
        person=visit.actor.shown_name if signed_in else "",
    )
    return visit.page("citizen/identification.html", frame=citizen_frame(visit), page=page)


def _franceconnect(visit: Visit[Visitor]) -> str:
    slug = visit.path["slug"]
    return f"{visit.links.franceconnect('connexion')}?suite={visit.links.procedure(slug, 'identification')}"


async def begin(visit: Visit[Visitor]) -> Response:
    """A new draft, with what the account already knows of the person."""
    await visit.form()
    started = await visit.write(drafts.start, visit.path["slug"], client=visit.client_address)
    response = visit.redirect(visit.links.draft(started.public_id, started.first_page))
    return response if started.session is None else visit.with_session(response, started.session)


async def resume(visit: Visit[Visitor]) -> Response:
    """The first page that is not complete, or the answers to check."""
    draft = await visit.read(drafts.find, visit.path["draft"])
    page = journey.first_incomplete(draft.procedure.form, draft.answers, visit.today)
    return visit.redirect(visit.links.draft(draft.public_id, page.id if page else "verification"))


async def show_page(visit: Visit[Visitor]) -> Response:
    """A page of the form, once those before it hold."""
    draft = await visit.read(drafts.find, visit.path["draft"])
    form, page_id = draft.procedure.form, visit.path["page"]
    page = form.page(page_id)
    if page is None:
        raise NotFound("Cette page n’existe pas dans ce formulaire.")
    if not journey.may_visit(form, draft.answers, page_id, visit.today):
        first = journey.first_incomplete(form, draft.answers, visit.today)
        return visit.redirect(visit.links.draft(draft.public_id, first.id if first else "verification"))
    typed = form_answers.as_typed(page, draft.answers)
    return _page(visit, draft, page, typed=typed, saved=draft.saved_at != draft.created_at)


async def save_page(visit: Visit[Visitor]) -> Response:
    """The page as posted: kept even when some of it is wrong; then on, later, or the same page redrawn."""
    posted = await visit.form(max_files=uploads.MOST_AT_ONCE)
    then = posted.one("then", "continue")
    draft = await visit.read(drafts.find, visit.path["draft"])
    page = draft.procedure.form.page(visit.path["page"])
    if page is None:
        raise NotFound("Cette page n’existe pas dans ce formulaire.")
    stored, file_problems = await _keep_files(visit, draft, page, posted)
    files = [file for found in stored.values() for file in found]
    async with uploads.kept_by(visit.platform.storage, files):
        saved: Saved = await visit.write(
            drafts.save_page,
            visit.authority,
            draft.public_id,
            page.id,
            posted.values,
            stored=stored,
            file_problems=file_problems,
        )
    links = visit.links
    if then == "later":
        return visit.redirect(links.draft(draft.public_id, "reprise"))
    if then == "redraw":
        return _page(visit, saved.draft, page, typed=saved.read.typed)
    if saved.read.problems:
        return _page(visit, saved.draft, page, typed=saved.read.typed, problems=saved.read.problems, code=422)
    if _is_change(visit):
        return visit.redirect(_after_change(visit, saved.draft))
    return visit.redirect(links.draft(draft.public_id, saved.next_page or "verification"))


def _is_change(visit: Visit[Visitor]) -> bool:
    """Whether the page was opened from the answers to check, where it leads back."""
    return visit.query.get("modifier") == "oui"


def _after_change(visit: Visit[Visitor], draft: DraftView) -> str:
    """The answers to check, or first the page that the change has opened or left wanting."""
    page = journey.first_incomplete(draft.procedure.form, draft.answers, visit.today)
    return visit.links.draft_change(draft.public_id, page.id) if page else _check(visit, draft)


def _check(visit: Visit[Visitor], draft: DraftView) -> str:
    return visit.links.draft(draft.public_id, "verification")


async def remove_file(visit: Visit[Visitor]) -> Response:
    """Takes a file away, then shows its page again."""
    key, page_id = await visit.write(drafts.remove_file, visit.path["draft"], visit.path["file"])
    await uploads.forget(visit.platform.storage, [key])
    return visit.redirect(visit.links.draft(visit.path["draft"], page_id))


async def keep_for_later(visit: Visit[Visitor]) -> Response:
    """The page that offers a code to resume elsewhere; the code itself is made by a POST."""
    draft = await visit.read(drafts.find, visit.path["draft"])
    return _resume_page(visit, draft, code="")


async def give_code(visit: Visit[Visitor]) -> Response:
    """A code, shown once, that opens the draft from any browser."""
    draft, code = await visit.write(drafts.give_code, visit.path["draft"])
    return _resume_page(visit, draft, code=code)


async def discard(visit: Visit[Visitor]) -> Response:
    """Throws the draft away with its files, and offers to begin again."""
    draft = await visit.read(drafts.find, visit.path["draft"])
    keys = await visit.write(drafts.discard, draft.public_id)
    await uploads.forget(visit.platform.storage, keys)
    return visit.redirect(visit.links.procedure(draft.procedure.slug, "identification"))


def _published(session: Any, slug: str, *, by: Visitor) -> catalogue.Published:
    return catalogue.published(session, by.authority_id, slug)


def _resume_page(visit: Visit[Visitor], draft: DraftView, *, code: str) -> Response:
    page = views.ResumePage(
        procedure=draft.procedure.title,
        code=code,
        expires_on=clock.day_in(visit.authority.zone, draft.expires_at),
        resume=visit.links.track(),
        back=visit.links.draft(draft.public_id, "suite"),
        home=visit.links.home(),
        make_code=visit.links.draft(draft.public_id, "reprise"),
    )
    return visit.page("citizen/resume.html", frame=citizen_frame(visit), page=page)


async def _keep_files(
    visit: Visit[Visitor], draft: DraftView, page: Page, posted: Posted
) -> tuple[dict[str, list[StoredFile]], list[Problem]]:
    """The files of the page that are accepted, by question, and what is wrong with the others."""
    stored: dict[str, list[StoredFile]] = {}
    problems: list[Problem] = []
    for field in page.fields:
        if field.kind != "file" or not posted.files(field.name):
            continue
        room = int(field.schema.get("maxItems", 1)) - len(draft.files_of(field.name))
        chosen = posted.files(field.name)
        if len(chosen) > room:
            most = int(field.schema.get("maxItems", 1))
            text = f"Vous pouvez envoyer {most} fichiers au plus. Retirez-en un avant d’en ajouter."
            problems.append(Problem(field.name, "maxItems", text))
            chosen = chosen[: max(room, 0)]
        kept, wrong = await uploads.keep(
            visit.platform,
            chosen,
            authority=visit.authority.slug,
            field=field.name,
            max_bytes=field.options["max_bytes"],
            allowed=field.options["types"],
        )
        stored[field.name] = kept
        problems += wrong
    return stored, problems


def _page(
    visit: Visit[Visitor],
    draft: DraftView,
    page: Page,
    *,
    typed: Mapping[str, str | Sequence[str]],
    problems: Sequence[Problem] = (),
    saved: bool = True,
    code: int = 200,
) -> Response:
    form, links = draft.procedure.form, visit.links
    ids = [one.id for one in journey.pages(form, draft.answers)]
    step = ids.index(page.id)
    action, back, back_text = links.draft(draft.public_id, page.id), links.procedure(draft.procedure.slug), "Retour"
    if _is_change(visit):
        action, back, back_text = (
            links.draft_change(draft.public_id, page.id),
            _check(visit, draft),
            "Toutes mes réponses",
        )
    elif step:
        back, back_text = links.draft(draft.public_id, ids[step - 1]), "Étape précédente"
    shown = views.FormPage(
        procedure=draft.procedure.title,
        title=worded(visit, page.title),
        step=step + 1,
        steps=journey.pages_ahead(form, draft.answers),
        action=action,
        groups=_groups(visit, form, page, draft.answers),
        typed=typed,
        problems=Problems(problems),
        files=_files(visit, draft, page),
        redraws=_redraws(form, page),
        back=back,
        back_text=back_text,
        locked={name: value for name, value in draft.locked.items() if any(f.name == name for f in page.fields)},
        saved_at=clock.local(visit.authority.zone, draft.saved_at) if saved else None,
    )
    return visit.page("citizen/page.html", code=code, frame=citizen_frame(visit), page=shown)


def _groups(visit: Visit[Visitor], form: Form, page: Page, answers: Mapping[str, Any]) -> list[views.FieldGroup]:
    visible = {field.name for field in journey.visible_fields(form, page, answers)}
    groups = []
    for group in page.groups:
        fields = [worded_field(visit, field) for field in group.fields if field.name in visible]
        texts = [worded(visit, text) for text in group.texts]
        if fields:
            groups.append(views.FieldGroup(worded(visit, group.title), fields, texts))
    return groups


def worded(visit: Visit[Visitor], text: str) -> str:
    """A text of the catalogue with the authority's name in it."""
    return render(text, {"authority": {"name": visit.authority.name}})


def worded_field(visit: Visit[Visitor], field: Field) -> Field:
    """The field with its title and hint worded."""
    if "{" not in field.title + field.hint:
        return field
    return replace(field, title=worded(visit, field.title), hint=worded(visit, field.hint))


def _files(visit: Visit[Visitor], draft: DraftView, page: Page) -> dict[str, list[views.SentFile]]:
    return {
        field.name: [
            views.SentFile(
                id=file.public_id,
                name=file.name,
                size=file.size_bytes,
                remove=visit.links.draft_file(draft.public_id, file.public_id),
            )
            for file in draft.files_of(field.name)
        ]
        for field in page.fields
        if field.kind == "file"
    }


def _redraws(form: Form, page: Page) -> frozenset[str]:
    """The questions of the page on which others of the same page depend."""
    own = {field.name for field in page.fields}
    rules = [field.rule for field in page.fields] + [group.rule for group in page.groups]
    asked = {".".join(path) if not isinstance(path, str) else path for rule in rules if rule for path in reads(rule)}
    return frozenset(own & asked)
