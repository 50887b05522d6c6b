"""The worked dates of days: receipts due, holidays overseas, instants made legal days by the commune's own clocks."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from grc import clock
from grc.deadlines import acknowledgements, business_days, holidays, parameters
from grc.deadlines.holidays import Place

# Received, place, accusé d’enregistrement due, accusé de réception due.
RECEIPTS = [
    ("2026-12-23", Place.METROPOLE, "2026-12-24", "2027-01-08"),
    ("2027-03-25", Place.METROPOLE, "2027-03-26", "2027-04-09"),
    ("2027-03-25", Place.ALSACE_MOSELLE, "2027-03-26", "2027-04-09"),
    ("2027-03-25", Place.ALSACE_MOSELLE_GOOD_FRIDAY, "2027-03-30", "2027-04-12"),
    ("2027-04-30", Place.METROPOLE, "2027-05-03", "2027-05-18"),  # Ascension, Whit Monday; 8 May is a Saturday
    ("2025-12-24", Place.METROPOLE, "2025-12-26", "2026-01-09"),
    ("2025-12-24", Place.ALSACE_MOSELLE, "2025-12-29", "2026-01-12"),  # 26 December is a holiday there
]
# The day that recalls the abolition of slavery, place by place (C. trav. L3422-2).
ABOLITION = {
    Place.MAYOTTE: (4, 27),
    Place.MARTINIQUE: (5, 22),
    Place.GUADELOUPE: (5, 27),
    Place.SAINT_MARTIN: (5, 27),
    Place.GUYANE: (6, 10),
    Place.SAINT_BARTHELEMY: (10, 9),
    Place.LA_REUNION: (12, 20),
}
# Instant (UTC), zone, legal day there.
INSTANTS = [
    ("2026-11-30T23:30Z", "Europe/Paris", "2026-12-01"),
    ("2026-11-30T23:30Z", "America/Guadeloupe", "2026-11-30"),
    ("2026-11-30T23:30Z", "America/Martinique", "2026-11-30"),
    ("2026-11-30T23:30Z", "America/Cayenne", "2026-11-30"),
    ("2026-11-30T23:30Z", "Indian/Reunion", "2026-12-01"),
    ("2026-11-30T23:30Z", "Indian/Mayotte", "2026-12-01"),
    ("2026-12-01T03:30Z", "America/Guadeloupe", "2026-11-30"),  # UTC-4
    ("2026-12-01T04:00Z", "America/Guadeloupe", "2026-12-01"),
    ("2026-12-01T02:30Z", "America/Cayenne", "2026-11-30"),  # UTC-3
    ("2026-12-01T03:00Z", "America/Cayenne", "2026-12-01"),
    ("2026-11-30T20:00Z", "Indian/Reunion", "2026-12-01"),  # UTC+4
    ("2026-11-30T20:30Z", "Indian/Mayotte", "2026-11-30"),  # UTC+3
    ("2026-11-30T21:00Z", "Indian/Mayotte", "2026-12-01"),
    # The last Sunday of October 2026, 25 hours long in Paris, and that of March 2027, 23 hours long.
    ("2026-10-24T21:59Z", "Europe/Paris", "2026-10-24"),
    ("2026-10-24T22:00Z", "Europe/Paris", "2026-10-25"),
    ("2026-10-25T22:59Z", "Europe/Paris", "2026-10-25"),
    ("2026-10-25T23:00Z", "Europe/Paris", "2026-10-26"),
    ("2027-03-27T22:59Z", "Europe/Paris", "2027-03-27"),
    ("2027-03-27T23:00Z", "Europe/Paris", "2027-03-28"),
    ("2027-03-28T21:59Z", "Europe/Paris", "2027-03-28"),
    ("2027-03-28T22:00Z", "Europe/Paris", "2027-03-29"),
]


@pytest.mark.law("R2")
@pytest.mark.law("R3")
@pytest.mark.parametrize(("received", "place", "registration", "acknowledgement"), RECEIPTS, ids=str)
def test_receipts_are_due_on_the_worked_dates(
    received: str, place: Place, registration: str, acknowledgement: str
) -> None:
    day = date.fromisoformat(received)
    figures = parameters.in_force(day)
    enregistrement = acknowledgements.registration(day, place=place, parameters=figures)
    reception = acknowledgements.acknowledgement(day, place=place, parameters=figures)
    assert (enregistrement.on.isoformat(), reception.on.isoformat()) == (registration, acknowledgement)
    assert business_days.registration_due_on(day, place=place, parameters=figures) == enregistrement.on
    assert business_days.acknowledgement_due_on(day, place=place, parameters=figures) == reception.on


@pytest.mark.law("R3")
@pytest.mark.parametrize("year", range(2016, 2061, 4))
def test_each_territory_overseas_keeps_its_own_day_and_no_other(year: int) -> None:
    for place, (month, number) in ABOLITION.items():
        day = date(year, month, number)
        found = holidays.find(place, day)
        assert found is not None
        assert not business_days.is_business_day(day, place=place)
        kept = {one for one in ABOLITION if ABOLITION[one] == (month, number)}
        for other in set(Place) - kept:
            assert (holidays.find(other, day) is None) == (holidays.find(Place.METROPOLE, day) is None)


@pytest.mark.law("R11")
@pytest.mark.parametrize(("instant", "zone", "day"), INSTANTS, ids=str)
def test_an_instant_falls_on_the_legal_day_of_the_commune(instant: str, zone: str, day: str) -> None:
    assert clock.day_in(zone, datetime.fromisoformat(instant)).isoformat() == day
