"""What a workflow says of an appointment: what is not there, or is no date or hour, is named with its remedy."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from grc.catalogue import appointments, circuits, loading, reading
from grc.conditions import Faults
from grc.forms.definition import Form
from grc.workflow import parsing, words
from grc.workflow.definition import AppointmentPaths
from tests.support import appointed, invented

MESSAGES = frozenset({"state_changed", "reminder"})
CLOCK, PATHS = "meta/clocks/reminder", "meta/appointment/0"
SLOT: dict[str, Any] = {
    "type": "object",
    "title": "Quel créneau ?",
    "x-choices": {
        "source": "slots",
        "attributes": {
            "day": {"type": "string", "format": "date", "title": "Jour"},
            "start": {"type": "string", "format": "hour-minute", "title": "De"},
            "room": {"type": "string", "title": "Salle"},
            "desk": {"type": "string", "title": "Bureau", "x-internal": True},
        },
    },
}


@pytest.fixture(scope="module")
def form() -> Form:
    """The invented form, asking for a slot of a list too."""
    schema, ui = deepcopy(invented.SCHEMA), deepcopy(invented.UI)
    schema["properties"]["slot"] = SLOT
    ui["elements"][0]["elements"].append({"type": "Control", "scope": "#/properties/slot"})
    return loading.from_document(invented.document(schema=schema, ui=ui)).form


def changed(path: str, value: Any) -> dict[str, Any]:
    document: Any = deepcopy(appointed.WORKFLOW)
    *steps, last = path.split("/")
    node = document
    for step in steps:
        node = node[int(step)] if isinstance(node, list) else node[step]
    if value is ...:
        del node[last]
    else:
        node[last] = value
    return dict(document)


def faults_of(workflow: dict[str, Any], form: Form) -> list[str]:
    faults = Faults()
    forms = circuits.agent_forms(workflow, "banc", faults)
    known = circuits.names(workflow, form, forms)
    read = parsing.read(workflow, where="banc/workflow.json", messages=MESSAGES, names=known, faults=faults)
    appointments.check(read, form, forms, "banc/workflow.json", faults)
    return [
        f"{one.where} {one.message} {one.suggestion}".replace("\u00a0", " ").replace("\u202f", " ") for one in faults
    ]


def test_the_workflow_with_an_appointment_is_right(form: Form) -> None:
    document = deepcopy(appointed.WORKFLOW)
    document["meta"]["appointment"] += [
        {"day": "answers.slot.day", "start": "answers.slot.start", "place": "answers.slot.room"},
        {"day": "agent.proposal.day", "start": "answers.slot.start", "place": "answers.person.address"},
        {"day": "agent.proposal.day", "start": "answers.slot.start", "place": "answers.slot"},
    ]
    assert faults_of(document, form) == []
    faults = Faults()
    reading.check(document, "workflow", "w.json", faults)
    assert list(faults) == []
    read = parsing.parse(document, where="w.json", messages=MESSAGES)
    assert read.appointment[0] == AppointmentPaths(**appointed.PATHS)
    assert (read.state("fixed").appointed, read.state("received").appointed) == (True, False)
    clock = read.clocks["reminder"]
    assert (clock.to, clock.before, clock.source) == ("appointment", "P2D", "")
    assert words.clock(read, clock) == "2 jours avant le rendez-vous"


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (f"{PATHS}/day", "agent.proposal.dy", "aucune question ne s’appelle « agent.proposal.dy »"),
        (f"{PATHS}/day", "agent.visit.day", "aucune question ne s’appelle"),
        (f"{PATHS}/day", "answers.slot.desk", "aucune question ne s’appelle"),
        (f"{PATHS}/day", "answers.slot.what", "aucune question ne s’appelle"),
        (f"{PATHS}/day", "agent.proposal.start", "ne demande pas une date"),
        (f"{PATHS}/day", "answers.slot", "ne demande pas une date"),
        (f"{PATHS}/start", "answers.slot.day", "ne demande pas une heure"),
        (f"{PATHS}/end", "answers.subject", "ne demande pas une heure"),
        (f"{PATHS}/place", "answers.slot.day", "ne demande pas un texte"),
        (f"{PATHS}/place", "agent.proposal.day", "ne demande pas un texte"),
        (f"{PATHS}/day", "variables.day", "ne nomme pas de réponse"),
        (f"{PATHS}/day", 3, "ne nomme pas de réponse"),
        (f"{PATHS}/day", ..., "il manque « day » au rendez-vous"),
        ("meta/appointment", ..., "montre un rendez-vous que rien ne donne"),
        ("meta/appointment", ..., "« reminder » court vers un rendez-vous que rien ne donne"),
        ("states/fixed/meta/appointed", False, "aucun état ne montre ce rendez-vous"),
        ("states/fixed/meta/appointed", False, "« fixed », où le rappel part, ne montre pas"),
        ("states/fixed/on/call_off/actions", ["remind"], "n’a pas de quoi écrire le message « reminder »"),
        (f"{CLOCK}/period", 2, "n’a pas de « period »"),
        (f"{CLOCK}/unit", "day", "n’a pas de « unit »"),
        (f"{CLOCK}/warn", "P1D", "n’a pas de « warn »"),
        (f"{CLOCK}/after", "other", "n’a pas de « after »"),
        ("meta/clocks/" + "r" * 41, {**appointed.REMINDER}, "ce nom est trop long. 40 caractères au plus."),
        (f"{CLOCK}/before", "2 jours", "n’est pas une durée"),
        (f"{CLOCK}/before", "PT0M", "n’est pas une durée"),
        (f"{CLOCK}/to", "apointment", "Vouliez-vous dire « appointment » ?"),
        (f"{CLOCK}/to", ..., "« before » va avec « to »"),
        (f"{CLOCK}/stops", ["cal_off"], "Vouliez-vous dire « call_off » ?"),
        (
            "meta/clocks/later",
            {"label": "L", "from": "received", "after": "reminder"},
            "« reminder » n’est pas un délai",
        ),
    ],
)
def test_a_fault_is_named(form: Form, path: str, value: Any, told: str) -> None:
    faults = faults_of(changed(path, value), form)
    assert any(told in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (f"{CLOCK}/period", 2, "« period » n’existe pas ici"),
        (f"{CLOCK}/to", ..., "il manque « period »"),
        (f"{PATHS}/start", ..., "il manque « start »"),
        (f"{PATHS}/day", "variables.day", "n’a pas la forme attendue"),
        ("states/fixed/meta/appointed", "yes", "n’est pas du bon type"),
    ],
)
def test_the_schema_of_the_file_says_the_same(path: str, value: Any, told: str) -> None:
    faults = Faults()
    reading.check(changed(path, value), "workflow", "w.json", faults)
    assert any(told in str(each).replace("\u00a0", " ") for each in faults), list(faults)
