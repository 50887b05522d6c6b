"""The pages that the town hall opened again: edited together, checked, confirmed. Nothing is kept before that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import Visitor
from grc.conditions import value_at
from grc.errors import Conflict, Invalid, NotFound, Problem
from grc.forms import answers as form_answers
from grc.forms import journey, rows
from grc.forms.definition import Page
from grc.forms.fields import KINDS, Typed
from grc.submissions import edits, linking, prefill, queries
from grc.submissions.edits import Around, Judged
from grc.submissions.queries import Whole
from grc.web.citizen import places, questions, views
from grc.web.frame import Problems
from grc.web.framing import citizen_frame
from grc.web.visit import Visit

_EMPTY = "Sans réponse"


@dataclass(frozen=True)
class EditPage(views.FormPage):
    """The open pages as one. sections: each page's title and the number of its groups, in order."""

    reference: str = ""
    revision: int = 0


@dataclass(frozen=True)
class Change:
    """A question whose answer is not the same."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class EditCheckPage:
    """What will change. kept: the inputs to post again, pairs of a name and a value."""

    reference: str
    title: str
    action: str
    back: str
    revision: int
    changes: Sequence[Change]
    kept: Sequence[tuple[str, str]] = field(default_factory=tuple)


async def show(visit: Visit[Visitor]) -> Response:
    """The open pages, with the present answers in them."""
    found, known = await _found(visit)
    typed: Typed = {}
    for page in edits.opened(found.submission, found.procedure):
        typed |= form_answers.as_typed(page, found.submission.current_answers)
    judged = Judged(found.submission.current_answers, (), typed)
    return _form(visit, found, known, judged)


async def check(visit: Visit[Visitor]) -> Response:
    """The pages as posted: drawn again, checked before they are confirmed, or confirmed."""
    posted = await visit.form()
    then = posted.one("then", "continue")
    found, known = await _found(visit)
    values = dict(posted.values)
    for page in edits.opened(found.submission, found.procedure):
        values = rows.changed(page, values, then) or values
    judged = edits.judge(found.submission, found.procedure, values, known)
    if then not in ("continue", "confirm"):
        return _form(visit, found, known, replace(judged, problems=()))
    problems = judged.problems or _unchanged(judged)
    if problems:
        return _form(visit, found, known, replace(judged, problems=problems))
    if then == "continue":
        return _check(visit, found, judged, values, posted.revision)
    try:
        await visit.write(edits.edit, visit.authority, visit.path["reference"], values, revision=posted.revision)
    except Invalid as invalid:
        return _form(visit, found, known, replace(judged, problems=tuple(invalid.problems)))
    visit.platform.wake()
    return visit.redirect(f"{visit.links.submission(visit.path['reference'])}?fait=modification")


async def begin_linked(visit: Visit[Visitor]) -> Response:
    """A draft of the procedure that the workflow offers, with what this demande says already."""
    await visit.form()
    text = visit.path["link"]
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotFound("Cette suite n’existe pas.")
    started = await visit.write(linking.start, visit.path["reference"], int(text), client=visit.client_address)
    response = visit.redirect(visit.links.draft(started.public_id, started.first_page))
    return response if started.session is None else visit.with_session(response, started.session)


async def _found(visit: Visit[Visitor]) -> tuple[Whole, Around]:
    def read(session: Session, *, by: Visitor) -> tuple[Whole, Around]:
        whole = queries.whole(session, visit.path["reference"], by=by)
        return whole, edits.around(session, whole.submission, whole.procedure, as_of=visit.today)

    found, known = await visit.read(read)
    if not edits.opened(found.submission, found.procedure):
        raise Conflict("La mairie n’attend pas de modification de cette demande. Écrivez-lui depuis sa page.")
    return found, known


def _unchanged(judged: Judged) -> tuple[Problem, ...]:
    return () if judged.changed else (Problem("", "unchanged", "Vous n’avez rien modifié."),)


def _form(visit: Visit[Visitor], found: Whole, known: Around, judged: Judged) -> Response:
    form, pages = found.procedure.form, edits.opened(found.submission, found.procedure)
    answers = judged.answers
    groups: list[views.FieldGroup] = []
    repeated: dict[str, views.Rows] = {}
    for page in pages:
        of_page = questions.groups(visit, form, page, answers, known.lists)
        groups += _titled(visit, page, of_page)
        repeated |= questions.repeated(visit, page, judged.typed, answers, known.lists)
    asked = {each.name for group in groups for each in group.fields}
    locked = prefill.shown(form, known.locked)
    page_shown = EditPage(
        procedure=found.procedure.title,
        title="Modifier votre demande",
        step=1,
        steps=1,
        action=visit.links.submission(found.submission.reference, "modification"),
        groups=groups,
        typed=judged.typed,
        problems=Problems(questions.told(visit, judged.problems)),
        redraws=frozenset().union(*(journey.redraws(form, page) for page in pages)),
        repeated=repeated,
        locked={name: value for name, value in locked.items() if name in asked},
        places=places.links_of(visit, [each for page in pages for each in page.fields]),
        back=visit.links.submission(found.submission.reference),
        reference=found.submission.reference,
        revision=found.submission.revision,
    )
    code = 422 if judged.problems else 200
    response = visit.page("citizen/edit.html", code=code, frame=citizen_frame(visit), page=page_shown)
    return places.with_leave(response, page_shown)


def _titled(visit: Visit[Visitor], page: Page, groups: Sequence[views.FieldGroup]) -> list[views.FieldGroup]:
    """The groups of a page, the first under the page's title where it has none of its own."""
    if not groups or groups[0].title:
        return list(groups)
    return [replace(groups[0], title=questions.worded(visit, page.title)), *groups[1:]]


def _check(
    visit: Visit[Visitor], found: Whole, judged: Judged, posted: Mapping[str, Sequence[str]], revision: int
) -> Response:
    links, row = visit.links, found.submission
    page = EditCheckPage(
        reference=row.reference,
        title=found.procedure.title,
        action=links.submission(row.reference, "modification"),
        back=links.submission(row.reference),
        revision=revision,
        changes=changes(visit, found, dict.fromkeys(judged.changed, row.current_answers), judged.answers),
        kept=[(name, value) for name, values in posted.items() if name not in ("then", "revision") for value in values],
    )
    return visit.page("citizen/edit_check.html", frame=citizen_frame(visit), page=page)


def changes(
    visit: Visit[Visitor], found: Whole, before: Mapping[str, Mapping[str, object]], after: Mapping[str, object]
) -> list[Change]:
    """Each question that changed, with both answers in words."""
    form = found.procedure.form

    def said(name: str, answers: Mapping[str, object]) -> str:
        asked = form.field(name)
        value = value_at(answers, asked.path)
        if value is None:
            return _EMPTY
        if asked.form is not None:
            return rows.in_words(asked, value) or _EMPTY
        return KINDS[asked.kind].display(asked, value)

    return [
        Change(questions.worded(visit, form.field(name).title), said(name, given), said(name, after))
        for name, given in before.items()
    ]
