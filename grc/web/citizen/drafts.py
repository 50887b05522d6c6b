"""A demande being filled: how it begins, its pages, its files, and how it is kept for later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from grc import clock
from grc.access.actors import Visitor
from grc.errors import NotFound, Problem
from grc.forms import answers as form_answers
from grc.forms import journey, rows
from grc.forms.definition import Page
from grc.forms.fields import Posted
from grc.submissions import draft_files, drafts, prefill, profile
from grc.submissions.drafts import DraftView, Saved
from grc.web import uploads
from grc.web.citizen import desk, files, places, questions, views
from grc.web.frame import Problems
from grc.web.framing import citizen_frame
from grc.web.visit import Visit

SAVED_AT = "X-Saved-At"
"""The header that tells a script the hour of what it saved, as "10 h 42"."""
_WRONG = "_wrong"
"""The hidden inputs that name the questions whose errors the page says."""


async def resume(visit: Visit[Visitor]) -> Response:
    """The first page that is not complete, or the answers to check."""
    draft = await visit.read(drafts.find, visit.path["draft"])
    page = journey.first_incomplete(draft.procedure.form, draft.answers, draft.day(visit.today), lists=draft.lists)
    return visit.redirect(visit.links.draft(draft.public_id, page.id if page else "verification"))


async def show_page(visit: Visit[Visitor]) -> Response:
    """A page of the form, once those before it hold."""
    draft = await visit.read(drafts.find, visit.path["draft"])
    form, page_id = draft.procedure.form, visit.path["page"]
    page = form.page(page_id)
    if page is None:
        raise NotFound("Cette page n’existe pas dans ce formulaire.")
    draft = replace(draft, answers=form_answers.up_to_date(form, draft.answers, as_of=draft.day(visit.today)))
    if not journey.may_visit(form, draft.answers, page_id, draft.day(visit.today), lists=draft.lists):
        first = journey.first_incomplete(form, draft.answers, draft.day(visit.today), lists=draft.lists)
        return visit.redirect(visit.links.draft(draft.public_id, first.id if first else "verification"))
    return await _offering_profile(
        visit, _shown(visit, draft, page, typed=draft.typed(page), saved=draft.saved_at != draft.created_at), draft
    )


async def save_page(visit: Visit[Visitor]) -> Response:
    """The page as posted: kept even when some of it is wrong; then on, later, the same page redrawn, or no page."""
    posted = await visit.form(max_files=uploads.MOST_AT_ONCE)
    then = posted.one("then", "continue")
    draft = await visit.read(drafts.find, visit.path["draft"])
    page = draft.procedure.form.page(visit.path["page"])
    if page is None:
        raise NotFound("Cette page n’existe pas dans ce formulaire.")
    changed = rows.changed(page, posted.values, then)
    stored, file_problems = await files.keep(visit, draft, page, posted)
    new = [file for found in stored.values() for file in found]
    async with uploads.kept_by(visit.platform.storage, new):
        saved: Saved = await visit.write(
            drafts.save_page,
            visit.authority,
            draft.public_id,
            page.id,
            posted.values if changed is None else changed,
            stored=stored,
            file_problems=file_problems,
            client=visit.client_address,
        )
    links = visit.links
    if then == "autosave":
        return _kept_at(visit, saved.draft)
    if then == "later":
        return visit.redirect(links.draft(draft.public_id, "reprise"))
    if then == "redraw" or changed is not None:
        return _redrawn(visit, saved, page, posted.values, changed)
    if saved.read.problems:
        return _page(visit, saved.draft, page, typed=saved.read.typed, problems=saved.read.problems, code=422)
    if _is_change(visit):
        return visit.redirect(_after_change(visit, saved.draft))
    return visit.redirect(links.draft(draft.public_id, saved.next_page or "verification"))


def _redrawn(
    visit: Visit[Visitor], saved: Saved, page: Page, posted: Posted, changed: dict[str, list[str]] | None
) -> Response:
    """The page again as its answers make it now; of the errors that it said, those that still hold."""
    said = posted.get(_WRONG, ())
    problems = [problem for problem in saved.read.problems if problem.field in said]
    stop = questions.Stop() if changed is None else questions.stop(visit, page, posted, changed)
    shown = _shown(visit, saved.draft, page, typed=saved.read.typed, problems=problems)
    return _answered(visit, saved.draft, replace(shown, focus=stop.at, said=stop.said), code=422 if problems else 200)


def _kept_at(visit: Visit[Visitor], draft: DraftView) -> Response:
    """What a script is told when it saves: the hour, and nothing of what may be wrong."""
    hour = clock.local(visit.authority.zone, draft.saved_at)
    return Response(status_code=204, headers={SAVED_AT: f"{hour.hour} h {hour.minute:02d}"})


def _is_change(visit: Visit[Visitor]) -> bool:
    """Whether the page was opened from the answers to check, where it leads back."""
    return visit.query.get("modifier") == "oui"


def _after_change(visit: Visit[Visitor], draft: DraftView) -> str:
    """The answers to check, or first the page that the change has opened or left wanting."""
    page = journey.first_incomplete(draft.procedure.form, draft.answers, draft.day(visit.today), lists=draft.lists)
    return visit.links.draft_change(draft.public_id, page.id) if page else _check(visit, draft)


def _check(visit: Visit[Visitor], draft: DraftView) -> str:
    return visit.links.draft(draft.public_id, "verification")


async def remove_file(visit: Visit[Visitor]) -> Response:
    """Takes a file away, then shows its page again."""
    key, page_id = await visit.write(draft_files.remove_file, visit.path["draft"], visit.path["file"])
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


async def keep_in_account(visit: Visit[Visitor]) -> Response:
    """Hands the draft to the account that is signed in: it is found again from any browser."""
    await visit.form()
    draft = await visit.write(profile.keep, visit.path["draft"])
    return visit.redirect(visit.links.draft(draft.public_id, "reprise"))


async def take_profile(visit: Visit[Visitor]) -> Response:
    """Fills what is still empty of the page with what the last demande of this account said, because asked to."""
    posted = await visit.form()
    draft = await visit.write(profile.take, visit.path["draft"])
    page = draft.procedure.form.page(posted.one("page"))
    return visit.redirect(visit.links.draft(draft.public_id, page.id if page else "suite"))


async def discard(visit: Visit[Visitor]) -> Response:
    """Throws the draft away with its files, and offers to begin again."""
    draft = await visit.read(drafts.find, visit.path["draft"])
    keys = await visit.write(drafts.discard, draft.public_id)
    await uploads.forget(visit.platform.storage, keys)
    return visit.redirect(visit.links.procedure(draft.procedure.slug, "identification"))


def _resume_page(visit: Visit[Visitor], draft: DraftView, *, code: str) -> Response:
    page = views.ResumePage(
        procedure=draft.procedure.title,
        code=code,
        expires_on=clock.day_in(visit.authority.zone, draft.expires_at),
        resume=visit.links.track(),
        back=visit.links.draft(draft.public_id, "suite"),
        home=visit.links.home(),
        make_code=visit.links.draft(draft.public_id, "reprise"),
        keep=_keeping(visit, draft),
        franceconnect=_signing_in(visit, draft),
        door=_door(visit, draft),
        in_account=draft.is_of_account,
    )
    return visit.page("citizen/resume.html", frame=citizen_frame(visit), page=page)


def _keeping(visit: Visit[Visitor], draft: DraftView) -> str:
    """Where who is signed in hands the draft to the account; "" when that makes no sense."""
    may = visit.actor.citizen_id is not None and not draft.is_of_account
    return visit.links.draft(draft.public_id, "compte") if may else ""


def _door(visit: Visit[Visitor], draft: DraftView) -> str:
    """Where who is not signed in may do so in any way, and comes back here; "" for everybody else."""
    if visit.actor.citizen_id is not None or visit.actor.agent is not None:
        return ""
    return visit.links.door(following=visit.links.draft(draft.public_id, "reprise"))


def _signing_in(visit: Visit[Visitor], draft: DraftView) -> str:
    """Where who is not signed in may do so, and comes back here."""
    if visit.actor.citizen_id is not None or not visit.tenant.provider or draft.procedure.franceconnect != "offered":
        return ""
    return visit.links.sign_in(visit.links.draft(draft.public_id, "reprise"))


def _page(visit: Visit[Visitor], draft: DraftView, page: Page, *, code: int = 200, **shown: Any) -> Response:
    return _answered(visit, draft, _shown(visit, draft, page, **shown), code=code)


def _answered(visit: Visit[Visitor], draft: DraftView, page: views.FormPage, *, code: int = 200) -> Response:
    response = visit.page("citizen/page.html", code=code, frame=desk.frame_of(visit, draft), page=page)
    return places.with_leave(response, page)


async def _offering_profile(visit: Visit[Visitor], page: views.FormPage, draft: DraftView) -> Response:
    """The page, with an offer to take up what the account's last demande says, where that would fill something."""
    if visit.actor.citizen_id is None:
        return _answered(visit, draft, page)
    names = {field.name for field in page.fields}
    asked = {field.name for field in prefill.profile_fields(draft.procedure.form, draft.answers)}
    if not names.isdisjoint(asked) and await visit.read(profile.offers, draft, names):
        page = replace(page, profile=visit.links.draft(draft.public_id, "coordonnees"), profile_page=visit.path["page"])
    return _answered(visit, draft, page)


def _shown(
    visit: Visit[Visitor],
    draft: DraftView,
    page: Page,
    *,
    typed: Mapping[str, str | Sequence[str]],
    problems: Sequence[Problem] = (),
    saved: bool = True,
) -> views.FormPage:
    """The page as its template shows it."""
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
    locked = prefill.shown(form, draft.locked)
    return views.FormPage(
        procedure=draft.procedure.title,
        title=questions.worded(visit, page.title),
        step=step + 1,
        steps=journey.pages_ahead(form, draft.answers),
        action=action,
        groups=questions.groups(visit, form, page, draft.answers, draft.lists),
        repeated=questions.repeated(visit, page, typed, draft.answers, draft.lists),
        typed=typed,
        problems=Problems(questions.told(visit, problems)),
        files=files.sent(visit, draft, page),
        redraws=journey.redraws(form, page),
        is_helped=draft.helper is not None and visit.actor.agent is None,
        places=places.links_of(visit, page.fields),
        back=back,
        back_text=back_text,
        locked={name: value for name, value in locked.items() if any(f.name == name for f in page.fields)},
        remarks=draft.remarks,
        saved_at=clock.local(visit.authority.zone, draft.saved_at) if saved else None,
    )
