"""Workflows: the civil-status one walked whole, the engine's order, and every fault with its suggestion."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from grc.errors import TransitionRefused
from grc.workflow import diagram, engine
from tests.unit.workflow.documents import (
    CITIZEN,
    CIVIL_STATUS,
    HANDLER,
    MESSAGES,
    NOBODY,
    a_moving_workflow,
    a_workflow,
    read,
)


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


def test_a_transition_says_what_it_asks_of_the_agent() -> None:
    workflow = read(a_moving_workflow(asks="text", question="Quand ?"))
    asked = next(each for each in workflow.transitions if each.event == "plan")
    assert (asked.asks, asked.question) == ("text", "Quand ?")
    assert not workflow.decides
    assert CIVIL_STATUS.decides


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
