"""Random histories: whatever happens in whatever order, the law holds after each step, and the journal says it all."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
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
from grc.deadlines import silence
from grc.deadlines.suspensions import Suspension
from grc.outbox.models import OutboxEntry
from grc.receipts import wording
from grc.submissions import implied, notices, phases, replay
from grc.submissions.exchange_models import ThreadEntry, Timer
from grc.submissions.models import Decision, DocumentsRequest, Event, Notice, Submission, Task
from grc.sweeping.sweeps import SWEEPS
from tests.support.campaign import size
from tests.support.histories import PIECES, PROCEDURES, History, starts, template

RECEIPTS = {"online": "acknowledgement", "desk": "paper_receipt"}
WHICH = st.integers(0, 2)
SOME_PIECES = st.sampled_from([PIECES, PIECES, PIECES[:1], PIECES[1:]])
DAYS = st.one_of(st.integers(0, 3), st.integers(4, 40), st.sampled_from([59, 60, 61, 62, 92, 365]))


class Life(RuleBasedStateMachine):
    """Up to three demandes of one commune, its agents, its citizens, its sweeps and its time."""

    history: History

    @initialize(start=st.sampled_from(starts()), slug=st.sampled_from(PROCEDURES), at_desk=st.booleans())
    def begin(self, start: datetime, slug: str, at_desk: bool) -> None:
        self.history = History(start)
        self.history.file(slug, at_desk=at_desk)
        self.seen: dict[int, tuple[Any, ...]] = {}

    def teardown(self) -> None:
        if hasattr(self, "history"):
            self.history.close()

    @precondition(lambda self: len(self.history.demandes) < 3)
    @rule(slug=st.sampled_from(PROCEDURES), at_desk=st.booleans())
    def file(self, slug: str, at_desk: bool) -> None:
        self.history.file(slug, at_desk=at_desk)

    @rule(days=DAYS, hours=st.integers(0, 23), is_swept=st.booleans())
    def time_passes(self, days: int, hours: int, is_swept: bool) -> None:
        self.history.to(self.history.now + timedelta(days=days, hours=hours))
        self.sweep(is_swept)

    @rule(which=WHICH, late=st.sampled_from([-1, 0, 1]), is_swept=st.booleans())
    def the_printed_day_comes(self, which: int, late: int, is_swept: bool) -> None:
        row = self.history.row(which)
        if row.silence_on is not None:
            self.history.to_day(row.silence_on + timedelta(days=late))
        self.sweep(is_swept)

    @rule(which=WHICH, late=st.sampled_from([0, 1]), is_swept=st.booleans())
    def the_deadline_comes(self, which: int, late: int, is_swept: bool) -> None:
        key = self.history.row(self.one(which, "waiting_for_documents")).id
        last = self.history.reading(lambda session: of(session, DocumentsRequest, key)[-1:])
        for request in last:
            self.history.to_day(request.due_on + timedelta(days=late))
        self.sweep(is_swept)

    @rule(which=WHICH)
    def an_agent_takes_charge(self, which: int) -> None:
        self.history.take_charge(self.one(which, "received"))

    @rule(which=WHICH, pieces=SOME_PIECES, days=st.sampled_from([0, 1, 15, 31, 90]))
    def an_agent_asks_for_pieces(self, which: int, pieces: Sequence[str], days: int) -> None:
        key = self.one(which, "received", "in_progress")
        self.history.take_charge(key)
        self.history.ask(key, pieces, days)

    @rule(which=WHICH, pieces=SOME_PIECES)
    def the_citizen_sends_pieces(self, which: int, pieces: Sequence[str]) -> None:
        self.history.send(self.one(which, "waiting_for_documents"), pieces)

    @rule(which=WHICH, pieces=SOME_PIECES, ago=st.sampled_from([0, 1, 10, 40]))
    def pieces_came_by_post(self, which: int, pieces: Sequence[str], ago: int) -> None:
        self.history.note_received(self.one(which, "waiting_for_documents"), pieces, ago)

    @rule(which=WHICH, ago=st.sampled_from([0, 0, 1, 10, 40]))
    def a_letter_is_posted(self, which: int, ago: int) -> None:
        self.history.post_a_letter(which, ago)

    @rule(which=WHICH)
    def the_citizen_sends_what_nobody_asked(self, which: int) -> None:
        self.history.add_piece(which)

    @rule(which=WHICH, outcome=st.sampled_from(["accepted", "refused"]))
    def an_agent_decides(self, which: int, outcome: str) -> None:
        self.history.decide(self.one(which, "in_progress", "waiting_for_documents"), outcome)

    @rule(which=WHICH)
    def the_citizen_asks_for_reasons(self, which: int) -> None:
        self.history.ask_reasons(which)

    @rule(which=WHICH)
    def an_agent_withdraws_an_acceptance(self, which: int) -> None:
        self.history.withdraw_acceptance(self.one(which, "accepted", "silent"))

    @rule(which=WHICH)
    def an_agent_corrects_a_decision(self, which: int) -> None:
        self.history.correct(self.one(which, "accepted", "refused"))

    @precondition(lambda self: len(self.history.demandes) == 3)
    @rule(which=WHICH)
    def an_agent_sends_a_demande_on(self, which: int) -> None:
        self.history.send_on(which)

    @precondition(lambda self: len(self.history.demandes) == 3)
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
            told = self.history.reading(lambda session, row=row: Told(session, row))
            for law in LAWS:
                law(told)
            standing = (row.silence_on, row.implied_on, row.state, row.phase)
            before = self.seen.get(row.id or 0)
            assert before is None or before[0] <= row.revision
            assert before is None or before[0] < row.revision or before[1] == standing, "a change without an event"
            self.seen[row.id or 0] = (row.revision, standing)

    def sweep(self, is_swept: bool) -> None:
        """Most of the time the sweeper runs; sometimes it does not."""
        if is_swept:
            self.history.sweep()

    def one(self, which: int, *states: str) -> int:
        """The number of a demande in one of these states, if there is any: less is tried in vain."""
        found = [number for number, row in enumerate(self.rows()) if row.state in states]
        return found[which % len(found)] if found else which

    def rows(self) -> list[Submission]:
        def every(session: Session) -> list[Submission]:
            mine = col(Submission.authority_id) == self.history.authority.id
            return list(session.execute(select(Submission).where(mine).order_by(col(Submission.id))).scalars())

        found: list[Submission] = self.history.reading(every)
        return found


def of(session: Session, table: Any, key: int | None) -> list[Any]:
    """The rows of a demande in a table, in order."""
    return list(session.execute(select(table).where(table.submission_id == key).order_by(table.id)).scalars())


class Told:
    """A demande with everything that is kept of it."""

    def __init__(self, session: Session, row: Submission) -> None:
        self.row, key = row, row.id
        self.workflow = catalogue.version(session, row.authority_id, row.version_id).workflow
        self.events: list[Event] = of(session, Event, key)
        self.decisions: list[Decision] = of(session, Decision, key)
        self.requests: list[DocumentsRequest] = of(session, DocumentsRequest, key)
        self.notices: list[Notice] = of(session, Notice, key)
        self.mails: list[OutboxEntry] = [one for one in of(session, OutboxEntry, key) if one.channel == "mail"]
        self.tasks: list[Task] = of(session, Task, key)
        self.timers: list[Timer] = of(session, Timer, key)
        self.entries: list[ThreadEntry] = of(session, ThreadEntry, key)

    def suspensions(self) -> list[Suspension]:
        """What the law lets stop the clock: what is indispensable, asked for by mail, or by a letter that has left."""
        left = ((one, self.left_on(one)) for one in self.requests if any(item["indispensable"] for item in one.items))
        return [
            Suspension(on, one.due_on, one.answered_on)
            for one, on in left
            if on is not None and on <= min(one.due_on, one.answered_on or one.due_on)
        ]

    def left_on(self, request: DocumentsRequest) -> date | None:
        """The day on which a request left: that of its mail, or of the posting of its letter.

        None before that is noted, and where silence had decided before it was: nothing moves any more.
        """
        asked = clock.day_in("Europe/Paris", request.requested_at)
        said = (one for one in self.events if one.kind == "documents:requested")
        (name,) = (f"documents_requested:{one.sequence}" for one in said if one.data["request"] == request.id)
        (letter,) = (one.id for one in self.notices if one.name == name)
        if letter not in self.printed:
            return asked
        for event in self.events:
            if event.kind == "submission:implied":
                return None
            if event.kind == "letter:posted" and event.data["notice"] == letter:
                return date.fromisoformat(event.data["posted_on"])
        return None

    @property
    def restated(self) -> set[int | None]:
        """The requests for documents told anew by the posting of their letter: nothing goes with them."""
        postings = {f"documents_requested:{one.sequence}" for one in self.events if one.kind == "letter:posted"}
        return {one.id for one in self.notices if one.name in postings}

    @property
    def printed(self) -> set[int | None]:
        """The notices that go, or went, by post."""
        return {one.notice_id for one in self.tasks if one.kind == notices.PRINT_LETTER}


def the_journal_says_it_all(told: Told) -> None:
    assert told.row.revision == len(told.events)
    assert replay.faults(told.row, told.events, told.workflow) == []


def silence_decides_once(told: Told) -> None:
    row = told.row
    silent = [one for one in told.decisions if one.kind.startswith("implicit")]
    said = [one for one in told.events if one.kind == "submission:implied"]
    assert len(silent) == len(said) == (row.implied_on is not None)
    for decision in silent:
        assert decision.kind == f"implicit_{row.silence_rule}"
        assert decision.born_on == row.implied_on == row.silence_on
        assert clock.day_in("Europe/Paris", decision.decided_at) > decision.born_on


def silence_accepts_nothing_incomplete(told: Told) -> None:
    decided_on = told.row.implied_on or date.max
    awaited = [one for one in told.suspensions() if one.completed_on is None and one.noticed_on < decided_on]
    if told.row.silence_rule == "acceptance" and awaited:
        assert told.row.implied_on is None
        assert told.row.silence_on is None


def every_date_is_announced_when_it_moves(told: Told) -> None:
    """In the receipt, or in what goes with the event; a date that is gone, in the notice that takes it.

    Without an address a message is an entry of the thread alone.
    """
    before: str | None = None
    for event in told.events:
        now = event.data.get("silence_on", before)
        if now != before:
            names = ("acknowledgement", "paper_receipt") if event.sequence == 1 else (f":{event.sequence}",)
            said = [one for one in told.notices if one.name.endswith(names)]
            written = [one.text for one in told.entries if one.event_sequence == event.sequence]
            is_written = now is not None and any(in_words(now) in text.replace("\u00a0", " ") for text in written)
            assert is_written or any(announces(one, now) for one in said), (event.kind, event.data, said, written)
        before = now


def announces(notice: Notice, day: str | None) -> bool:
    if day is None:
        return notice.kind == "documents_requested"
    words = json.dumps(notice.facts, ensure_ascii=False).replace("\u00a0", " ")
    return (notice.facts.get("silence") or {}).get("due_on") == day or in_words(day) in words


def in_words(day: str) -> str:
    return wording.short_date(date.fromisoformat(day)).replace("\u00a0", " ")


def the_date_is_that_of_the_law(told: Told) -> None:
    """Reckoned again from the requests alone, until silence or somebody has decided."""
    row = told.row
    if row.phase not in phases.OPEN or row.implied_on is not None:
        return
    period = {"period": 30, "unit": "day"} if "answer" in told.workflow.clocks else {"period": 2, "unit": "month"}
    law: Any = silence.SilenceRule(row.silence_rule, **period)  # type: ignore[arg-type]
    assert row.silence_on == silence.implicit_decision_date(law, row.first_received_on, told.suspensions())


def one_receipt(told: Told) -> None:
    kept = [one for one in told.notices if one.kind in ("acknowledgement", "report", "registration", "paper_receipt")]
    assert [(one.name, one.kind) for one in kept] == [(RECEIPTS[told.row.channel],) * 2]


def what_is_owed_is_posted_once(told: Told) -> None:
    keys = [(one.notice_id, one.kind, one.recipient) for one in told.mails]
    assert len(set(keys)) == len(keys)
    sent = {one.notice_id for one in told.mails} | told.printed
    owed = {one.id for one in told.notices if told.row.contact_email or one.kind in notices.LETTERS} - told.restated
    assert owed <= sent <= {one.id for one in told.notices} - told.restated


def timers_run_where_they_may(told: Told) -> None:
    running = [one.event for one in told.timers if one.state == "running"]
    state = told.workflow.state(told.row.state)
    delays = {one.event for one in state.transitions if one.event.startswith("after.")}
    clocks = {f"{kind}.{name}" for kind in ("clock", "warning") for name in told.workflow.clocks}
    assert len(set(running)) == len(running)
    assert set(running) <= delays | clocks
    assert delays <= set(running) or any(one.state == "fired" for one in told.timers)


def what_is_open_is_kept(told: Told) -> None:
    if told.row.phase in phases.OPEN:
        assert told.row.destruction_proposed_on is None


LAWS: list[Callable[[Told], None]] = [
    the_journal_says_it_all,
    silence_decides_once,
    silence_accepts_nothing_incomplete,
    every_date_is_announced_when_it_moves,
    the_date_is_that_of_the_law,
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
            max_examples=size(20, 3000),
            stateful_step_count=size(25, 40),
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
