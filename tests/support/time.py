"""A clock that tests move by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

from grc import clock


class Clock:
    """Gives the instant it was set to; pass `clock.now` where the product asks for one."""

    def __init__(self, instant: datetime | None = None) -> None:
        self.instant = instant or clock.now()

    def now(self) -> datetime:
        """The instant."""
        return self.instant

    def forward(self, by: timedelta) -> datetime:
        """The instant, that much later."""
        self.instant += by
        return self.instant
