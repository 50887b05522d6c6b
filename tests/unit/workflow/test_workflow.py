"""Workflows: the civil-status one walked whole, the engine's order, and every fault with its suggestion."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from grc import resources
from grc.errors import Misconfigured, TransitionRefused
from grc.workflow import diagram, engine, parsing, structure
from grc.workflow.definition import Workflow

DOCUMENT: dict[str, Any] = json.loads(
    (resources.folder("form_catalogue") / "workflows" / "civil-status.json").read_text(encoding="utf-8")
)
MESSAGES = {
    "taken_charge",
    "documents_requested",
    "documents_received",
    "accepted",
    "refused",
    "withdrawn",
    "state_changed",
}
CIVIL_STATUS = parsing.parse(DOCUMENT, where="workflows/civil-status.json", messages=MESSAGES)
HANDLER, CITIZEN, NOBODY = frozenset({"handler"}), frozenset({"citizen"}), frozenset[str]()


def a_workflow(**parts: Any) -> dict[str, Any]:
    """Two states and a way between them, with these parts put in."""
    state = {"meta": {"label": "L", "sentence": "S.", "phase": "received"}}
    go = {"target": "b", "meta": {"label": "Aller", "by": ["handler"]}}
    return {
        "id": "test",
        "initial": "a",
        "states": {"a": {**state, "on": {"go": go}}, "b": {"meta": {**state["meta"], "phase": "decided"}}},
        **parts,
    }


def changed(path: str, value: Any, document: Mapping[str, Any] = DOCUMENT) -> dict[str, Any]:
    result = copy.deepcopy(dict(document))
    node = result
    *holders, last = path.split("/")
    for step in holders:
        node = node.setdefault(step, {})
    if value is ...:
        del node[last]
    else:
        node[last] = value
    return result


def faults(document: Mapping[str, Any]) -> str:
    with pytest.raises(Misconfigured) as raised:
        parsing.parse(document, where="w.json", messages=MESSAGES)
    return str(raised.value).replace("\u00a0", " ").replace("\u202f", " ")


def read(document: Mapping[str, Any], names: set[str] | None = None) -> Workflow:
    return parsing.parse(document, where="w.json", names=names or set())


def events(state: str, functions: frozenset[str]) -> list[str]:
    return [each.event for each in engine.open_to(CIVIL_STATUS, state, functions=functions, context={})]


@pytest.mark.parametrize(
    ("state", "functions", "expected"),
    [
        ("received", HANDLER, ["take_charge"]),
        ("received", CITIZEN, ["withdraw"]),
        ("received", NOBODY, []),
        ("in_progress", HANDLER, ["request_documents", "accept", "refuse"]),
        ("in_progress", CITIZEN, ["withdraw"]),
        ("waiting_for_documents", CITIZEN, ["complete", "withdraw"]),
        ("waiting_for_documents", HANDLER, ["accept", "refuse"]),
        ("accepted", HANDLER | CITIZEN, []),
        ("refused", HANDLER | CITIZEN, []),
        ("withdrawn", HANDLER | CITIZEN, []),
        ("no_such_state", HANDLER, []),
    ],
)
def test_who_may_do_what_in_which_state(state: str, functions: frozenset[str], expected: list[str]) -> None:
    assert events(state, functions) == expected


def test_a_request_goes_from_received_to_accepted() -> None:
    step = engine.initial(CIVIL_STATUS)
    assert (step.state, step.actions, step.transition) == ("received", (), None)
    step = engine.step(CIVIL_STATUS, "received", "take_charge", functions=HANDLER, context={})
    assert step.state == "in_progress"
    assert [(each.type, dict(each.params)) for each in step.actions] == [
        ("assign", {"to": "actor"}),
        ("mail", {"to": "citizen", "message": "taken_charge"}),
    ]
    step = engine.step(CIVIL_STATUS, "in_progress", "request_documents", functions=HANDLER, context={})
    assert step.state == "waiting_for_documents"
    assert [each.type for each in step.actions] == ["request_documents", "mail"]
    step = engine.step(CIVIL_STATUS, "waiting_for_documents", "complete", functions=CITIZEN, context={})
    assert step.state == "in_progress"
    step = engine.step(CIVIL_STATUS, "in_progress", "accept", functions=HANDLER, context={})
    assert step.state == "accepted"
    assert step.actions[0].params == {"outcome": "accepted"}
    assert step.transition is not None
    assert step.transition.confirm


@pytest.mark.parametrize(
    ("state", "event", "functions", "message"),
    [
        ("received", "accept", HANDLER, "n’est pas possible"),
        ("received", "take_charge", CITIZEN, "vos fonctions"),
        ("accepted", "refuse", HANDLER, "n’est pas possible"),
        ("gone", "accept", HANDLER, "ne connaît plus"),
        ("received", "", HANDLER, "n’est pas possible"),
    ],
)
def test_what_is_refused_says_why(state: str, event: str, functions: frozenset[str], message: str) -> None:
    with pytest.raises(TransitionRefused) as raised:
        engine.step(CIVIL_STATUS, state, event, functions=functions, context={})
    assert message in raised.value.message


def test_states_say_what_citizens_and_agents_read() -> None:
    assert list(CIVIL_STATUS.states) == [
        "received",
        "in_progress",
        "waiting_for_documents",
        "accepted",
        "refused",
        "withdrawn",
    ]
    assert not any(state.final for state in CIVIL_STATUS.states.values())
    assert [name for name, state in CIVIL_STATUS.states.items() if state.waiting] == ["waiting_for_documents"]
    for state in CIVIL_STATUS.states.values():
        assert all(len(part.split()) < 20 for part in state.citizen_sentence.split(". "))
    assert CIVIL_STATUS.messages == MESSAGES - {"state_changed"}
    assert CIVIL_STATUS.state("accepted").phase == "decided"
    assert len({each.id for each in CIVIL_STATUS.transitions}) == len(CIVIL_STATUS.transitions)


def test_the_diagram_names_every_state_and_event() -> None:
    text = diagram.as_text(CIVIL_STATUS)
    for name in [*CIVIL_STATUS.states, *{each.event for each in CIVIL_STATUS.transitions}]:
        assert name in text
    assert "waiting_for_documents — En attente de documents (attend l’usager)" in text


class AnyoneDoesAnything(RuleBasedStateMachine):
    """Whatever is tried, the state is a known one, and only what is open is done."""

    def __init__(self) -> None:
        super().__init__()
        self.state = engine.initial(CIVIL_STATUS).state

    @rule(
        event=st.sampled_from([*sorted({each.event for each in CIVIL_STATUS.transitions}), "sing"]),
        functions=st.frozensets(st.sampled_from(["handler", "citizen", "system", "stranger"])),
    )
    def attempt(self, event: str, functions: frozenset[str]) -> None:
        is_open = event in events(self.state, functions)
        try:
            step = engine.step(CIVIL_STATUS, self.state, event, functions=functions, context={})
        except TransitionRefused:
            assert not is_open
        else:
            assert is_open
            self.state = step.state

    @invariant()
    def state_is_known(self) -> None:
        assert self.state in CIVIL_STATUS.states


TestAnyoneDoesAnything = AnyoneDoesAnything.TestCase
TestAnyoneDoesAnything.settings = settings(max_examples=30, stateful_step_count=15, deadline=None)


def test_actions_follow_in_the_order_of_xstate() -> None:
    document = a_workflow(
        actions={name: {"type": "mail", "to": "citizen", "message": name} for name in ("out", "on_way", "in", "also")}
    )
    document["states"]["a"]["exit"] = ["out"]
    document["states"]["a"]["on"]["go"]["actions"] = ["on_way"]
    document["states"]["b"].update(entry="in", always={"target": "c"})
    document["states"]["c"] = {
        "type": "final",
        "entry": ["also"],
        "meta": {"label": "C", "sentence": "S.", "phase": "closed"},
    }
    workflow = read(document)
    step = engine.step(workflow, "a", "go", functions=HANDLER, context={})
    assert step.state == "c"
    assert [each.name for each in step.actions] == ["out", "on_way", "in", "also"]
    assert len(workflow.actions) == 4
    assert engine.open_to(workflow, "c", functions=HANDLER, context={}) == ()
    text = diagram.as_text(workflow)
    assert "à l’entrée\u00a0: in" in text.replace(" :", "\u00a0:")
    assert "(final)" in text


def test_guards_choose_and_absence_closes() -> None:
    document = a_workflow(guards={"at_desk": "channel == 'desk'", "late": "days > 3"})
    meta = {"label": "Aller", "by": ["handler"]}
    document["states"]["a"]["on"]["go"] = [
        {"target": "b", "guard": "at_desk", "meta": {**meta, "id": "at_desk"}},
        {"guard": "late", "meta": {**meta, "id": "late"}},
    ]
    workflow = read(document, {"channel", "days"})
    assert engine.step(workflow, "a", "go", functions=HANDLER, context={"channel": "desk"}).state == "b"
    stayed = engine.step(workflow, "a", "go", functions=HANDLER, context={"days": 4})
    assert (stayed.state, stayed.transition and stayed.transition.id) == ("a", "late")
    with pytest.raises(TransitionRefused):
        engine.step(workflow, "a", "go", functions=HANDLER, context={})
    assert engine.open_to(workflow, "a", functions=HANDLER, context={}) == ()
    assert "[at_desk]" in diagram.as_text(workflow)


def test_the_root_serves_where_a_state_has_nothing() -> None:
    stop = {"target": ".b", "meta": {"label": "Arrêter", "by": ["citizen", "handler"]}}
    workflow = read(a_workflow(on={"stop": stop, "go": {"meta": {"label": "Rester", "by": ["handler"]}}}))
    assert engine.step(workflow, "a", "stop", functions=CITIZEN, context={}).state == "b"
    assert engine.step(workflow, "a", "go", functions=HANDLER, context={}).state == "b"
    assert engine.step(workflow, "b", "go", functions=HANDLER, context={}).state == "b"
    assert "(partout)" in diagram.as_text(workflow)


def test_delays_are_events_of_the_system() -> None:
    document = a_workflow(delays={"a_week": "P7D"})
    document["states"]["a"]["after"] = {"a_week": "b"}
    workflow = read(document)
    assert workflow.delays == {"a_week": "P7D"}
    assert engine.step(workflow, "a", "after.a_week", functions=frozenset({"system"}), context={}).state == "b"
    with pytest.raises(TransitionRefused):
        engine.step(workflow, "a", "after.a_week", functions=HANDLER, context={})


def test_a_self_transition_neither_leaves_nor_enters() -> None:
    document = a_workflow(actions={"note": {"type": "assign", "to": "actor"}})
    document["states"]["a"].update(entry=["note"], exit=["note"])
    document["states"]["a"]["on"]["again"] = {"target": "a", "meta": {"label": "Encore", "by": ["handler"]}}
    workflow = read(document)
    assert engine.step(workflow, "a", "again", functions=HANDLER, context={}).actions == ()
    assert [each.name for each in engine.initial(workflow).actions] == ["note"]


def test_a_circle_left_open_by_guards_stops() -> None:
    document = a_workflow(guards={"on_and_on": "1 == 1"})
    document["states"]["a"]["always"] = {"target": "b", "guard": "on_and_on"}
    document["states"]["b"]["always"] = {"target": "a", "guard": "on_and_on"}
    with pytest.raises(TransitionRefused, match="ne s’arrête pas"):
        engine.initial(read(document))


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


NONSENSE = st.sampled_from(["null", "true", "3", '"x"', "[]", "{}", "[[]]", '{"type": []}', '["a"]']).map(json.loads)


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


def a_moving_workflow(**meta: Any) -> dict[str, Any]:
    """One button of an agent, "plan", that tells the citizen of the new state."""
    document = a_workflow(actions={"tell": {"type": "mail", "to": "citizen", "message": "state_changed"}})
    document["states"]["a"]["on"]["plan"] = {
        "target": "b",
        "actions": ["tell"],
        "meta": {"label": "Planifier", "by": ["handler"], **meta},
    }
    return document


def test_a_transition_says_what_it_asks_of_the_agent() -> None:
    workflow = read(a_moving_workflow(asks="text", question="Quand ?"))
    asked = next(each for each in workflow.transitions if each.event == "plan")
    assert (asked.asks, asked.question) == ("text", "Quand ?")
    assert not workflow.decides
    assert CIVIL_STATUS.decides


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
    workflow = parsing.parse(document, where=path.name, names={"answers.kind"}, messages=MESSAGES)
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
        ("meta/clocks/answer/period", 0, "de 1 à 3660"),
        ("meta/clocks/answer/period", True, "n’est pas une durée"),
        ("meta/clocks/answer/unit", "days", "Vouliez-vous dire « day » ?"),
        ("meta/clocks/answer/source", " ", "il manque « source »"),
        ("meta/clocks/answer/warn", "2 jours", "n’est pas une durée"),
        ("meta/clocks/answer/stops", ["answered"], "aucune transition n’attend"),
        ("meta/clocks/silence", CLOCK, "est un délai de la loi"),
        ("meta/clocks/Answer", CLOCK, "minuscules sans accent"),
        ("meta/forms/visit/ui", ..., "il manque « ui »"),
        ("meta/forms", {}, "formulaire inconnu : « visit »"),
        ("states/a/on/go/meta/by", ["citizen"], "un formulaire se remplit par un agent"),
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


def test_the_root_leaves_and_enters_even_the_same_state() -> None:
    document = a_workflow(
        actions={name: {"type": "mail", "to": "citizen", "message": name} for name in ("out", "on_way", "in")},
        on={"back": {"target": ".a", "actions": "on_way", "meta": {"label": "Revenir", "by": ["handler"]}}},
    )
    document["states"]["a"].update(entry="in", exit="out")
    step = engine.step(read(document), "a", "back", functions=HANDLER, context={})
    assert (step.state, [each.name for each in step.actions], step.entered) == ("a", ["out", "on_way", "in"], True)


def test_what_follows_at_once_may_be_asked_for_without_an_event() -> None:
    document = a_workflow(guards={"paid": "channel == 'desk'"})
    document["states"]["a"]["always"] = {"target": "b", "guard": "paid"}
    workflow = read(document, {"channel"})
    stayed = engine.settle(workflow, "a", {"channel": "online"})
    assert (stayed.state, stayed.entered, stayed.transition) == ("a", False, None)
    moved = engine.settle(workflow, "a", {"channel": "desk"})
    assert (moved.state, moved.entered) == ("b", True)
