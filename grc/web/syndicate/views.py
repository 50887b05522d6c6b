"""What the syndicate's pages show, as frozen values: counts, words and dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from grc.web.syndicate.health import Remark


@dataclass(frozen=True)
class CommuneRow:
    """A commune in the table. received, open, overdue, refused: None before the first count."""

    name: str
    href: str
    received: int | None
    open: int | None
    overdue: int | None
    refused: int | None
    remarks: Sequence[Remark]


@dataclass(frozen=True)
class Total:
    """A number over every commune. is_well: nothing to worry about."""

    title: str
    value: str
    is_well: bool = True


@dataclass(frozen=True)
class CommunesPage:
    """Every commune. month: in words. counted_at: the oldest count shown, None before the first.

    found: how many match, of which rows are the first. words: what was looked for. only: those with a remark alone.
    """

    month: str
    totals: Sequence[Total]
    rows: Sequence[CommuneRow]
    found: int
    every: int
    counted_at: datetime | None
    here: str
    csv: str
    words: str = ""
    only: bool = False

    @property
    def is_filtered(self) -> bool:
        return bool(self.words) or self.only


@dataclass(frozen=True)
class Bar:
    """A rectangle of the drawing, in its units."""

    x: int
    y: int
    height: int
    series: str


@dataclass(frozen=True)
class MonthLabel:
    """A month under the bars."""

    x: int
    text: str


@dataclass(frozen=True)
class Drawing:
    """Bars by month. grid: (ordinate, number) of each line. width, height: of the whole."""

    width: int
    height: int
    bar: int
    bars: Sequence[Bar]
    labels: Sequence[MonthLabel]
    grid: Sequence[tuple[int, int]]


@dataclass(frozen=True)
class MonthRow:
    """A month of a commune, in words. channels: "12 en ligne, 3 au guichet"."""

    name: str
    received: int
    channels: str
    decided: int
    implied: int
    withdrawn: int
    open: int
    overdue: int
    median: str
    p90: str
    refused: int


@dataclass(frozen=True)
class CommunePage:
    """One commune. months: the latest first. drawing: None before the first count. attestation: its last day."""

    name: str
    kind: str
    back: str
    csv: str
    months: Sequence[MonthRow]
    drawing: Drawing | None
    remarks: Sequence[Remark]
    pending: int
    dead: int
    attestation: date | None
    counted_at: datetime | None
