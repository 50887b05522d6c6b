"""The registered electronic letter (R112-20) and the letter to the third party of the registry (CASF R121-2)."""

from __future__ import annotations

from datetime import date

import pytest

from grc.deadlines import letters, parameters
from grc.deadlines.holidays import Place
from grc.deadlines.letters import RegisteredLetter

HERE = Place.METROPOLE
FIGURES = parameters.in_force(date(2026, 6, 1))
AVAILABLE = date(2026, 12, 20)
"""The fifteenth day is 4 January 2027."""


@pytest.mark.law("R31")
@pytest.mark.parametrize(
    ("consulted", "as_of", "notified"),
    [
        ("2026-12-20", "2026-12-20", "2026-12-20"),
        ("2027-01-04", "2027-01-10", "2027-01-04"),  # the fifteenth day
        ("2027-01-05", "2027-01-10", "2026-12-20"),  # too late: the day it was made available
        (None, "2027-01-04", None),  # nobody knows yet
        ("2027-01-04", "2027-01-03", None),  # nor before it is consulted
        (None, "2027-01-05", "2026-12-20"),
    ],
)
def test_a_registered_letter_is_notified_when_consulted_within_fifteen_days(
    consulted: str | None, as_of: str, notified: str | None
) -> None:
    letter = RegisteredLetter(AVAILABLE, date.fromisoformat(consulted) if consulted else None)
    found = letters.notified_on(letter, as_of=date.fromisoformat(as_of), place=HERE, parameters=FIGURES)
    assert (found.isoformat() if found else None) == notified


@pytest.mark.law("R31")
def test_the_fifteen_days_are_all_counted() -> None:
    limit = letters.consultation_limit(RegisteredLetter(AVAILABLE), place=HERE, parameters=FIGURES)
    assert (limit.on, limit.skipped) == (date(2027, 1, 4), ())


def test_nobody_reads_a_letter_before_it_is_there() -> None:
    with pytest.raises(ValueError, match="before it is made available"):
        RegisteredLetter(AVAILABLE, date(2026, 12, 19))


@pytest.mark.law("R38")
def test_a_third_party_is_answered_within_eight_days() -> None:
    found = letters.third_party(date(2026, 12, 20), place=HERE, parameters=FIGURES)
    assert (found.on, found.articles) == (date(2026, 12, 28), ("CASF art. R121-2 et suivants",))
