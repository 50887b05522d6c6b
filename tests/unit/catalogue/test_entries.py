"""What four procedures promise: who is asked what, what silence means, and what is never asked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from grc import resources
from grc.catalogue import loading
from grc.catalogue.definition import DESK_CHANNELS, Procedure
from grc.deadlines import parameters
from grc.forms import journey
from grc.forms.definition import Field
from grc.workflow import engine

CATALOGUE = resources.folder("form_catalogue")
MONTHS = {"Y": 12, "M": 1}


@cache
def procedures() -> Mapping[str, Procedure]:
    return {each.slug: each for each in loading.load_folder(CATALOGUE)}


def example(slug: str, name: str) -> dict[str, Any]:
    document = json.loads((CATALOGUE / slug / "examples" / f"{name}.json").read_text(encoding="utf-8"))
    answers: dict[str, Any] = document["answers"]
    return answers


def asked(slug: str, answers: Mapping[str, Any]) -> set[str]:
    """The names of the questions that these answers open, on all pages."""
    form = procedures()[slug].form
    return {field.name for page in form.pages for field in journey.visible_fields(form, page, answers)}


def all_fields(procedure: Procedure) -> Iterator[Field]:
    for field in procedure.form.fields:
        yield field
        yield from field.form.fields if field.form else ()


def test_no_answer_is_kept_longer_than_its_procedure_says() -> None:
    for procedure in procedures().values():
        for field in all_fields(procedure):
            kept = field.schema.get("x-privacy", {}).get("retention")
            if kept and kept[-1] in MONTHS:
                assert int(kept[1:-1]) * MONTHS[kept[-1]] <= procedure.retention.longest, field.name


def test_a_danger_is_told_before_any_question() -> None:
    first = procedures()["probleme-voirie"].form.pages[0].groups[0]
    assert "112" in first.texts[0]
    assert "114" in first.texts[1]
    assert first.fields[0].name == "danger"


@pytest.mark.law("R20")
@pytest.mark.parametrize(
    ("follow_up", "identity"),
    [
        ("none", set()),
        ("news", {"applicant.email", "applicant.phone"}),
        (
            "answer",
            {
                *("applicant.family_name", "applicant.given_names", "applicant.address"),
                *("applicant.email", "applicant.receipt_email", "applicant.phone"),
            },
        ),
    ],
)
def test_a_problem_is_told_without_a_name_or_with_all_that_a_demande_needs(follow_up: str, identity: set[str]) -> None:
    answers = {**example("probleme-voirie", "passes-anonymous-pothole"), "follow_up": follow_up}
    assert {name for name in asked("probleme-voirie", answers) if name.startswith("applicant.")} == identity
    assert procedures()["probleme-voirie"].identification == "optional"
    rule = procedures()["probleme-voirie"].silence_for(answers)
    assert rule.rule == ("rejection" if follow_up == "answer" else "none")


@pytest.mark.law("R48")
@pytest.mark.parametrize(("follow_up", "event"), [("none", "dismiss"), ("news", "dismiss"), ("answer", "refuse")])
def test_a_person_who_wants_an_answer_is_refused_with_reasons(follow_up: str, event: str) -> None:
    workflow = procedures()["probleme-voirie"].workflow
    context = {"answers": {"follow_up": follow_up}}
    opened = engine.open_to(workflow, "checking", functions=frozenset({"handler"}), context=context)
    assert {each.event for each in opened} & {"dismiss", "refuse"} == {event}


@pytest.mark.law("R10")
@pytest.mark.parametrize(("follow_up", "event"), [("none", "forward"), ("news", "forward"), ("answer", "transfer")])
def test_a_road_of_somebody_else_is_told_on_and_a_demande_transferred(follow_up: str, event: str) -> None:
    workflow = procedures()["probleme-voirie"].workflow
    context = {"answers": {"follow_up": follow_up}}
    for state in ("received", "checking"):
        opened = engine.open_to(workflow, state, functions=frozenset({"handler"}), context=context)
        assert {each.event for each in opened} & {"forward", "transfer"} == {event}


@pytest.mark.law("R36")
def test_a_declaration_of_works_has_its_own_delay_and_no_silence() -> None:
    procedure = procedures()["dict"]
    assert [each.rule for each in procedure.silence] == ["none"]
    assert "R554-22" in procedure.silence[0].source
    assert re.search(r"7 jours pour une DICT, 9 pour une DT, jours fériés non comptés", procedure.target_delay)


@pytest.mark.law("R36")
@pytest.mark.parametrize(("channel", "online"), [("online", True), *((name, False) for name in DESK_CHANNELS)])
@pytest.mark.parametrize("kind", ["dict", "dt", "joint", "atu"])
@pytest.mark.parametrize("figures", parameters.VERSIONS, ids=lambda figures: figures.version)
def test_the_clocks_of_works_have_the_figures_of_the_law(
    kind: str, channel: str, online: bool, figures: parameters.Parameters
) -> None:
    workflow, law = procedures()["dict"].workflow, figures.works
    context = {"answers": {"kind": kind}, "channel": channel, "labels": [], "variables": {}}
    runs = [each for each in workflow.clocks.values() if workflow.runs(each, context)]
    start = law.start_online if online else law.start_on_paper
    project = law.project_online if online else law.project_on_paper
    of_project = [("received", project), ("measure", law.project_measured)]
    expected = {"dict": [("received", start)], "atu": []}.get(kind, of_project)
    assert [(each.start, each.period) for each in runs] == expected
    assert {each.unit for each in runs} <= {"day_without_holidays"}
    assert [each.after for each in runs[1:]] == [each.name for each in runs[:-1]]


def test_urgent_works_are_told_by_telephone_first() -> None:
    urgent = {"consulted": "yes", "kind": "atu"}
    assert "phoned" in asked("dict", {**urgent, "urgent_start": "now"})
    assert "phoned" not in asked("dict", {**urgent, "urgent_start": "later"})
    assert "urgent_start" not in asked("dict", {**urgent, "kind": "dict"})


def test_a_check_of_a_connection_asks_no_plan() -> None:
    check = asked("raccordement-assainissement", example("raccordement-assainissement", "passes-check-before-sale"))
    works = asked("raccordement-assainissement", example("raccordement-assainissement", "passes-new-house"))
    plans = {"site_plan", "situation_plan", "indoor_plan", "permit_copy"}
    assert not check & {*plans, "building.floor_area", "wished_on"}
    assert plans <= works


@pytest.mark.law("R19")
def test_a_nursery_place_is_asked_without_any_compulsory_document() -> None:
    procedure = procedures()["admission-creche"]
    assert [(field.name, field.required) for field in procedure.form.fields if field.kind == "file"] == [
        ("birth_proof", False)
    ]
    care = procedure.form.field("need.special_care")
    assert (care.kind, care.required) == ("yes_no", False)
    assert "n’écrivez ni maladie ni handicap" in care.hint


def test_a_nursery_place_is_refused_by_silence_for_as_long_as_a_commission_needs() -> None:
    rule = procedures()["admission-creche"].silence_for({})
    assert (rule.rule, rule.period, rule.unit, rule.uncertain) == ("rejection", 4, "month", True)
    assert "2016-625" in rule.source
