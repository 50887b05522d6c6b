"""Every workflow of the catalogue, walked to each of its ends, with the mails and the days of each path.

The engine alone takes every transition; the shortest path to each end is then followed by a real demande, one more for
each act whose mail no path sends yet. What they sent, and when, is written in walks/, one text a procedure: run
python tools/walk_tables.py, and read the difference.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

import pytest

from grc.catalogue import loading
from grc.catalogue.definition import Procedure, SilenceItem
from grc.db import Database, Keyring, connect
from grc.submissions import phases
from grc.workflow import engine, structure
from grc.workflow.definition import ALWAYS, FILED, FUNCTIONS, Clock
from tests.support import walk_tables, walking, walks, world
from tests.support.walk_tables import Followed, Table
from tests.support.walking import Walker

SLUGS = sorted(path.parent.name for path in walks.CATALOGUE.glob("*/procedure.json"))
OWN_MAILS = frozenset({"transfer", "clock.silence"})
"""The events whose command sends a notice that no workflow names."""


@cache
def procedures() -> dict[str, Procedure]:
    return {each.slug: each for each in loading.load_folder(walks.CATALOGUE)}


@pytest.fixture(scope="module")
def walker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walker]:
    database: Database = connect(world.seeded(tmp_path_factory.mktemp("walks")), Keyring([world.SECRET]))
    yield Walker(database)
    database.close()


@pytest.fixture(scope="module")
def tables(walker: Walker) -> dict[str, Table]:
    """What was followed so far, by procedure."""
    return {}


@pytest.fixture
def table(walker: Walker, tables: dict[str, Table], slug: str) -> Table:
    if slug not in tables:
        tables[slug] = walk_tables.made(walker, procedures()[slug])
    return tables[slug]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_transition_is_taken_and_every_end_is_reached(slug: str) -> None:
    procedure = procedures()[slug]
    found = [walks.walk(procedure, start) for start in walks.starts(procedure)]
    found += [walks.walk(*each) for each in walks.otherwise(procedure)]
    taken = frozenset().union(*(each.taken for each in found))
    passed = {each.target for each in procedure.workflow.transitions if each.id in taken and each.target}
    reached = passed.union(*(each.first for each in found))
    assert [each.id for each in procedure.workflow.transitions if each.id not in taken] == []
    states = procedure.workflow.states.values()
    passed = {each.id for each in states if any(one.event == ALWAYS and not one.guard for one in each.transitions)}
    assert set(procedure.workflow.states) - reached - passed == set(), "no path leads there"
    assert walks.ends(procedure.workflow), "nothing ends"
    for state in reached:
        onward = walks.reachable_ends(procedure.workflow, state)
        assert onward, f"« {state} » leads to no end"


@pytest.mark.parametrize("slug", SLUGS)
def test_what_each_path_sends_and_when_is_what_is_written(table: Table, slug: str) -> None:
    path = walk_tables.FOLDER / f"{slug}.txt"
    assert path.is_file(), "run python tools/walk_tables.py"
    assert walk_tables.written(table) == path.read_text(encoding="utf-8"), "run python tools/walk_tables.py"


@pytest.mark.parametrize("slug", SLUGS)
def test_each_path_does_what_the_workflow_declares(table: Table, slug: str) -> None:
    for followed in table.followed:
        told = f"{slug}, {followed.path.title}"
        _compare(table.procedure, followed, told)
        last = followed.done[-1]
        assert last.state in walks.ends(table.procedure.workflow), told
        assert last.phase in phases.ENDED, told
        assert not [name for name in last.clocks if name.startswith(("clock.", "after.", "appointment."))], told


def _compare(procedure: Procedure, followed: Followed, told: str) -> None:
    """The state, the mails and the clocks that each deed left are those of the engine's step and of its clocks."""
    filed, *rest = followed.done
    state = engine.initial(procedure.workflow, {"answers": followed.path.start.answers}).state
    assert filed.state == state, told
    _compare_clocks(procedure, followed, FILED, 0, told)
    for number, done in enumerate(rest, start=1):
        assert done.deed is not None
        each = done.deed.transition
        assert done.state == done.deed.state, (told, each.id)
        _compare_clocks(procedure, followed, each.event, number, told)
        if each.event not in OWN_MAILS:
            assert walking.sent(done.mails) == _declared(procedure, followed, number), (told, each.id)


def _declared(procedure: Procedure, followed: Followed, number: int) -> list[tuple[str, str]]:
    """The mails of that step, by the engine."""
    deed, before = followed.done[number].deed, followed.done[number - 1].state
    assert deed is not None
    context = followed.path.contexts[number - 1]
    step = engine.step(procedure.workflow, before, deed.transition.event, functions=FUNCTIONS, context=context)
    has_address = any(mail.recipient == "citizen" for mail in followed.done[0].mails)
    return [each for each in walking.posted(step.actions) if has_address or each[0] != "citizen"]


def _compare_clocks(procedure: Procedure, followed: Followed, event: str, number: int, told: str) -> None:
    """Each clock that starts with the event runs to the day that its own length gives, counted here on fingers."""
    done, workflow = followed.done[number], procedure.workflow
    context = {"answers": followed.path.start.answers, **(followed.path.contexts[number - 1] if number else {})}
    for each in workflow.clocks.values():
        if (
            each.start == event
            and not each.to
            and workflow.runs(each, context)
            and structure.exits(workflow, workflow.state(done.state))
        ):
            since = _over(followed.done[0].on, workflow.clocks[each.after]) if each.after else done.on
            assert done.clocks.get(f"clock.{each.name}") == _over(since, each), (told, each.name)


def _over(since: date, each: Clock) -> date:
    if each.unit == "month":
        return months_later(since, each.period)
    if each.unit == "day":
        return since + timedelta(days=each.period)
    day, left = since, each.period
    while left:
        day += timedelta(days=1)
        left -= counts(day, each.unit)
    return day


def counts(day: date, unit: str) -> bool:
    """Whether a day counts; the only holidays near the examples' day are Christmas and New Year's Day."""
    is_holiday = (day.month, day.day) in {(12, 25), (1, 1)}
    return not is_holiday and (unit == "day_without_holidays" or day.weekday() < 5)


def months_later(day: date, count: int) -> date:
    """From date to date, on the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@pytest.mark.law("R11")
@pytest.mark.parametrize("slug", SLUGS)
def test_each_rule_of_silence_gives_its_date_and_its_decision(table: Table, slug: str) -> None:
    for silent in table.silent:
        if silent.rule.rule == "none":
            assert (silent.filed.silence_on, silent.decided) == (None, None), slug
            continue
        assert silent.decided is not None, slug
        assert silent.filed.silence_on == _due(silent.filed.on, silent.rule), slug
        assert silent.decided.on == silent.filed.silence_on + timedelta(days=1), slug
        first = silent.decided.mails[0]
        assert (first.recipient, first.template) == ("citizen", "implied_decision"), slug


def _due(since: date, rule: SilenceItem) -> date:
    return months_later(since, rule.period) if rule.unit == "month" else since + timedelta(days=rule.period)


def test_no_text_is_left_of_a_procedure_that_is_gone() -> None:
    assert sorted(path.stem for path in walk_tables.FOLDER.glob("*.txt")) == SLUGS


def test_no_mail_says_more_than_its_reference_and_its_news(tables: dict[str, Table], walker: Walker) -> None:
    """Subjects are read on locked screens: nobody's name, nothing of what was asked."""
    for slug in SLUGS:
        table = tables.get(slug) or walk_tables.made(walker, procedures()[slug])
        for followed in table.followed:
            subjects = {mail.subject for done in followed.done for mail in done.mails}
            names = re.compile(r"exemple\b|@|camille", re.IGNORECASE)
            assert not [subject for subject in subjects if names.search(subject)], slug
