"""What the procedures of the technical services, of applications and of town planning promise: clocks, routes, ends."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import pytest

from grc import resources
from grc.catalogue import loading
from grc.catalogue.definition import Procedure
from grc.forms import journey
from grc.forms.answers import check, prune
from grc.receipts import sentences
from grc.submissions import applicants
from grc.workflow import engine
from grc.workflow.definition import FILED

CATALOGUE = resources.folder("form_catalogue")
TECHNICAL = "services-techniques"
APPLICATION = "candidature"
PLANNING = "urbanisme"
ROADS = "probleme-voirie"
DAY = date(2026, 11, 30)
IDENTITY = {"applicant.family_name", "applicant.given_names", "applicant.address"}


@cache
def procedure(slug: str) -> Procedure:
    return next(each for each in loading.load_folder(CATALOGUE) if each.slug == slug)


def example(slug: str, name: str) -> dict[str, Any]:
    document = json.loads((CATALOGUE / slug / "examples" / f"passes-{name}.json").read_text(encoding="utf-8"))
    answers: dict[str, Any] = document["answers"]
    return answers


def asked(slug: str, answers: Mapping[str, Any]) -> set[str]:
    """The names of the questions that these answers open, on all pages."""
    form = procedure(slug).form
    return {field.name for page in form.pages for field in journey.visible_fields(form, page, answers)}


def opened(slug: str, state: str, answers: Mapping[str, Any], by: str = "handler") -> set[str]:
    """The events that somebody may choose in that state."""
    context = {"answers": answers}
    found = engine.open_to(procedure(slug).workflow, state, functions=frozenset({by}), context=context)
    return {each.event for each in found}


@pytest.mark.law("R35")
@pytest.mark.law("R6")
@pytest.mark.parametrize(
    ("name", "rule", "appeals", "is_report"),
    [
        ("question-by-email", ("none", 0, False), ["gracieux", "contentieux"], True),
        ("question-with-receipt", ("none", 0, False), ["gracieux", "contentieux"], False),
        ("intervention-anonymous", ("none", 0, False), ["gracieux", "contentieux"], True),
        ("intervention-answer-with-photos", ("rejection", 2, True), ["gracieux", "contentieux"], False),
        ("complaint", ("rejection", 2, False), ["gracieux", "contentieux"], False),
        ("document-by-email", ("rejection", 1, False), ["cada", "contentieux"], False),
    ],
)
def test_four_clocks_in_one_procedure(
    name: str, rule: tuple[str, int, bool], appeals: list[str], is_report: bool
) -> None:
    found, answers = procedure(TECHNICAL), example(TECHNICAL, name)
    silence = found.silence_for(answers)
    assert (silence.rule, silence.period, silence.uncertain) == rule
    assert [each.kind for each in found.appeal_for(answers)] == appeals
    assert applicants.is_report(found, answers) is is_report


@pytest.mark.parametrize(
    ("slug", "name", "running"),
    [
        (TECHNICAL, "question-by-email", {"answer": 5}),
        (TECHNICAL, "question-with-receipt", {"answer": 5}),
        (TECHNICAL, "hidden-answers-ignored", {"answer": 5}),
        (TECHNICAL, "intervention-anonymous", {"come": 5}),
        (TECHNICAL, "intervention-news", {"come": 5}),
        (TECHNICAL, "intervention-danger", {"danger": 1, "come": 5}),
        (TECHNICAL, "intervention-answer-with-photos", {"danger": 1, "come": 5}),
        (TECHNICAL, "complaint", {}),
        (TECHNICAL, "document-by-email", {}),
        (ROADS, "anonymous-pothole", {"come": 2}),
        (ROADS, "danger-with-photos", {"danger": 1, "come": 2}),
    ],
)
def test_each_example_starts_its_own_clock(slug: str, name: str, running: dict[str, int]) -> None:
    """Where no text gives a time, the service gives its own; a complaint and a document have those of the law."""
    found = procedure(slug)
    answers = prune(found.form, example(slug, name), as_of=DAY)
    clocks = [each for each in found.workflow.clocks.values() if each.start == FILED]
    assert {each.name: each.period for each in clocks if found.workflow.runs(each, {"answers": answers})} == running
    assert running or found.silence_for(answers).rule == "rejection", "nothing says when an answer is due"
    assert {each.source.split(",")[0] for each in clocks} == {"Engagement du service"}
    assert {each.unit for each in clocks} == {"business_day"}


@pytest.mark.parametrize("slug", [TECHNICAL, ROADS])
def test_a_danger_that_is_told_reaches_the_agents_at_once(slug: str) -> None:
    workflow = procedure(slug).workflow
    step = engine.initial(workflow, {"answers": {"danger": True}})
    assert (step.state, workflow.states[step.state].phase) == ("received_danger", "received")
    assert [(each.type, each.params.get("add"), each.params.get("days")) for each in step.actions] == [
        ("label", "danger", None),
        ("task", None, 1),
    ]
    assert engine.initial(workflow, {"answers": {"danger": False}}).state == "received"
    for answers in ({"wanted": "intervention", "follow_up": "answer"}, {"wanted": "intervention", "follow_up": "none"}):
        assert opened(slug, "received_danger", answers) == opened(slug, "received", answers)
    assert not {"take_charge", "withdraw"} & set(workflow.clocks["danger"].stops), "the danger is still there"


@pytest.mark.parametrize("slug", [TECHNICAL, ROADS])
def test_an_authority_sets_its_own_target_and_the_page_says_the_same(slug: str) -> None:
    source = copy.deepcopy(dict(procedure(slug).source))
    source["procedure"]["parameters"]["target_days"]["default"] = 9
    found = loading.from_source(source)
    assert found.workflow.clocks["come"].period == 9
    assert found.target_delay == "9 jours ouvrés"


@pytest.mark.law("R35")
def test_a_document_goes_to_the_commission_and_gives_no_reason() -> None:
    answers = example(TECHNICAL, "document-by-email")
    first, court = sentences.appeals_after_silence(procedure(TECHNICAL).appeal_for(answers))
    assert first.text.startswith("Recours préalable obligatoire")
    assert "après l’avis de la CADA" in court.text
    assert not asked(TECHNICAL, answers) & {"message", "papers", "photos", "place"}
    assert procedure(TECHNICAL).form.field("given_as").schema["x-fixed"].endswith("art. L311-9")
    assert "CADA" in procedure(TECHNICAL).letters["refused"]


@pytest.mark.law("R20")
@pytest.mark.parametrize(
    ("name", "identity"),
    [
        ("question-by-email", set()),
        ("question-with-receipt", IDENTITY),
        ("intervention-anonymous", set()),
        ("intervention-answer-with-photos", IDENTITY),
        ("complaint", IDENTITY),
        ("document-by-email", IDENTITY),
    ],
)
def test_who_asks_is_named_only_where_a_receipt_is_owed(name: str, identity: set[str]) -> None:
    assert asked(TECHNICAL, example(TECHNICAL, name)) & IDENTITY == identity


@pytest.mark.law("R10")
@pytest.mark.law("R48")
@pytest.mark.parametrize(
    ("name", "events"),
    [
        ("question-by-email", {"reply", "ask", "transfer"}),
        ("intervention-anonymous", {"plan", "done", "dismiss", "forward", "merge"}),
        ("intervention-answer-with-photos", {"accept", "done", "refuse", "ask", "transfer"}),
        ("complaint", {"accept", "refuse", "ask", "transfer"}),
        ("document-by-email", {"accept", "refuse", "ask", "transfer"}),
    ],
)
def test_an_agent_answers_plans_or_decides_by_what_was_wanted(name: str, events: set[str]) -> None:
    assert opened(TECHNICAL, "examining", example(TECHNICAL, name)) == events


def test_a_question_is_taken_up_again_and_a_decision_is_not() -> None:
    assert opened(TECHNICAL, "answered", example(TECHNICAL, "question-by-email")) == {"reopen"}
    workflow, asked_for = procedure(TECHNICAL).workflow, example(TECHNICAL, "intervention-answer-with-photos")
    for state in ("examining", "promised"):
        step = engine.step(workflow, state, "done", functions=frozenset({"handler"}), context={"answers": asked_for})
        assert step.state == "fulfilled", "who was owed a decision is not told to write here"
    assert opened(TECHNICAL, "fulfilled", asked_for) == opened(TECHNICAL, "done", asked_for) == set()
    assert "écrivez" not in workflow.states["fulfilled"].citizen_sentence
    assert {each.target for each in workflow.states["answered"].transitions} == {"examining", "closed"}


@pytest.mark.law("R14")
@pytest.mark.parametrize("slug", [TECHNICAL, ROADS])
def test_an_intervention_promised_to_who_wants_an_answer_is_a_decision(slug: str) -> None:
    workflow, source = procedure(slug).workflow, "examining" if slug == TECHNICAL else "checking"
    answers = {"wanted": "intervention", "follow_up": "answer"}
    assert "plan" not in opened(slug, source, answers)
    step = engine.step(workflow, source, "accept", functions=frozenset({"handler"}), context={"answers": answers})
    promised = workflow.states[step.state]
    assert (step.state, promised.phase) == ("promised", "decided"), "silence would refuse what was only announced"
    assert [each.params["outcome"] for each in step.actions if each.type == "decision"] == ["accepted"]
    assert "refuse" not in {each.event for each in workflow.states["planned"].transitions if slug == TECHNICAL}


@pytest.mark.law("R39")
def test_an_application_asks_nothing_that_does_not_bear_on_the_post() -> None:
    found = procedure(APPLICATION)
    names = {field.name for field in found.form.every_field}
    assert not {
        name for name in names for part in ("birth", "nationality", "vehicle", "handicap", "family_") if part in name
    } - {"applicant.family_name"}
    files = [field for field in found.form.fields if field.kind == "file"]
    assert files
    assert not any(field.required for field in files)


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("offer-with-cv", {"post", "driving", "cv"}),
        ("offer-regulated-diploma", {"post", "diploma", "grade", "cv"}),
        ("spontaneous-in-words", {"families", "experience"}),
        ("internship-under-18", {"school", "internship", "under_18", "families"}),
    ],
)
def test_each_search_opens_its_own_questions(name: str, own: set[str]) -> None:
    among = {"post", "driving", "cv", "diploma", "grade", "families", "experience", "school", "internship", "under_18"}
    assert asked(APPLICATION, example(APPLICATION, name)) & among == own


@pytest.mark.law("R42")
def test_an_application_is_kept_two_years_only_while_its_author_agrees() -> None:
    found = procedure(APPLICATION)
    kept = {state: found.retention_in(state).months for state in ("hired", "refused", "withdrawn", "in_pool")}
    assert kept == {"hired": 3, "refused": 3, "withdrawn": 3, "in_pool": 24}
    for name, state in (("offer-with-cv", "refused"), ("spontaneous-in-words", "in_pool")):
        context = {"answers": example(APPLICATION, name)}
        step = engine.step(found.workflow, "in_progress", "refuse", functions=frozenset({"handler"}), context=context)
        assert step.state == state
    assert opened(APPLICATION, "in_pool", {}, by="citizen") == {"withdraw"}
    gone = engine.step(found.workflow, "in_pool", "withdraw", functions=frozenset({"citizen"}), context={"answers": {}})
    assert (gone.state, found.retention_in(gone.state).months) == ("agreement_withdrawn", 1)
    assert "tell_withdrawn" not in {each.name for each in gone.actions}, "the refusal stands: nothing else is withdrawn"
    agreed = found.form.field("pool").schema
    assert agreed["x-privacy"]["legal_basis"] == "consent"
    assert not found.form.field("pool").required


@pytest.mark.law("R42")
def test_silence_ends_an_application_and_leaves_it_open_to_an_answer() -> None:
    found = procedure(APPLICATION)
    system = frozenset({"system"})
    for state in ("received", "in_progress", "waiting_for_documents", "shortlisted", "interview"):
        for name, there in (("offer-with-cv", "unanswered"), ("spontaneous-in-words", "in_pool")):
            context = {"answers": example(APPLICATION, name)}
            step = engine.step(found.workflow, state, "clock.silence", functions=system, context=context)
            assert (step.state, found.workflow.states[step.state].phase) == (there, "decided")
    assert opened(APPLICATION, "unanswered", {}) == {"ask", "invite", "jury", "accept", "refuse"}
    assert opened(APPLICATION, "in_pool", {}) == {"propose"}, "refused in words: not decided twice"
    assert found.retention_in("unanswered").months == 3


def without_teleservice() -> Procedure:
    """The procedure of a commune whose permits no other site receives."""
    source = copy.deepcopy(dict(procedure(PLANNING).source))
    source["procedure"]["parameters"]["has_teleservice"]["default"] = False
    return loading.from_source(source)


def deposit(elsewhere: bool) -> dict[str, Any]:
    """A deposit without its official form, as far as the checks read it."""
    answers = example(PLANNING, "follow-news") | {"wanted": "deposit", "act": "dp", "for_whom": "myself"}
    return answers | {"land": {"address": "12 rue du Tilleul"}, "elsewhere": elsewhere}


def wrong(found: Procedure, answers: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(each.field, each.code) for each in check(found.form, answers, as_of=DAY)}


def test_a_permit_goes_where_its_teleservice_is_and_here_where_there_is_none() -> None:
    assert wrong(procedure(PLANNING), deposit(True)) == {("wanted", "x-checks"), ("official_form", "required")}
    assert wrong(without_teleservice(), deposit(False)) == {("official_form", "required")}
    piece = example(PLANNING, "follow-news") | {"step": "piece"}
    assert wrong(procedure(PLANNING), piece) == {("step", "x-checks")}
    assert wrong(without_teleservice(), piece | {"elsewhere": False}) == set()


@pytest.mark.law("R6")
def test_no_period_of_the_urbanism_code_is_reckoned_and_nothing_is_decided_here() -> None:
    found = procedure(PLANNING)
    rule = found.silence_for(deposit(False))
    assert (rule.rule, rule.uncertain, found.appeal) == ("none", True, ())
    assert not {each.event for each in found.workflow.transitions} & {"accept", "refuse"}
    assert opened(PLANNING, "examining", {"wanted": "deposit"}) == {"register", "not_a_deposit", "ask", "transfer"}
    assert opened(PLANNING, "examining", {"wanted": "question"}) == {"reply", "ask"}
    assert (found.retention_in("registered").months, found.retention_in("answered").months) == (3, 12)
