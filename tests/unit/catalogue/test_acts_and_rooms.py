"""The acts of civil status and the booking of a room: what they ask, what they never ask, what they work out."""

from __future__ import annotations

import copy
import json
from datetime import date
from functools import cache
from typing import Any

import pytest

from grc.catalogue import loading
from grc.catalogue.definition import Procedure
from grc.forms import answers
from tests.unit.forms.world import CATALOGUE, TODAY

ACTS = ("acte-de-deces", "acte-de-mariage", "acte-de-naissance")


@cache
def procedures() -> dict[str, Procedure]:
    return {each.slug: each for each in loading.load_folder(CATALOGUE)}


def booking(**changed: Any) -> dict[str, Any]:
    """A family's two days, worked out; some answers changed, None for absent."""
    path = CATALOGUE / "reservation-salle" / "examples" / "passes-family-two-days.json"
    told = {**copy.deepcopy(json.loads(path.read_text(encoding="utf-8"))["answers"]), **changed}
    form = procedures()["reservation-salle"].form
    return answers.prune(form, {name: value for name, value in told.items() if value is not None}, as_of=TODAY)


def organisation(kind: str) -> dict[str, Any]:
    return {"for_whom": "organisation", "organisation": {"kind": kind, "name": "Les Exemples"}}


@pytest.mark.law("R33")
def test_an_act_of_death_asks_neither_link_nor_reason_nor_piece() -> None:
    form = procedures()["acte-de-deces"].form
    assert not [field.name for field in form.fields if field.role == "quality"]
    assert not [field.name for field in form.fields if field.kind == "file"]
    assert procedures()["acte-de-deces"].pieces == ()
    desk = next(choice for choice in form.field("delivery").choices if choice.value == "desk")
    assert "identité" not in desk.hint


@pytest.mark.law("R33")
@pytest.mark.parametrize("slug", ACTS)
def test_requests_of_civil_status_are_kept_one_year_and_are_free(slug: str) -> None:
    procedure = procedures()[slug]
    assert (procedure.retention.months, procedure.price) == (12, "Gratuit")
    assert [choice.value for choice in procedure.form.field("delivery").choices] == ["post", "desk"]


@pytest.mark.law("R6")
@pytest.mark.parametrize(
    ("changed", "source", "uncertain"),
    [
        (organisation("association"), "2015-1459", False),
        (organisation("company"), "2016-625", True),
        ({}, "2016-625", True),
    ],
)
def test_silence_on_a_room_depends_on_who_asks(changed: dict[str, Any], source: str, uncertain: bool) -> None:
    item = procedures()["reservation-salle"].silence_for(booking(**changed))
    assert (item.rule, item.period, item.unit, item.uncertain) == ("rejection", 2, "month", uncertain)
    assert source in item.source


@pytest.mark.parametrize(
    ("changed", "days", "cents"),
    [
        ({}, 2, 36100),
        ({"local": False}, 2, 72000),
        (organisation("association"), 2, 0),
        ({**organisation("association"), "local": False}, 2, 72000),
        (organisation("company"), 2, 36100),
        ({"stay": {"start": "2027-06-05", "end": "2027-06-05"}}, 1, 18050),
        ({"duration": "hours", "day": "2027-06-05", "hours": {"start": "14:00", "end": "18:00"}}, 1, 18050),
        ({"room": {"id": "x", "label": "Sans prix", "capacity": 200}}, 2, None),
        ({"local": None}, 2, None),
    ],
)
def test_the_estimate_is_exact(changed: dict[str, Any], days: int, cents: int | None) -> None:
    kept = booking(**changed)
    assert (kept["days"], kept.get("estimate")) == (days, cents)


@pytest.mark.law("R19")
def test_a_room_asks_no_proof_of_home_no_identity_card_and_no_deposit() -> None:
    procedure = procedures()["reservation-salle"]
    assert [piece.field for piece in procedure.pieces] == ["insurance", "statutes"]
    assert not procedure.form.field("insurance").required
    assert not any(piece.indispensable for piece in procedure.pieces)
    assert not [field.name for field in procedure.form.fields if field.kind == "iban"]


def test_the_notice_is_a_fortnight_to_the_day() -> None:
    form = procedures()["reservation-salle"].form
    for day, codes in (("2026-12-15", []), ("2026-12-14", ["x-checks"])):
        told = booking(stay={"start": day, "end": day})
        found = answers.check(form, told, as_of=date(2026, 11, 30))
        assert [problem.code for problem in found if problem.field == "stay"] == codes
