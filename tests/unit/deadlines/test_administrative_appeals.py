"""Recours gracieux and hiérarchique interrupt the time to go to court (L411-2), and silence rejects them (L411-7)."""

from __future__ import annotations

from datetime import date

import pytest

from grc.deadlines import parameters
from grc.deadlines.administrative_appeals import AdministrativeAppeal, appeal_after, interrupting, silence
from grc.deadlines.appeals import appeal_period
from grc.deadlines.holidays import Place

HERE = Place.METROPOLE
FIGURES = parameters.in_force(date(2026, 6, 1))
PERIOD = appeal_period(date(2026, 8, 31), 2, place=HERE)
"""From 31 August 2026: last day Monday 2 November 2026 (1 November is a Sunday)."""


def gracieux(lodged: str, rejected: str | None = None) -> AdministrativeAppeal:
    return AdministrativeAppeal(
        "gracieux", date.fromisoformat(lodged), date.fromisoformat(rejected) if rejected else None
    )


def hierarchique(lodged: str, rejected: str | None = None) -> AdministrativeAppeal:
    return AdministrativeAppeal(
        "hierarchique", date.fromisoformat(lodged), date.fromisoformat(rejected) if rejected else None
    )


@pytest.mark.law("R12")
@pytest.mark.parametrize(
    ("appeals", "last_on"),
    [
        ([], "2026-11-02"),
        ([gracieux("2026-10-15")], "2027-02-16"),  # silence rejects it on 15 December
        ([gracieux("2026-10-15", "2026-11-20")], "2027-01-21"),  # an express rejection comes first
        ([gracieux("2026-10-15", "2027-01-10")], "2027-03-11"),  # after silence, within the new period
        ([gracieux("2026-10-15", "2027-02-16")], "2027-04-19"),  # on its last day; 17 April is a Saturday
        ([gracieux("2026-10-15", "2027-02-17")], "2027-02-16"),  # after the new period: it only confirms
        ([gracieux("2026-11-02")], "2027-03-03"),  # the last day
        ([gracieux("2026-11-03")], "2026-11-02"),  # too late: nothing is interrupted
        ([gracieux("2026-09-10"), hierarchique("2026-10-15")], "2027-02-16"),  # both must be rejected
        ([hierarchique("2026-10-15"), gracieux("2026-09-10", "2026-09-20")], "2027-02-16"),
        ([gracieux("2026-09-10"), gracieux("2026-10-15")], "2027-01-11"),  # the second of a kind interrupts nothing
    ],
    ids=str,
)
def test_the_time_to_go_to_court_starts_again(appeals: list[AdministrativeAppeal], last_on: str) -> None:
    assert appeal_after(appeals, PERIOD, place=HERE, parameters=FIGURES).last_on.isoformat() == last_on


def test_an_appeal_lodged_before_the_decision_interrupts_nothing() -> None:
    assert interrupting([gracieux("2026-08-30")], PERIOD) == ()


@pytest.mark.law("R12")
def test_silence_rejects_an_appeal_after_two_months_not_moved() -> None:
    born = silence(date(2026, 12, 31), place=HERE, parameters=FIGURES)
    assert (born.on, born.shortened) == (date(2027, 2, 28), True)  # a Sunday


def test_a_new_period_names_the_interruption() -> None:
    again = appeal_after([gracieux("2026-10-15")], PERIOD, place=HERE, parameters=FIGURES)
    assert (again.started_on, again.articles[0]) == (date(2026, 12, 15), "CRPA art. L411-2")


def test_an_appeal_is_not_rejected_before_it_is_lodged() -> None:
    with pytest.raises(ValueError, match="before it is lodged"):
        gracieux("2026-10-15", "2026-10-14")
