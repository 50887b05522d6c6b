"""Every fault of a workflow, named with its place and its remedy; what its root declares."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grc import resources
from grc.errors import Misconfigured
from grc.workflow import engine, parsing, structure
from tests.unit.workflow.documents import (
    CIVIL_STATUS,
    DOCUMENT,
    MESSAGES,
    a_moving_workflow,
    a_workflow,
    changed,
    faults,
)

NONSENSE = st.sampled_from(["null", "true", "3", '"x"', "[]", "{}", "[[]]", '{"type": []}', '["a"]']).map(json.loads)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("initial", "recieved", "Vouliez-vous dire « received » ?"),
        ("states", {}, "il manque les états"),
        ("states/received/on/take_charge/target", "in_progres", "Vouliez-vous dire « in_progress » ?"),
        ("states/received/on/take_charge/actions", ["tell_taken_charg"], "Vouliez-vous dire « tell_taken_charge » ?"),
        ("states/received/on/take_charge/guard", "complete", "n’est pas dans « guards »"),
        ("states/received/on/take_charge/meta/by", ["handlr"], "Vouliez-vous dire « handler » ?"),
        ("states/received/on/take_charge/meta/by", ..., "il manque qui peut le faire"),
        ("states/received/on/take_charge/meta/label", ..., "il manque le libellé du bouton"),
        (
            "states/received/on/take_charge",
            [{"target": "refused"}, {"target": "accepted"}],
            "l’identifiant de cette transition",
        ),
        ("states/received/on/TakeCharge", "in_progress", "minuscules sans accent"),
        ("states/received/meta/phase", "examind", "Vouliez-vous dire « examined » ?"),
        ("states/received/meta/sentence", " ", "il manque « sentence »"),
        ("states/received/after", {"soon": "refused"}, "délai inconnu"),
        ("states/Lost", {"meta": {"label": "L", "sentence": "S.", "phase": "closed"}}, "minuscules sans accent"),
        ("states/lost", {"meta": {"label": "L", "sentence": "S.", "phase": "closed"}}, "aucun chemin ne mène"),
        ("states/in_progress/on", {}, "rien ne sort de l’état « in_progress »"),
        ("states/in_progress/type", "final", "a des transitions"),
        ("states/accepted/meta/waiting", True, "attend l’usager alors que la demande est décidée"),
        ("states/accepted/meta/ongoing", True, "dure sans être décidé, ou sans fin"),
        ("states/in_progress/meta/ongoing", True, "dure sans être décidé, ou sans fin"),
        ("delays/soon", "15 jours", "n’est pas une durée"),
        ("guards/late", "channl == 'desk'", "Vouliez-vous dire « channel » ?"),
        ("on/stop", {"target": "refused", "meta": {"label": "S", "by": ["system"]}}, "s’écrit « .refused »"),
        ("actions/tell_accepted/type", "mial", "Vouliez-vous dire « mail » ?"),
        ("actions/tell_accepted/message", "acepted", "Vouliez-vous dire « accepted » ?"),
        ("actions/tell_accepted/message", ..., "il manque « message »"),
        ("actions/tell_accepted/too", "x", "n’a pas de « too »"),
        ("actions/decide_accepted/outcome", "maybe", "valeur inconnue"),
    ],
)
def test_a_fault_is_named(path: str, value: Any, message: str) -> None:
    assert message in faults(changed(path, value))


def test_every_fault_is_told_at_once() -> None:
    document = changed("initial", "recieved")
    document = changed("states/received/on/take_charge/target", "nowhere", document)
    document = changed("actions/tell_refused/message", "refusd", document)
    found = faults(document)
    assert found.count("w.json#") >= 3


def test_unguarded_circles_are_named() -> None:
    document = a_workflow()
    document["states"]["a"]["always"] = "b"
    document["states"]["b"]["always"] = "a"
    assert "tourne en rond : a → b → a" in faults(document)
    assert structure.reachable(CIVIL_STATUS) == set(CIVIL_STATUS.states)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_nonsense_gives_faults_and_nothing_worse(data: st.DataObject) -> None:
    document = copy.deepcopy(DOCUMENT)
    for _ in range(data.draw(st.integers(1, 3))):
        node: Any = document
        while isinstance(node, dict | list) and node:
            key = data.draw(st.sampled_from(list(node) if isinstance(node, dict) else list(range(len(node)))))
            if isinstance(node[key], dict | list) and data.draw(st.integers(0, 3)):
                node = node[key]
                continue
            node[key] = data.draw(NONSENSE)
            break
    try:
        parsing.parse(document, where="w.json", messages=MESSAGES)
    except Misconfigured as error:
        assert error.faults


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"actions": []}, "« asks » sert à un agent qui écrit à l’usager"),
        ({"meta": {"label": "Planifier", "by": ["citizen"], "asks": "text"}}, "« asks » sert à un agent"),
        ({"actions": ["decide"]}, "« decision » ne vont pas ensemble"),
        ({"actions": ["ask"]}, "« request_documents » va avec l’événement du même nom"),
        ({"actions": ["accepted"]}, "« plan » n’a pas de quoi écrire le message « accepted »"),
        ({"actions": ["service"]}, "le service ne reçoit que le message « state_changed »"),
    ],
)
def test_an_event_does_only_what_its_command_notifies(changes: dict[str, Any], message: str) -> None:
    document = a_moving_workflow(asks="text")
    document["actions"] |= {
        "decide": {"type": "decision", "outcome": "accepted"},
        "ask": {"type": "request_documents"},
        "accepted": {"type": "mail", "to": "citizen", "message": "accepted"},
    }
    if "service" in changes.get("actions", []):
        document["actions"]["service"] = {"type": "mail", "to": "service", "message": "withdrawn"}
    document["states"]["a"]["on"]["plan"].update(changes)
    assert message in faults(document)


SHARED = sorted((resources.folder("form_catalogue") / "workflows").glob("*.json"))


@pytest.mark.parametrize("path", SHARED, ids=lambda path: path.stem)
def test_the_shared_workflows_have_no_fault(path: Path) -> None:
    document = {key: value for key, value in json.loads(path.read_text("utf-8")).items() if key != "$schema"}
    workflow = parsing.parse(
        document, where=path.name, names={"answers.kind", *parsing.CONTEXT_NAMES}, messages=MESSAGES
    )
    assert workflow.id == path.stem
    assert workflow.decides is (path.stem not in ("report", "works-answer"))


CLOCK = {"label": "Récépissé", "from": "received", "period": 7, "unit": "day_without_holidays", "source": "R554-22"}
FORM = {"schema": {"type": "object"}, "ui": {"type": "Categorization"}}


def with_extras(**parts: Any) -> dict[str, Any]:
    """The workflow of `a_workflow` with a clock, a form asked on the way, and what comes from outside at the root."""
    document = a_workflow(
        meta={
            "label": "Essai",
            "clocks": {"answer": {**CLOCK, "warn": "P2D", "stops": ["go"]}},
            "forms": {"visit": FORM},
        },
        on={
            event: {"target": ".b", "meta": {"by": ["system"]}}
            for event in ("clock.answer", "clock.silence", "signal.payment")
        },
    )
    document["states"]["a"]["on"]["go"]["meta"]["form"] = "visit"
    for path, value in parts.items():
        document = changed(path.replace("__", "/"), value, document)
    return document


def test_clocks_and_forms_are_read() -> None:
    workflow = parsing.parse(with_extras(), where="w.json", messages=MESSAGES)
    clock = workflow.clocks["answer"]
    assert (clock.start, clock.period, clock.unit, clock.warn, clock.stops) == (
        "received",
        7,
        "day_without_holidays",
        "P2D",
        ("go",),
    )
    assert (clock.label, clock.source) == ("Récépissé", "R554-22")
    assert workflow.forms["visit"].schema == FORM["schema"]
    assert workflow.state("a").transitions[0].form == "visit"
    assert workflow.events == {"go", "clock.answer", "clock.silence", "signal.payment"}
    assert engine.step(workflow, "a", "clock.answer", functions=frozenset({"system"}), context={}).state == "b"


def test_a_clock_has_the_length_that_a_parameter_wrote() -> None:
    document = with_extras(meta__clocks__answer__period="12")
    assert parsing.parse(document, where="w.json", messages=MESSAGES).clocks["answer"].period == 12


def test_a_clock_runs_when_its_guard_holds() -> None:
    document = with_extras(guards={"urgent": "channel == 'desk'"}, meta__clocks__answer__guard="urgent")
    workflow = parsing.parse(document, where="w.json", messages=MESSAGES, names={"channel"})
    assert workflow.runs(workflow.clocks["answer"], {"channel": "desk"})
    assert not workflow.runs(workflow.clocks["answer"], {"channel": "online"})
    plain = parsing.parse(with_extras(), where="w.json", messages=MESSAGES)
    assert plain.runs(plain.clocks["answer"], {})


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("meta/clocks/answer/guard", "early", "n’est pas dans « guards »"),
        ("meta/clocks/answer/from", "goo", "Vouliez-vous dire « go » ?"),
        ("meta/clocks/answer/after", "answer", "n’est pas un délai qui court de la réception"),
        ("meta/clocks/answer/period", 0, "de 1 à 3660"),
        ("meta/clocks/answer/period", True, "n’est pas une durée"),
        ("meta/clocks/answer/period", "0", "de 1 à 3660"),
        ("meta/clocks/answer/period", "oui", "n’est pas une durée"),
        ("meta/clocks/answer/unit", "days", "Vouliez-vous dire « day » ?"),
        ("meta/clocks/answer/source", " ", "il manque « source »"),
        ("meta/clocks/answer/warn", "2 jours", "n’est pas une durée"),
        ("meta/clocks/answer/stops", ["answered"], "aucune transition n’attend"),
        ("meta/clocks/silence", CLOCK, "est un délai de la loi"),
        ("meta/clocks/Answer", CLOCK, "minuscules sans accent"),
        ("meta/forms/visit/ui", ..., "il manque « ui »"),
        ("meta/forms", {}, "formulaire inconnu : « visit »"),
        ("states/a/on/go/meta/by", ["citizen"], "un formulaire se remplit par un agent"),
        ("states/a/on/choose", {"target": "b", "meta": {"by": ["citizen"]}}, "choisir ce qui n’a pas de nom"),
        ("on/clock.answr", {"meta": {"by": ["system"]}}, "Vouliez-vous dire « answer » ?"),
        ("on/call.tax.done", {"meta": {"by": ["system"]}}, "aucune action n’a pour suite"),
        ("on/signal.payment/meta", {"label": "Payer", "by": ["citizen"]}, "n’arrive que par le système"),
        ("on/after.a_week", {"meta": {"by": ["system"]}}, "est réservé"),
        ("always", {"target": ".b"}, "n’a pas sa place à la racine"),
        ("states/a/always", {"guard": "late"}, "doit mener à un autre état"),
        ("states/a/always", "a", "doit mener à un autre état"),
        ("states/a/always", None, "n’est pas une transition"),
        ("states/a/on/go", None, "n’est pas une transition"),
        ("states/a.b", {}, "minuscules sans accent"),
        ("guards/xstate.done", "1 == 1", "minuscules sans accent"),
        ("delays/1000", "P1D", "minuscules sans accent"),
        ("states/b/exit", ["note"], "rien ne sort de l’état final"),
        (
            "states/a/on/go",
            [{"target": "b", "meta": {"id": "x", "by": ["system"]}}, {"meta": {"id": "y", "by": ["system"]}}],
            "ne sert jamais",
        ),
        (
            "states/a/on/go",
            [{"target": "b", "meta": {"id": "x", "by": ["system"]}}, {"meta": {"id": "x", "by": ["system"]}}],
            "deux transitions ont cet identifiant",
        ),
    ],
)
def test_a_fault_of_what_the_root_says_or_of_xstate_is_named(path: str, value: Any, message: str) -> None:
    document = with_extras(actions={"note": {"type": "assign", "to": "actor"}}, guards__late="1 == 1")
    document["states"]["b"]["type"] = "final"
    assert message in faults(changed(path, value, document))
