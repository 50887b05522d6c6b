"""The only reader of the clock, and the passage from instants (UTC) to legal days (local)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(instant: datetime) -> int:
    """The exact number of microseconds since 1970: the key of an instant in a page's address."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def instant_of(count: int) -> datetime:
    """The instant of that key, aware, in UTC; raises OverflowError beyond the calendar."""
    return _EPOCH + timedelta(microseconds=count)


def day_in(zone: str, instant: datetime) -> date:
    """The civil day of an instant in a zone such as "Europe/Paris" or "America/Guadeloupe".

    Legal days are those of the commune: 2026-11-30T23:30Z is 1 December in Paris (décret 2017-292).
    """
    return local(zone, instant).date()


def local(zone: str, instant: datetime) -> datetime:
    """The instant as the clocks of the zone show it; raises ValueError for a naive instant."""
    if instant.tzinfo is None:
        raise ValueError("an instant must be aware")
    return instant.astimezone(ZoneInfo(zone))
