"""The agents' inbox: its views, its pages, how many each view holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, union_all
from sqlmodel import Session, col

from grc import clock, references
from grc.access.actors import AgentActor
from grc.authorities.models import Agent
from grc.catalogue.models import InstalledProcedure
from grc.errors import NotFound
from grc.submissions import timers
from grc.submissions.conversation import MESSAGE
from grc.submissions.exchange_models import RUNNING, ThreadEntry, Timer
from grc.submissions.models import Event, Submission, Task
from grc.submissions.queries import within

PAGE = 25
COUNT_CAP = 1000
_LARGEST_KEY = 2**63 - 1


@dataclass(frozen=True)
class InboxRow:
    """A line of the agents' inbox."""

    id: int
    reference: str
    procedure_slug: str
    version_id: int
    applicant_name: str
    state: str
    phase: str
    received_at: datetime
    silence_on: date | None
    silence_rule: str
    implied_on: date | None
    case_agent: str
    has_task: bool
    has_message: bool
    """Whether the citizen wrote and no agent has done anything since."""
    clock_at: datetime | None
    """When the first clock that runs is over; see `timers.due_on`."""
    is_report: bool
    channel: str = "online"
    helper: dict[str, Any] | None = None
    """Who filed it for the applicant, as stored."""


@dataclass(frozen=True)
class Inbox:
    """A page of the inbox; `following` is the key of the next one, "" at the end."""

    rows: Sequence[InboxRow]
    following: str


VIEWS: dict[str, tuple[str, ...]] = {
    "a-traiter": ("received", "examined"),
    "en-attente": ("waiting",),
    "a-suivre": ("followed",),
    "closes": ("decided", "closed"),
}
AWAITING = "messages-et-taches"
"""The view of what waits for an agent whatever the state: messages to read, tasks to do."""


def inbox(session: Session, *, view: str, slug: str = "", words: str = "", after: str = "", by: AgentActor) -> Inbox:
    """A page of the inbox, oldest first where there is work to do, newest first among the closed (keyset).

    words: a reference, or a part of the applicant's name. Raises NotFound for an unknown view.
    """
    if view not in (*VIEWS, AWAITING):
        raise NotFound("Cette vue n’existe pas.")
    newest_first = view == "closes"
    conditions = [within(by), _of_view(view, by), *_filters(slug, words)]
    key = (col(Submission.received_at), col(Submission.id))
    if after:
        conditions.append(_beyond(after, newest_first=newest_first))
    order = [column.desc() if newest_first else column.asc() for column in key]
    statement = _rows().where(*conditions).order_by(*order).limit(PAGE + 1)
    rows = [InboxRow(**row._mapping) for row in session.execute(statement)]
    more, shown = len(rows) > PAGE, rows[:PAGE]
    return Inbox(shown, f"{clock.microseconds(shown[-1].received_at)}_{shown[-1].id}" if more else "")


def counts(session: Session, *, by: AgentActor) -> dict[str, int]:
    """How many submissions each view holds, counted up to a cap (the page then says "plus de")."""
    found = {}
    for view in (*VIEWS, AWAITING):
        capped = select(col(Submission.id)).where(within(by), _of_view(view, by)).limit(COUNT_CAP + 1)
        found[view] = int(session.execute(select(func.count()).select_from(capped.subquery())).scalar_one())
    return found


def _of_view(view: str, by: AgentActor) -> ColumnElement[bool]:
    """What a view holds; that of messages and tasks starts from these, which are few, and not from the submissions."""
    if view in VIEWS:
        return col(Submission.phase).in_(VIEWS[view])
    tasks = select(col(Task.submission_id)).where(
        col(Task.authority_id) == by.authority_id, col(Task.closed_at).is_(None)
    )
    words = select(col(ThreadEntry.submission_id)).where(
        col(ThreadEntry.authority_id) == by.authority_id, *_waits_for_a_reader()
    )
    return col(Submission.id).in_(union_all(tasks, words))


def _waits_for_a_reader() -> tuple[ColumnElement[bool], ...]:
    """That an entry is a citizen's message after which no agent did anything."""
    since = select(col(Event.id)).where(
        col(Event.submission_id) == col(ThreadEntry.submission_id),
        col(Event.sequence) > col(ThreadEntry.event_sequence),
        col(Event.actor_kind) == "agent",
    )
    of_citizen = (col(ThreadEntry.kind) == MESSAGE, col(ThreadEntry.author_kind) == "citizen")
    return *of_citizen, ~since.exists()


def _rows() -> Any:
    task = select(col(Task.id)).where(
        col(Task.authority_id) == col(Submission.authority_id),
        col(Task.submission_id) == col(Submission.id),
        col(Task.closed_at).is_(None),
    )
    word = select(col(ThreadEntry.id)).where(
        col(ThreadEntry.authority_id) == col(Submission.authority_id),
        col(ThreadEntry.submission_id) == col(Submission.id),
        *_waits_for_a_reader(),
    )
    running = select(func.min(col(Timer.due_at))).where(
        col(Timer.authority_id) == col(Submission.authority_id),
        col(Timer.submission_id) == col(Submission.id),
        col(Timer.event).startswith(timers.CLOCK),
        RUNNING,
    )
    name = func.coalesce(col(Agent.given_name) + " " + col(Agent.family_name), "")
    return (
        select(
            col(Submission.id),
            col(Submission.reference),
            col(InstalledProcedure.slug).label("procedure_slug"),
            col(Submission.version_id),
            col(Submission.applicant_name),
            col(Submission.state),
            col(Submission.phase),
            col(Submission.received_at),
            col(Submission.silence_on),
            col(Submission.silence_rule),
            col(Submission.implied_on),
            name.label("case_agent"),
            task.exists().label("has_task"),
            word.exists().label("has_message"),
            running.scalar_subquery().label("clock_at"),
            col(Submission.is_report),
            col(Submission.channel),
            col(Submission.helper),
        )
        .join(InstalledProcedure, col(InstalledProcedure.id) == col(Submission.procedure_id))
        .outerjoin(Agent, col(Agent.id) == col(Submission.case_agent_id))
    )


def _filters(slug: str, words: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if slug:
        conditions.append(col(InstalledProcedure.slug) == slug)
    if words:
        reference = references.read_reference(words)
        if reference is not None:
            conditions.append(col(Submission.reference) == reference)
        else:
            conditions.append(col(Submission.applicant_name).icontains(words, autoescape=True))
    return conditions


def _beyond(after: str, *, newest_first: bool) -> ColumnElement[bool]:
    try:
        instant_key, key = after.split("_")
        instant, last = clock.instant_of(int(instant_key)), min(int(key), _LARGEST_KEY)
    except (ValueError, OverflowError) as error:
        raise NotFound("Cette page n’existe pas.") from error
    received, row_id = col(Submission.received_at), col(Submission.id)
    if newest_first:
        return or_(received < instant, and_(received == instant, row_id < last))
    return or_(received > instant, and_(received == instant, row_id > last))
