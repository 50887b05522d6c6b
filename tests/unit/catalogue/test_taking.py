"""`takes` names questions and attributes that are there, and a workflow takes only what it gives back."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from grc.catalogue import loading, shelf
from grc.catalogue.definition import Takes
from grc.errors import Misconfigured

ROOM: dict[str, Any] = {"item": "room", "days": ["stay", "day"], "hours": "hours", "part_of": "part_of"}


def broken(**changes: Any) -> list[str]:
    """What is wrong with the hall's booking when its workflow, or its silence, is changed so."""
    source: dict[str, Any] = deepcopy(dict(shelf.entry("reservation-salle").source))
    if "silence" in changes:
        source["procedure"]["silence"][-1]["rule"] = changes["silence"]
    states = source["workflow"]["states"]
    states[changes.get("entry", "received")].setdefault("entry", []).extend(["book"] * ("entry" in changes))
    if "event" in changes:
        moved = states["in_progress"]["on"][changes["event"]]
        moved["actions"] = ["book", *moved["actions"]]
    try:
        loading.from_source(source)
    except Misconfigured as wrong:
        return [str(each).replace("\u00a0", " ") for each in wrong.faults]
    return []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ""),
        ({"entry": "received"}, ""),
        ({"entry": "confirmed"}, "« book » ne peut pas être dans « confirmed »"),
        ({"event": "withdraw"}, "« book » ne peut pas être dans « in_progress"),
        ({"silence": "acceptance"}, "le silence ne peut pas accepter"),
    ],
)
def test_only_agents_and_filing_take(changes: dict[str, str], told: str) -> None:
    faults = broken(**changes)
    assert any(told in each for each in faults) if told else faults == []


def faults_of(takes: dict[str, Any] | None, drop: str = "") -> list[str]:
    """What is wrong with the booking of a hall that takes that, without the actions of a type."""
    source: dict[str, Any] = deepcopy(dict(shelf.entry("reservation-salle").source))
    source["procedure"] = {**source["procedure"], "takes": takes}
    if takes is None:
        del source["procedure"]["takes"]
    workflow = source["workflow"]
    for name, action in list(workflow["actions"].items()):
        if action["type"] == drop:
            workflow["actions"][name] = {"type": "assign", "to": "nobody"}
    try:
        loading.from_source(source)
    except Misconfigured as wrong:
        return [str(each).replace("\u00a0", " ") for each in wrong.faults]
    return []


def test_the_hall_is_right() -> None:
    assert faults_of(ROOM) == []
    assert shelf.entry("reservation-salle").takes == Takes(
        "room", days=("stay", "day"), hours="hours", part_of="part_of"
    )
    assert not shelf.entry("reservation-salle").takes_at_once


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"item": "rom"}, "/takes/item : « rom » n’est pas un choix dans une liste"),
        ({"rows": "room"}, "/takes/rows : « room » n’est pas un groupe répété"),
        ({"days": ["purpose"]}, "/takes/days : « purpose » n’est pas une date"),
        ({"hours": "day"}, "/takes/hours : « day » n’est pas un intervalle d’heures"),
        ({"stock": "equipment"}, "/takes/stock : « equipment » n’est pas un attribut de la liste, de type « integer »"),
        ({"stock": "capacity", "quantity": "purpose"}, "/takes/quantity : « purpose » n’est pas un nombre entier"),
        (
            {"part_of": "capacity"},
            "/takes/part_of : « capacity » n’est pas un attribut de la liste, de type « string »",
        ),
        ({"items": "room"}, "items"),
        ({"quantity": "persons"}, "/takes/stock : sans « stock »"),
        ({"days": []}, "days"),
    ],
)
def test_what_is_not_there_is_named(changes: dict[str, Any], told: str) -> None:
    faults = faults_of({**ROOM, **changes})
    assert any(told in each for each in faults), faults


SLOTS = {
    "day": {"type": "string", "title": "Jour", "format": "date"},
    "start": {"type": "string", "title": "De", "format": "hour-minute"},
    "end": {"type": "string", "title": "À", "format": "hour-minute"},
    "hidden": {"type": "string", "title": "Caché", "format": "date", "x-internal": True},
    "places": {"type": "integer", "title": "Places"},
}
SLOT: dict[str, Any] = {
    "item": "room",
    "when": {"first": "day", "from": "start", "to": "end"},
    "stock": "places",
    "waiting": True,
}


def slot_faults(takes: dict[str, Any], **choices: Any) -> list[str]:
    """What is wrong with a procedure that lends things with days of their own."""
    source: dict[str, Any] = deepcopy(dict(shelf.entry("reservation-salle").source))
    source["procedure"] = {**source["procedure"], "takes": takes}
    room = source["schema"]["properties"]["room"]["x-choices"]
    room["attributes"] |= SLOTS
    room |= {**choices, "order": list(room["attributes"])}
    try:
        loading.from_source(source)
    except Misconfigured as wrong:
        return [str(each).replace("\u00a0", " ") for each in wrong.faults]
    return []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ""),
        ({"waiting": None}, ""),
        ({"days": ["day"]}, "/takes/when : ce qui a ses propres jours n’a ni « days »"),
        ({"days": ["day"]}, "/takes/waiting : une liste d’attente veut « stock »"),
        ({"stock": None}, "/takes/waiting : une liste d’attente veut « stock »"),
        ({"when": {"first": "places"}}, "« places » n’est pas un attribut de la liste, au format « date »"),
        ({"when": {"first": "day", "from": "day", "to": "end"}}, "au format « hour-minute »"),
        ({"when": {"first": "day", "from": "start"}}, "/takes/when"),
        ({"when": {"first": "day", "last": "day", "from": "start", "to": "end"}}, "des heures valent pour un seul"),
        ({"when": {"first": "hidden"}}, "« hidden » est interne"),
    ],
)
def test_things_with_days_of_their_own_say_them_by_their_attributes(changes: dict[str, Any], told: str) -> None:
    takes = {key: value for key, value in {**SLOT, **changes}.items() if value is not None}
    faults = slot_faults(takes)
    assert any(told in each for each in faults) if told else faults == []


def test_what_closes_by_itself_names_a_day() -> None:
    assert slot_faults(SLOT, until="day") == []
    (fault,) = slot_faults(SLOT, until="places")
    assert "x-choices/until : « places » n’est pas un attribut de la liste, au format « date »" in fault


def test_a_circuit_that_takes_gives_back_and_is_told_what() -> None:
    assert any("rien ne dit quoi" in each for each in faults_of(None))
    assert any("n’a pas d’action « release »" in each for each in faults_of(ROOM, drop="release"))
    assert any("n’a pas d’action « book »" in each for each in faults_of(ROOM, drop="book"))
