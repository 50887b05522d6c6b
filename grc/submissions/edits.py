"""The citizen's edit of the pages that the workflow opened: judged as at filing, kept with what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from grc import clock
from grc.access.actors import Visitor
from grc.authorities.views import AuthorityView
from grc.bookings import commands as booking_commands
from grc.bookings import queries as bookings
from grc.bookings.wanted import is_asked_on
from grc.catalogue.definition import Procedure
from grc.conditions import value_at
from grc.errors import Conflict, Invalid, Problem, TransitionRefused
from grc.forms import answers as form_answers
from grc.forms.definition import Answers, Form, Item, Lists, Page
from grc.forms.fields import Typed, listed
from grc.submissions import applicants, phases, prefill, timers
from grc.submissions.acts import Act
from grc.submissions.events import Kind
from grc.submissions.models import Submission, SubmissionRevision
from grc.submissions.queries import find_for_change

Json = Any
EVENT = "edited"
"""What a workflow may handle; where it does not, the state stays."""
REASON = "edit"


@dataclass(frozen=True)
class Judged:
    """The answers as they would be kept, what is wrong, and what to show again in each input. changed: by name."""

    answers: Answers
    problems: tuple[Problem, ...]
    typed: Typed
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Around:
    """What judging needs beside the answers: the day, the lists on offer, the values that FranceConnect locks."""

    as_of: date
    lists: Lists | None
    locked: Mapping[str, Json]


def opened(row: Submission, procedure: Procedure) -> tuple[Page, ...]:
    """The pages that the citizen may edit now; none once a decision stands."""
    if row.phase not in phases.OPEN:
        return ()
    return tuple(page for page in procedure.form.pages if page.id in (row.editable or ()))


def around(session: Session, row: Submission, procedure: Procedure, *, as_of: date) -> Around:
    """What judging an edit of this submission needs."""
    known = prefill.of_applicant(session, row.authority_id, row.citizen_id, row.helper)
    offered = bookings.offered(session, row.authority_id, procedure, but=row.id)
    lists = _with_chosen(procedure.form, row.current_answers, offered)
    return Around(as_of, lists, prefill.locked(procedure.form, known, as_of=as_of))


def _with_chosen(form: Form, answers: Answers, offered: Lists) -> Lists:
    """What is on offer, with what these answers chose already, as they have it: closed since, it may be kept."""
    found = dict(offered)
    for source, chosen in _chosen(form, answers):
        item = Item(str(chosen["id"]), str(chosen.get("label", "")), {**chosen}, is_kept=True)
        found[source] = (item, *(each for each in found.get(source, ()) if each.id != item.id))
    return found


def _chosen(form: Form, answers: Mapping[str, Json]) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """Each item that the answers name, with its list; those of rows too."""
    for field in form.fields:
        value = value_at(answers, field.path)
        if field.form is not None:
            for row in value or ():
                yield from _chosen(field.form, row)
        elif field.kind == "listed" and isinstance(value, Mapping) and value.get("id"):
            yield listed.source_of(field), value


def judge(row: Submission, procedure: Procedure, posted: Mapping[str, list[str]], known: Around) -> Judged:
    """What was posted for the pages that are open, nothing of any other page, judged as of the day."""
    procedure = procedure.entered_by(row.channel)
    form, current = procedure.form, row.current_answers
    said = prefill.enforced(form, posted, known.locked)
    answers, typed, problems = current, dict[str, Any](), list[Problem]()
    for page in opened(row, procedure):
        files = {each.name: value_at(current, each.path) or [] for each in page.fields if each.kind == "file"}
        read = form_answers.read_page(form, page, said, answers, as_of=known.as_of, files=files, lists=known.lists)
        answers, problems = read.answers, [*problems, *read.problems]
        typed |= read.typed
    settled, faults = form_answers.settled(form, answers, as_of=known.as_of, lists=known.lists)
    if not problems:
        problems = list(_elsewhere(row, procedure, faults, known))
    return Judged(settled, tuple(problems), typed, _changed(procedure, current, settled))


def edit(
    session: Session,
    authority: AuthorityView,
    reference: str,
    posted: Mapping[str, list[str]],
    *,
    revision: int,
    by: Visitor,
    now: datetime,
) -> Submission:
    """The submission with its new answers, those before beside them; the workflow hears of it, agents see both.

    What it holds follows its answers. Raises Conflict when no page is open any more, Invalid when an answer is wrong,
    none changed, or what they ask for now is taken.
    """
    row = find_for_change(session, authority, by, reference, revision=revision)
    act = Act(session, authority, row, by=by, now=now)
    pages = opened(row, act.procedure)
    if not pages:
        raise Conflict("La mairie n’attend plus de modification de cette demande.")
    judged = judge(
        row, act.procedure, posted, around(session, row, act.procedure, as_of=clock.day_in(authority.zone, now))
    )
    if judged.problems:
        raise Invalid("Cette modification est incomplète.", judged.problems)
    if not judged.changed:
        raise Invalid("Rien n’a changé.", [Problem("", "unchanged", "Vous n’avez rien modifié.")])
    before = row.current_answers
    if taken := _taken(act, judged):
        raise Invalid("Ce que vous demandez n’est plus libre.", taken)
    booking_commands.follow(session, authority, act.id, act.procedure, judged.answers, by=by, now=now)
    row.edited, row.editable = judged.answers, None
    row.applicant_name = applicants.name(act.procedure, judged.answers)
    _hear(act, {"pages": [page.id for page in pages], "fields": len(judged.changed)})
    session.add(_revision(act, judged, before))
    return row


def _taken(act: Act, judged: Judged) -> tuple[Problem, ...]:
    """What the changed answers ask for and cannot have, as filing would say it; what did not change is not judged."""
    takes = act.procedure.takes
    if takes is None or not is_asked_on(takes, frozenset(judged.changed)) or not isinstance(act.by, Visitor):
        return ()
    return booking_commands.refusals(
        act.session, act.authority, act.procedure, judged.answers, by=act.by, now=act.now, but=act.id
    )


def _hear(act: Act, data: Mapping[str, Any]) -> None:
    """The event of the workflow where one waits for it; the fact is recorded in any case."""
    try:
        actions = act.advance(EVENT, Kind.EDITED, data)
    except TransitionRefused:
        act.record(Kind.EDITED, data)
        timers.follow_appointment(act)
        actions = ()
    act.perform(actions, {})
    act.settle()


def _revision(act: Act, judged: Judged, before: Mapping[str, Json]) -> SubmissionRevision:
    """What changed, by name of question."""
    paths = {name: tuple(name.split(".")) for name in judged.changed}
    return SubmissionRevision(
        authority_id=act.authority.id,
        submission_id=act.id,
        number=act.submission.revision,
        at=act.now,
        actor_kind=act.by.kind,
        actor_id=act.by.id,
        reason=REASON,
        before={name: value_at(before, path) for name, path in paths.items()},
        after={name: value_at(judged.answers, path) for name, path in paths.items()},
    )


def _changed(procedure: Procedure, before: Mapping[str, Json], after: Mapping[str, Json]) -> tuple[str, ...]:
    """The names of the questions whose answer is not the same, in the order of the form."""
    return tuple(
        field.name for field in procedure.form.fields if value_at(before, field.path) != value_at(after, field.path)
    )


def _elsewhere(
    row: Submission, procedure: Procedure, faults: tuple[Problem, ...], known: Around
) -> tuple[Problem, ...]:
    """What the edit makes wrong on pages that are not open; what was wrong there before is no fault of it."""
    _, before = form_answers.settled(procedure.form, row.current_answers, as_of=known.as_of, lists=known.lists)
    had = {each.field for each in before}
    fresh = [each for each in faults if each.field not in had]
    if not fresh:
        return ()
    mine = {field.name for page in opened(row, procedure) for field in page.fields}
    if all(each.field.partition(".")[0] in mine or each.field in mine for each in fresh):
        return tuple(fresh)
    message = "Cette modification appelle des réponses que la mairie n’a pas ouvertes. Écrivez au service."
    return (Problem("", "elsewhere", message),)
