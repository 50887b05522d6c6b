"""Migration maps: every fault is named, and what a map changes is told."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from grc.conditions import Faults
from grc.errors import Misconfigured
from grc.workflow import migration, parsing
from grc.workflow.definition import Workflow

Json = Any


def state(phase: str, *, waiting: bool = False, **parts: Json) -> dict[str, Json]:
    return {"meta": {"label": phase.title(), "sentence": "S.", "phase": phase, "waiting": waiting}, **parts}


def way(target: str, label: str = "Aller", by: str = "handler") -> dict[str, Json]:
    return {"target": target, "meta": {"label": label, "by": [by]}}


CLOCK = {"label": "Récépissé", "from": "received", "period": 7, "unit": "day", "source": "R554-22"}
OLD: dict[str, Json] = {
    "id": "old",
    "initial": "received",
    "meta": {"label": "L", "clocks": {"answer": CLOCK}},
    "delays": {"a_week": "P7D"},
    "actions": {"tidy": {"type": "note", "text": "Rangé."}, "greet": {"type": "note", "text": "Vu."}},
    "states": {
        "received": state("received", on={"go": way("studied"), "withdraw": way("closed", "Retirer", "citizen")}),
        "studied": state(
            "examined", on={"ask": way("waiting"), "end": way("done")}, after={"a_week": "done"}, exit="tidy"
        ),
        "waiting": state("examined", waiting=True, on={"complete": way("studied", "Envoyer", "citizen")}),
        "done": state("decided"),
        "closed": state("closed"),
    },
}
NEW: dict[str, Json] = copy.deepcopy(OLD) | {"id": "new", "delays": {"a_month": "P1M"}}
NEW["states"]["read"] = {**NEW["states"].pop("studied"), "after": {"a_month": "done"}, "entry": "greet"}
del NEW["states"]["read"]["exit"]
NEW["states"]["received"]["on"] = {"go": way("read"), "shut": way("closed")}
NEW["states"]["waiting"]["on"] = {"complete": way("read", "Envoyer", "citizen")}
NEW["states"]["read"]["on"]["ask"] = way("waiting")
MAP = {"states": {"studied": "read"}, "events": {"after.a_week": "after.a_month"}}


def workflow(document: dict[str, Json], **parts: Json) -> Workflow:
    return parsing.parse({**document, **parts}, where="w.json")


def faults(document: dict[str, Json], old: Workflow | None = None, new: Workflow | None = None) -> str:
    found = Faults()
    migration.parse(document, old or workflow(OLD), new or workflow(NEW), where="m.json", faults=found)
    with pytest.raises(Misconfigured) as raised:
        found.raise_any()
    return str(raised.value).replace("\u00a0", " ").replace("\u202f", " ")


def read(document: dict[str, Json]) -> migration.MigrationMap:
    found = Faults()
    made = migration.parse(document, workflow(OLD), workflow(NEW), where="m.json", faults=found)
    found.raise_any()
    return made


def test_a_map_says_where_each_state_and_each_timer_goes() -> None:
    made = read(MAP)
    assert (made.state("studied"), made.state("received")) == ("read", "received")
    assert (made.event("after.a_week"), made.event("clock.answer")) == ("after.a_month", "clock.answer")
    assert read({**MAP, "events": {"after.a_week": None}}).event("after.a_week") is None
    renamed = migration.MigrationMap({}, {"clock.answer": "clock.reply", "clock.other": None})
    assert (renamed.event("warning.answer"), renamed.event("warning.other")) == ("warning.reply", None)
    assert (renamed.event("appointment.answer"), renamed.event("appointment.other")) == ("appointment.reply", None)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"events": {"after.a_week": None}}, "« studied » n’a pas de suite"),
        ({**MAP, "states": {"studied": "rea"}}, "Vouliez-vous dire « read » ?"),
        ({**MAP, "states": {**MAP["states"], "recieved": "received"}}, "Vouliez-vous dire « received » ?"),
        ({**MAP, "states": {"studied": "done"}}, "ne décide ni ne rouvre rien"),
        ({**MAP, "states": {**MAP["states"], "done": "read"}}, "ne décide ni ne rouvre rien"),
        ({**MAP, "states": {**MAP["states"], "waiting": "received"}}, "n’attendent pas tous deux l’usager"),
        ({**MAP, "states": {"studied": "waiting"}}, "n’attendent pas tous deux l’usager"),
        ({"states": MAP["states"]}, "« after.a_week » de « Examined » n’a pas de suite"),
        ({**MAP, "events": {**MAP["events"], "after.a_moon": None}}, "n’a pas le délai « after.a_moon »"),
        ({**MAP, "events": {**MAP["events"], "clock.answer": "clock.reply"}}, "« answer » n’a pas de suite"),
        ({**MAP, "state": {}}, "clé inconnue"),
    ],
)
def test_a_fault_of_a_map_is_named(document: dict[str, Json], message: str) -> None:
    assert message in faults(document)


def test_an_end_is_reached_only_by_its_workflow() -> None:
    final = copy.deepcopy(NEW)
    final["states"]["closed"]["type"] = "final"
    assert "que l’on n’atteint que par son circuit" in faults(MAP, new=workflow(final))


def test_an_appointment_is_not_lost() -> None:
    old, new = copy.deepcopy(OLD), copy.deepcopy(NEW)
    old["meta"]["clocks"]["answer"] = {"label": "Rappel", "from": "received", "to": "appointment"}
    for document, name in ((old, "studied"), (new, "read")):
        document["meta"]["appointment"] = [{"day": "answers.day", "start": "answers.hour"}]
        document["states"][name]["meta"]["appointed"] = True
    assert "« answer » court vers le rendez-vous dans un seul des deux circuits" in faults(
        MAP, workflow(old), workflow(new)
    )
    new["states"]["read"]["meta"]["appointed"] = False
    assert "ne montrerait plus le rendez-vous" in faults(MAP, workflow(old), workflow(new))


def test_what_a_map_leaves_out_is_told() -> None:
    made, old, new = read(MAP), workflow(OLD), workflow(NEW)
    assert migration.unheard(made, old, new, "received") == ("Retirer",)
    assert migration.unheard(made, old, new, "studied") == ()
    stopped = read({**MAP, "events": {"after.a_week": None}})
    assert migration.unheard(stopped, old, new, "studied") == ("après 7 jours",)
    assert [each.name for each in migration.unrun(made, old, new, "studied")] == ["tidy", "greet"]
    assert migration.unrun(made, old, new, "received") == ()
    assert migration.delays(new, "read") == {"after.a_month": "P1M"}
