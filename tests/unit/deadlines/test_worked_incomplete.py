"""The worked example of an incomplete demande (L114-5): notice, deadline, pieces, for both kinds of silence."""

from __future__ import annotations

from datetime import date

import pytest

from grc.deadlines.silence import Kind, SilenceRule, implicit_decision_date
from grc.deadlines.suspensions import Suspension

RECEIVED, NOTICED, DEADLINE = date(2026, 11, 25), date(2026, 12, 5), date(2027, 1, 5)
# Kind of silence, last piece received, implicit decision (None: never).
TABLE: list[tuple[Kind, str | None, str | None]] = [
    ("rejection", "2026-12-20", "2027-02-09"),  # 15 days more
    ("rejection", None, "2027-02-25"),  # 31 days more
    ("rejection", "2027-01-05", "2027-02-25"),  # on the last day
    ("rejection", "2027-01-12", "2027-02-25"),  # after the deadline: suspended until the deadline only
    ("acceptance", "2026-12-20", "2027-02-20"),  # two months again
    ("acceptance", "2027-01-12", "2027-03-12"),
    ("acceptance", None, None),
]


@pytest.mark.law("R11")
@pytest.mark.parametrize("kind", ["rejection", "acceptance"])
def test_without_a_notice_nothing_moves(kind: Kind) -> None:
    assert implicit_decision_date(SilenceRule(kind), RECEIVED) == date(2027, 1, 25)


@pytest.mark.law("R16")
@pytest.mark.parametrize(("kind", "pieces", "decided"), TABLE, ids=str)
def test_an_incomplete_demande_moves_the_date(kind: Kind, pieces: str | None, decided: str | None) -> None:
    notice = Suspension(NOTICED, DEADLINE, date.fromisoformat(pieces) if pieces else None)
    expected = date.fromisoformat(decided) if decided else None
    assert implicit_decision_date(SilenceRule(kind), RECEIVED, [notice]) == expected
