"""Timers: fired once at their time, on the commune's own calendar, whatever passes twice or side by side."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from grc.submissions import firing, timers
from grc.submissions.exchange_models import Timer
from grc.submissions.models import Event, Task
from tests.support.circuits import Case

pytestmark = pytest.mark.anyio


def fire(case: Case, as_of: datetime) -> int:
    authority = case.world.authority()
    with case.world.database.writing(scope=authority.id) as session:
        return firing.fire_due(session, authority, as_of=as_of)


def due(case: Case, event: str) -> datetime:
    return next(each.due_at for each in case.all(Timer) if each.event == event)


async def test_a_clock_warns_then_comes_due_with_one_task(case: Case) -> None:
    warned, over = due(case, "warning.answer"), due(case, "clock.answer")
    assert fire(case, warned - timedelta(seconds=1)) == 0
    assert fire(case, warned) == 1
    assert fire(case, warned) == 0
    (task,) = case.all(Task)
    zone = case.world.authority().zone
    last = timers.due_on(next(each for each in case.all(Timer) if each.event == "clock.answer"), zone)
    assert (task.kind, task.title, task.due_on) == ("deadline", "Réponse sur le banc", last)
    assert case.row().state == "received"
    assert "Réponse sur le banc" in (await case.agent.get(case.path)).text
    assert fire(case, over) == 1
    assert len(case.all(Task)) == 1
    assert case.row().state == "late"
    assert case.all(Event)[-1].data["event"] == "clock.answer"
    assert case.all(Event)[-1].actor_kind == "system"
    assert fire(case, over) == 0
    states = {each.event: each.state for each in case.all(Timer)}
    assert states == {"warning.answer": "fired", "clock.answer": "fired", "after.patience": "stopped"}


async def test_what_stops_a_clock_closes_its_task(case: Case) -> None:
    fire(case, due(case, "warning.answer"))
    await case.does("close")
    (task,) = case.all(Task)
    assert task.closed_at is not None
    assert fire(case, due(case, "clock.answer")) == 0


async def test_a_delay_that_is_over_leads_on_with_its_actions(case: Case) -> None:
    await case.does("pay")
    assert fire(case, due(case, "clock.answer")) == 2
    await case.does("back")
    at = max(each.due_at for each in case.all(Timer) if each.event == "after.patience")
    assert fire(case, at - timedelta(seconds=1)) == 0
    assert fire(case, at) == 1
    assert case.row().state == "late"
    assert "Commander la latte" in [each.title for each in case.all(Task)]
    assert fire(case, at) == 0


async def test_a_delay_outrun_by_a_clock_does_nothing(case: Case) -> None:
    assert fire(case, due(case, "after.patience")) == 2
    assert case.row().state == "late"
    assert [each.state for each in case.all(Timer) if each.event == "after.patience"] == ["stopped"]


async def test_an_event_that_nothing_takes_marks_the_timer_and_changes_nothing_more(case: Case) -> None:
    await case.does("pay")
    before = len(case.all(Event))
    assert fire(case, due(case, "clock.answer")) == 2
    assert (case.row().state, len(case.all(Event))) == ("paying", before)
    assert [each.kind for each in case.all(Task)] == ["deadline"]


@pytest.mark.parametrize(
    ("length", "since", "zone", "there"),
    [
        ("P15D", "2026-03-20T09:30", "Europe/Paris", "2026-04-04T08:30"),
        ("P1M", "2026-01-31T12:00", "Europe/Paris", "2026-02-28T12:00"),
        ("P1Y", "2028-02-29T23:30", "Europe/Paris", "2029-02-28T23:30"),
        ("P1W", "2026-10-20T22:30", "Europe/Paris", "2026-10-27T23:30"),
        ("P1D", "2026-12-01T02:00", "America/Guadeloupe", "2026-12-02T02:00"),
        ("P1DT2H", "2026-03-28T10:00", "Europe/Paris", "2026-03-29T11:00"),
        ("PT90M", "2026-03-29T00:30", "Europe/Paris", "2026-03-29T02:00"),
    ],
)
def test_days_count_on_the_calendar_of_the_commune(length: str, since: str, zone: str, there: str) -> None:
    start = datetime.fromisoformat(since).replace(tzinfo=UTC)
    end = datetime.fromisoformat(there).replace(tzinfo=UTC)
    assert timers.later(start, length, zone=zone) == end


def test_a_length_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no duration"):
        timers.later(datetime(2026, 1, 1, tzinfo=UTC), "15 jours", zone="Europe/Paris")
