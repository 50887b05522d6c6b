"""Instants are aware; legal days are those of the commune."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc import clock

INSTANTS = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - made aware


def test_now_is_aware_and_in_utc() -> None:
    now = clock.now()
    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("instant", "zone", "day"),
    [
        ("2026-11-30T23:30:00Z", "Europe/Paris", date(2026, 12, 1)),
        ("2026-11-30T23:30:00Z", "America/Guadeloupe", date(2026, 11, 30)),
        ("2026-11-30T23:30:00Z", "Indian/Reunion", date(2026, 12, 1)),
        ("2026-06-30T22:30:00Z", "Europe/Paris", date(2026, 7, 1)),
        ("2026-06-30T21:59:59Z", "Europe/Paris", date(2026, 6, 30)),
        ("2026-12-31T23:00:00Z", "Europe/Paris", date(2027, 1, 1)),
        ("2026-01-01T09:59:00Z", "Pacific/Tahiti", date(2025, 12, 31)),
    ],
)
def test_a_legal_day_is_that_of_the_commune(instant: str, zone: str, day: date) -> None:
    assert clock.day_in(zone, datetime.fromisoformat(instant)) == day


def test_the_hour_that_exists_twice_is_shown_as_each_of_them() -> None:
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    shown = [clock.local("Europe/Paris", one) for one in (first, second)]
    assert [one.strftime("%H:%M") for one in shown] == ["02:30", "02:30"]
    assert [one.utcoffset() for one in shown] == [timedelta(hours=2), timedelta(hours=1)]


def test_any_zone_of_the_same_instant_gives_the_same_day() -> None:
    instant = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    elsewhere = instant.astimezone(timezone(timedelta(hours=-11)))
    assert clock.day_in("Europe/Paris", instant) == clock.day_in("Europe/Paris", elsewhere)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        clock.day_in("Europe/Paris", datetime(2026, 11, 30))  # noqa: DTZ001 - that is the point


@given(INSTANTS)
def test_the_key_of_an_instant_gives_it_back(instant: datetime) -> None:
    assert clock.instant_of(clock.microseconds(instant)) == instant


def test_a_key_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(OverflowError):
        clock.instant_of(10**30)
