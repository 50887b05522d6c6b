"""A request for documents is a closed interval of days."""

from __future__ import annotations

from datetime import date

import pytest

from grc.deadlines.suspensions import Suspension

NOTICED, DEADLINE = date(2026, 12, 5), date(2027, 1, 5)


@pytest.mark.law("R16")
@pytest.mark.parametrize(
    ("completed_on", "ended_on"),
    [(None, DEADLINE), (date(2026, 12, 20), date(2026, 12, 20)), (date(2027, 2, 1), DEADLINE), (NOTICED, NOTICED)],
)
def test_the_clock_runs_again_when_documents_come_at_the_latest_at_the_deadline(
    completed_on: date | None, ended_on: date
) -> None:
    assert Suspension(NOTICED, DEADLINE, completed_on).ended_on == ended_on


def test_a_deadline_or_an_answer_before_the_notice_is_refused() -> None:
    with pytest.raises(ValueError, match="before its notice"):
        Suspension(DEADLINE, NOTICED)
    with pytest.raises(ValueError, match="not yet sent"):
        Suspension(NOTICED, DEADLINE, date(2026, 12, 4))
