"""Random histories: whatever happens in whatever order, the law holds after each step, and the journal says it all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlmodel import Session, col

from grc import clock
from grc.catalogue import queries as catalogue
from grc.outbox.models import OutboxEntry
from grc.submissions import implied, notices, phases, replay
from grc.submissions.exchange_models import Timer
from grc.submissions.models import Decision, DocumentsRequest, Event, Notice, Submission, Task
from grc.sweeping.sweeps import SWEEPS
from tests.support.campaign import size
from tests.support.histories import PIECES, PROCEDURES, History, starts, template

WHICH = st.integers(0, 2)
SOME_PIECES = st.sets(st.sampled_from(PIECES), min_size=1).map(sorted)
DAYS = st.one_of(st.integers(0, 3), st.integers(4, 40), st.sampled_from([59, 60, 61, 62, 92, 365]))


class Life(RuleBasedStateMachine):
    """Up to three demandes of one commune, its agents, its citizens, its sweeps and its time."""

    history: History

    @initialize(start=st.sampled_from(starts()), slug=st.sampled_from(PROCEDURES))
    def begin(self, start: datetime, slug: str) -> None:
        self.history = History(start)
        self.history.file(slug)
        self.seen: dict[int, tuple[Any, ...]] = {}

    def teardown(self) -> None:
        if hasattr(self, "history"):
            self.history.close()

    @precondition(lambda self: len(self.history.demandes) < 3)
    @rule(slug=st.sampled_from(PROCEDURES))
    def file(self, slug: str) -> None:
        self.history.file(slug)

    @rule(days=DAYS, hours=st.integers(0, 23))
    def time_passes(self, days: int, hours: int) -> None:
        self.history.to(self.history.now + timedelta(days=days, hours=hours))

    @rule(which=WHICH, late=st.sampled_from([-1, 0, 1]))
    def the_printed_day_comes(self, which: int, late: int) -> None:
        row = self.history.row(which)
        if row.silence_on is not None:
            self.history.to_day(row.silence_on + timedelta(days=late))

    @rule(which=WHICH, late=st.sampled_from([0, 1]))
    def the_deadline_comes(self, which: int, late: int) -> None:
        key = self.history.row(which).id
        last = self.history.reading(lambda session: of(session, DocumentsRequest, key)[-1:])
        for request in last:
            self.history.to_day(request.due_on + timedelta(days=late))

    @rule(which=WHICH)
    def an_agent_takes_charge(self, which: int) -> None:
        self.history.take_charge(which)

    @rule(which=WHICH, pieces=SOME_PIECES, days=st.sampled_from([0, 1, 15, 31, 90]))
    def an_agent_asks_for_pieces(self, which: int, pieces: list[str], days: int) -> None:
        self.history.take_charge(which)
        self.history.ask(which, pieces, days)

    @rule(which=WHICH, pieces=SOME_PIECES)
    def the_citizen_sends_pieces(self, which: int, pieces: list[str]) -> None:
        self.history.send(which, pieces)

    @rule(which=WHICH)
    def the_citizen_sends_what_nobody_asked(self, which: int) -> None:
        self.history.add_piece(which)

    @rule(which=WHICH, outcome=st.sampled_from(["accepted", "refused"]))
    def an_agent_decides(self, which: int, outcome: str) -> None:
        self.history.decide(which, outcome)

    @rule(which=WHICH)
    def the_citizen_withdraws(self, which: int) -> None:
        self.history.withdraw(which)

    @rule()
    def everything_is_swept_twice(self) -> None:
        self.history.sweep()
        assert self.history.sweep() == 0
        for row in self.rows():
            assert not implied.is_due(self.history.authority, row, self.history.now)

    @rule(name=st.sampled_from([one.name for one in SWEEPS]))
    def one_sweep_runs_alone(self, name: str) -> None:
        self.history.sweep(name)

    @rule(hours=st.integers(1, 24 * 70))
    def a_sweeper_s_clock_is_late(self, hours: int) -> None:
        self.history.sweep(as_of=self.history.now - timedelta(hours=hours))

    @invariant()
    def the_law_holds(self) -> None:
        if not hasattr(self, "history"):
            return
        for row in self.rows():
            for law in LAWS:
                self.history.reading(lambda session, row=row, law=law: law(session, row))
            standing = (row.silence_on, row.implied_on, row.state, row.phase)
            before = self.seen.get(row.id or 0)
            assert before is None or before[0] <= row.revision
            assert before is None or before[0] < row.revision or before[1] == standing, "a change without an event"
            self.seen[row.id or 0] = (row.revision, standing)

    def rows(self) -> list[Submission]:
        def every(session: Session) -> list[Submission]:
            mine = col(Submission.authority_id) == self.history.authority.id
            return list(session.execute(select(Submission).where(mine).order_by(col(Submission.id))).scalars())

        found: list[Submission] = self.history.reading(every)
        return found


def of(session: Session, table: Any, key: int | None) -> list[Any]:
    """The rows of a demande in a table, in order."""
    return list(session.execute(select(table).where(table.submission_id == key).order_by(table.id)).scalars())


def the_journal_says_it_all(session: Session, row: Submission) -> None:
    events = of(session, Event, row.id)
    workflow = catalogue.version(session, row.authority_id, row.version_id).workflow
    assert row.revision == len(events)
    assert replay.faults(row, events, workflow) == []


def silence_decides_once(session: Session, row: Submission) -> None:
    silent = [one for one in of(session, Decision, row.id) if one.kind.startswith("implicit")]
    told = [one for one in of(session, Event, row.id) if one.kind == "submission:implied"]
    assert len(silent) == len(told) == (row.implied_on is not None)
    for decision in silent:
        assert decision.kind == f"implicit_{row.silence_rule}"
        assert decision.born_on == row.implied_on == row.silence_on
        assert clock.day_in("Europe/Paris", decision.decided_at) > decision.born_on


def silence_accepts_nothing_incomplete(session: Session, row: Submission) -> None:
    requests = of(session, DocumentsRequest, row.id)
    awaited = [one for one in requests if one.answered_on is None and any(item["indispensable"] for item in one.items)]
    if row.silence_rule == "acceptance" and awaited:
        assert row.implied_on is None
        assert row.silence_on is None


def the_date_is_the_last_announced(session: Session, row: Submission) -> None:
    last: date | None = None
    for notice in of(session, Notice, row.id):
        if notice.kind == "documents_requested" and notice.facts.get("silence") is None:
            last = None
        elif notice.facts.get("silence") and "due_on" in notice.facts["silence"]:
            last = date.fromisoformat(notice.facts["silence"]["due_on"])
    awaits = row.silence_rule == "acceptance" and row.silence_on is None
    assert awaits or row.silence_on == last, (row.silence_on, last)


def one_receipt(session: Session, row: Submission) -> None:
    kept = [one for one in of(session, Notice, row.id) if one.kind in ("acknowledgement", "report", "registration")]
    assert [one.name for one in kept] == ["acknowledgement"]


def what_is_owed_is_posted_once(session: Session, row: Submission) -> None:
    entries = [one for one in of(session, OutboxEntry, row.id) if one.channel == "mail"]
    keys = [(one.notice_id, one.kind, one.recipient) for one in entries]
    assert len(set(keys)) == len(keys)
    printed = {one.notice_id for one in of(session, Task, row.id) if one.kind == notices.PRINT_LETTER}
    posted = {one.notice_id for one in entries}
    assert {one.id for one in of(session, Notice, row.id)} == posted | printed


def timers_run_where_they_may(session: Session, row: Submission) -> None:
    workflow = catalogue.version(session, row.authority_id, row.version_id).workflow
    state = workflow.state(row.state)
    running = [one for one in of(session, Timer, row.id) if one.state == "running"]
    delays = {one.event for one in state.transitions if one.event.startswith("after.")}
    clocks = {f"{kind}.{name}" for kind in ("clock", "warning") for name in workflow.clocks}
    events = [one.event for one in running]
    assert len(set(events)) == len(events)
    assert set(events) <= delays | clocks
    assert delays <= set(events) or any(one.state == "fired" for one in of(session, Timer, row.id))


def what_is_open_is_kept(session: Session, row: Submission) -> None:
    if row.phase in phases.OPEN:
        assert row.destruction_proposed_on is None


LAWS: list[Callable[[Session, Submission], None]] = [
    the_journal_says_it_all,
    silence_decides_once,
    silence_accepts_nothing_incomplete,
    the_date_is_the_last_announced,
    one_receipt,
    what_is_owed_is_posted_once,
    timers_run_where_they_may,
    what_is_open_is_kept,
]


@pytest.mark.law("R14")
@pytest.mark.law("R16")
@pytest.mark.campaign
def test_whatever_happens_the_law_holds() -> None:
    template()
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=size(60, 3000),
            stateful_step_count=size(20, 40),
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
