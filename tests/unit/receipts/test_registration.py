"""The accusé d’enregistrement: the date of reception, and when the rest follows."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime

import pytest

from grc.deadlines.holidays import Place
from tests.support.notices import a_registration


@pytest.mark.law("R2")
def test_it_proves_the_date_and_announces_the_acknowledgement() -> None:
    receipt = a_registration(received_at=datetime(2027, 3, 25, 9, tzinfo=UTC))
    assert receipt.received_on == date(2027, 3, 25)
    assert receipt.acknowledgement_due_on == date(2027, 4, 9)
    there = a_registration(received_at=datetime(2027, 3, 25, 9, tzinfo=UTC), place=Place.ALSACE_MOSELLE_GOOD_FRIDAY)
    assert there.acknowledgement_due_on == date(2027, 4, 12)


@pytest.mark.law("R2")
def test_it_holds_nothing_that_could_be_read_as_an_acknowledgement() -> None:
    names = {field.name for field in dataclasses.fields(a_registration())}
    assert names.isdisjoint({"service", "silence", "appeals"})
