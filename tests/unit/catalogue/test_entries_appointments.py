"""What the appointment with an elected member promises: two ways, nothing of opinions, a slot taken and given back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import pytest

from grc import resources
from grc.catalogue import loading
from grc.catalogue.definition import Procedure
from grc.forms import answers, journey
from grc.submissions import beginnings
from grc.workflow import engine

CATALOGUE = resources.folder("form_catalogue")
SLUG = "rendez-vous-elu"
OF_A_REQUEST = {"elected", "how", "times"}


@cache
def procedure() -> Procedure:
    return next(each for each in loading.load_folder(CATALOGUE) if each.slug == SLUG)


def example(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CATALOGUE / SLUG / "examples" / f"{name}.json").read_text("utf-8"))["answers"]
    return found


def asked(said: Mapping[str, Any]) -> set[str]:
    form = procedure().form
    return {field.name for page in form.pages for field in journey.visible_fields(form, page, said)}


def opened(state: str, by: str, **context: Any) -> set[str]:
    found = engine.open_to(procedure().workflow, state, functions=frozenset({by}), context={"answers": {}, **context})
    return {each.event for each in found}


@pytest.mark.parametrize(
    ("name", "shown", "state", "actions"),
    [
        ("passes-at-an-open-session", {"slot"}, "confirmed", ["book", "mail"]),
        ("passes-another-moment", OF_A_REQUEST, "requested", ["book"]),
    ],
)
def test_a_slot_is_fixed_at_once_and_another_moment_is_asked(
    name: str, shown: set[str], state: str, actions: list[str]
) -> None:
    said = example(name)
    assert asked(said) & {"slot", *OF_A_REQUEST} == shown
    step = engine.initial(procedure().workflow, beginnings.context(said))
    assert (step.state, [each.type for each in step.actions]) == (state, actions)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("passes-by-telephone", {"call_at"}),
        ("passes-at-home", {"applicant.phone"}),
        ("passes-at-an-open-session", {"applicant.phone"}),
    ],
)
def test_a_number_is_asked_once_and_owed_only_to_be_called(name: str, number: set[str]) -> None:
    assert asked(example(name)) & {"call_at", "applicant.phone"} == number
    assert procedure().form.field("call_at").required
    assert not procedure().form.field("applicant.phone").required


def test_nothing_is_asked_of_opinions_and_no_list_may_say_them() -> None:
    form = procedure().form
    titles = " ".join(f"{each.title} {each.hint}" for each in form.fields).lower()
    assert not re.search(r"parti |opinion|vote|naissance|pièce d’identité|habitez", titles)
    for name in ("slot", "elected"):
        described = json.dumps(form.field(name).schema["x-choices"], ensure_ascii=False)
        assert "Jamais un parti" in described or "Jamais son parti" in described, name
    papers = [(each.name, each.required) for each in form.fields if each.kind == "file"]
    assert papers == [("papers", False)]


@pytest.mark.law("R6")
def test_nobody_decides_and_silence_says_nothing_which_the_authority_confirms() -> None:
    (silence,) = procedure().silence
    assert (silence.rule, silence.uncertain) == ("none", True)
    assert "L231-4, 1°" in silence.note
    assert not procedure().workflow.decides
    assert (procedure().retention.months, procedure().appeal) == (6, ())


@pytest.mark.parametrize(
    ("state", "events"),
    [
        ("requested", {"withdraw"}),
        ("preparing", {"withdraw"}),
        ("proposed", {"agree", "ask_other", "cancel"}),
        ("moved", {"agree", "ask_other", "cancel"}),
        ("confirmed", {"ask_other", "cancel"}),
        ("held", set()),
        ("done", set()),
    ],
)
def test_who_asked_accepts_moves_or_cancels_until_the_hour(state: str, events: set[str]) -> None:
    assert opened(state, "citizen") == events
    for each in procedure().workflow.state(state).transitions:
        if "citizen" in each.by and each.event != "withdraw":
            assert each.label, each.id
            assert each.question, each.id
            assert each.confirm, each.id


@pytest.mark.parametrize(
    ("state", "may_be_noted", "may_be_missed"),
    [
        ("requested", False, False),
        *((state, True, False) for state in ("preparing", "proposed", "moved", "confirmed")),
        ("held", True, True),
    ],
)
def test_who_simply_came_is_noted_and_nobody_is_missed_before_the_hour(
    state: str, may_be_noted: bool, may_be_missed: bool
) -> None:
    events = opened(state, "handler", agent={})
    assert ("done" in events, "no_show" in events) == (may_be_noted, may_be_missed)
    for each in procedure().workflow.state(state).transitions:
        if each.event == "done" and state != "held":
            assert each.confirm.startswith("Seulement "), each.id


def test_an_hour_that_has_come_may_still_be_moved_or_called_off() -> None:
    assert opened("held", "handler", agent={}) == {"done", "no_show", "propose", "call_off"}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"end": "15:00"}, []),
        ({"end": "14:00"}, [("end", "x-checks")]),
        ({"day": "2026-11-29"}, [("day", "x-min")]),
        ({}, []),
    ],
)
def test_agents_fix_no_day_that_is_past_and_no_end_before_its_start(
    said: dict[str, Any], code: list[tuple[str, str]]
) -> None:
    proposal = {"day": "2026-12-14", "start": "14:30", "place": "mairie", "agreed": False, **said}
    found = answers.check(procedure().agent_forms["proposal"], proposal, as_of=date(2026, 11, 30))
    assert [(each.field, each.code) for each in found] == code


@pytest.mark.parametrize("state", ["proposed", "moved"])
def test_a_proposal_that_lapses_is_told(state: str) -> None:
    step = engine.step(
        procedure().workflow, state, "clock.offer_now", functions=frozenset({"system"}), context={"answers": {}}
    )
    assert (step.state, [each.type for each in step.actions]) == ("preparing", ["task", "post_message", "mail"])


@pytest.mark.parametrize("event", ["cancel", "ask_other", "call_off", "propose"])
def test_what_leaves_a_fixed_appointment_gives_its_slot_back(event: str) -> None:
    ways = [each for each in procedure().workflow.state("confirmed").transitions if each.event == event]
    assert ways
    assert all("release" in [one.type for one in each.actions] for each in ways)


@pytest.mark.parametrize(
    ("state", "agreed", "target"),
    [
        ("preparing", True, "confirmed"),
        ("preparing", False, "proposed"),
        ("proposed", True, "confirmed"),
        ("proposed", False, "proposed"),
        ("confirmed", True, "confirmed"),
        ("confirmed", False, "moved"),
        ("moved", False, "moved"),
    ],
)
def test_a_proposal_waits_for_a_yes_unless_it_was_said_already(state: str, agreed: bool, target: str) -> None:
    context = {"answers": {}, "agent": {"proposal": {"agreed": agreed}}}
    step = engine.step(procedure().workflow, state, "propose", functions=frozenset({"handler"}), context=context)
    assert step.state == target
    assert ("mail", "citizen") in [(each.type, each.params.get("to")) for each in step.actions]


@pytest.mark.parametrize(("promised", "target"), [("Rappeler le bailleur", "following_up"), (None, "done")])
def test_what_is_promised_stays_open_until_it_is_done(promised: str | None, target: str) -> None:
    context = {"answers": {}, "agent": {"outcome": {"summary": "Vu", "promised": promised}}}
    step = engine.step(procedure().workflow, "held", "done", functions=frozenset({"handler"}), context=context)
    assert step.state == target
    assert ("task" in [each.type for each in step.actions]) is (target == "following_up")


def test_two_reminders_leave_and_the_hour_opens_a_task() -> None:
    workflow = procedure().workflow
    for source in ("slot", "offer"):
        for name, action in (("in_two_days", "mail"), ("in_two_hours", "mail"), ("now", "task")):
            step = engine.step(
                workflow,
                "confirmed",
                f"clock.{source}_{name}",
                functions=frozenset({"system"}),
                context={"answers": {"way": "slot" if source == "slot" else "request"}},
            )
            assert [each.type for each in step.actions] == [action], (source, name)
    assert workflow.state("confirmed").appointed
    assert workflow.clocks["slot_in_two_days"].before == workflow.clocks["offer_in_two_days"].before == "P2D"
