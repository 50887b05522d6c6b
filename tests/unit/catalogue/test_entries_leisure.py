"""What the entry about the leisure centre promises: no health, few questions for days alone, places waited for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

import pytest

from grc import resources
from grc.catalogue import loading
from grc.catalogue.definition import Procedure
from grc.conditions import render
from grc.demo import leisure
from grc.forms import answers, journey
from grc.forms.definition import Field, Item
from grc.workflow import engine

CATALOGUE = resources.folder("form_catalogue")
SLUG = "centre-de-loisirs"
TODAY = date(2026, 11, 30)
HANDLER = frozenset({"handler"})


@cache
def centre() -> Procedure:
    return next(each for each in loading.load_folder(CATALOGUE) if each.slug == SLUG)


@cache
def _text(name: str) -> str:
    return (CATALOGUE / SLUG / "examples" / f"{name}.json").read_text(encoding="utf-8")


def example(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_text(name))
    return found


def asked(said: Mapping[str, Any]) -> set[str]:
    """The names of the questions that these answers open, on all pages, those that the server works out apart."""
    form, kept = centre().form, answers.prune(centre().form, said, as_of=TODAY)
    shown = (field for page in form.pages for field in journey.visible_fields(form, page, kept))
    return {field.name for field in shown if field.computed is None}


def asked_of_child(want: str, birth_date: str) -> set[str]:
    """What is asked of a child, beside the name and the day of birth."""
    form, child = centre().form.field("children").form, {"birth_date": birth_date}
    assert form is not None
    [kept] = answers.prune(centre().form, {"want": want, "children": [child]}, as_of=TODAY)["children"]
    shown = {field.name for field in journey.visible_fields(form, form.pages[0], kept)}
    return shown - {"given_names", "family_name", "birth_date"}


def every_field() -> Iterator[Field]:
    for field in centre().form.fields:
        yield field
        yield from field.form.fields if field.form else ()


def test_no_word_on_health_and_no_piece_that_must_be_sent() -> None:
    fields = list(every_field())
    pieces = {each.name: each for each in fields if each.kind == "file"}
    assert set(pieces) == {"quotient_proof", "court_decision", "swimming_proof", "insurance_proof"}
    assert not [name for name, each in pieces.items() if each.required]
    assert not [name for name, each in pieces.items() if each.schema["x-required-by"]["indispensable"]]
    assert not [each.name for each in fields if each.kind == "longtext"], "nowhere to write an illness"
    titles = " ".join(each.title for each in fields).lower()
    assert not re.search(r"vaccin|allerg|médecin|traitement|maladie|religion|nationalité|sécurité sociale", titles)
    care = next(each for each in fields if each.name == "special_care")
    assert (care.kind, care.required) == ("yes_no", False)
    first = centre().form.pages[0].groups[0]
    assert "enveloppe fermée" in " ".join(first.texts), "the order of 20 February 2003 wants it sealed"
    assert "enveloppe fermée" in centre().letters["accepted"]


def test_the_menu_is_chosen_without_its_reason_and_nothing_is_preset() -> None:
    menu = next(each for each in every_field() if each.name == "menu")
    assert [each.value for each in menu.choices] == ["all", "no_pork", "no_meat"]
    assert not [each.name for each in every_field() if "default" in each.schema]
    photos = centre().form.field("photos")
    assert (photos.kind, photos.required) == ("choices", False)
    assert "photos_agreed" not in asked({"want": "year"})
    assert "photos_agreed" in asked({"want": "year", "photos": ["families"]})


def test_days_alone_ask_only_who_and_which() -> None:
    shown = asked(example("passes-days-only-one-child")["answers"])
    assert {name for name in shown if not name.startswith("applicant.")} == {"want", "children", "bookings", "quality"}
    assert asked_of_child("days", "2022-09-14") == set()


@pytest.mark.parametrize(
    ("birth_date", "more"),
    [
        ("2020-12-01", {"nap"}),
        ("2020-11-30", set()),
        ("2019-12-01", set()),
        ("2019-11-30", {"leaves_alone"}),  # eight before the year is over
    ],
)
def test_the_age_opens_what_is_asked_of_a_child(birth_date: str, more: set[str]) -> None:
    common = {"school", "grade", "menu", "special_care", "swims"}
    assert asked_of_child("year", birth_date) == common | more


@pytest.mark.parametrize(
    ("born", "code"),
    [("2021-02-15", None), ("2021-02-16", "x-checks"), ("2015-02-15", "x-checks"), ("2015-02-16", None)],
)
def test_a_child_is_of_the_age_of_the_period_on_its_first_day(born: str, code: str | None) -> None:
    document = example("passes-days-only-one-child")
    document["answers"]["children"][0]["birth_date"] = born
    lists = {"sessions": tuple(Item(**each) for each in document["lists"]["sessions"])}
    found = answers.check(centre().form, document["answers"], as_of=TODAY, lists=lists)
    assert [each.code for each in found] == ([code] if code else [])


def test_pieces_are_offered_only_where_they_serve() -> None:
    full = asked(example("passes-all-choices-two-children")["answers"])
    assert {"quotient_proof", "court_decision", "swimming_proof"} <= full
    assert "insurance_proof" not in full, "the organiser insures the children (CASF, R227-27)"
    assert not asked(example("passes-year-only")["answers"]) & {"quotient_proof", "court_decision", "swimming_proof"}


@pytest.mark.law("R39")
def test_the_quotient_is_fetched_before_a_paper_is_asked_and_no_number_of_social_security() -> None:
    assert {"caf_number"} == asked({"want": "year", "quotient_by": "caf"}) & {
        "caf_number",
        "quotient",
        "quotient_proof",
    }
    told = asked({"want": "year", "quotient_by": "told"})
    assert told & {"caf_number", "quotient", "quotient_proof"} == {"quotient", "quotient_proof"}
    assert centre().form.field("caf_number").schema["pattern"] == "^[0-9]{7}$", "a number of the MSA has more digits"


def test_it_is_for_named_agents_and_its_letter_names_no_child() -> None:
    procedure = centre()
    assert procedure.sensitive
    assert procedure.dpia is not None
    assert "2019-118" in procedure.dpia.why
    said = re.findall(r"(?:answers|shown)\.\w+", " ".join(procedure.letters.values()))
    assert set(said) == {f"answers.{each}" for each in ("want", "bookings", "most", "court_limits", "court_decision")}
    asking = [each for each in procedure.workflow.transitions if each.asks]
    assert asking
    assert all("n’écrivez ni nom d’enfant, ni santé" in each.question for each in asking)


@pytest.mark.parametrize(
    ("said", "state", "told"),
    [
        ({"want": "days"}, "booked", ["citizen"]),
        ({"want": "year"}, "accepted", ["citizen"]),
        ({"want": "year_and_days"}, "accepted", ["citizen"]),
        ({"want": "year", "other_parent": {"email": "alix@exemple.example"}}, "accepted", ["citizen", "answer"]),
        (
            {"want": "year", "other_parent": {"email": "alix@exemple.example"}, "court_limits": True},
            "accepted",
            ["citizen"],
        ),
    ],
)
@pytest.mark.parametrize("source", ["checking", "waiting_for_documents", "on_list", "offered", "taken_up"])
def test_accepting_takes_the_places_and_tells_both_parents_but_where_a_judge_limits(
    source: str, said: dict[str, Any], state: str, told: list[str]
) -> None:
    workflow = centre().workflow
    step = engine.step(workflow, source, "accept", functions=HANDLER, context={"answers": said})
    assert step.state == state
    assert [each.type for each in step.actions][:2] == ["book", "decision"]
    mails = [str(each.params["to"]).split(":")[0] for each in step.actions if each.type == "mail"]
    assert mails == told
    assert workflow.state(state).ongoing == (state == "accepted"), "the year runs, days end by themselves"


def test_only_who_asks_for_days_waits_for_a_place() -> None:
    workflow = centre().workflow
    for want, is_open in (("year", False), ("days", True), ("year_and_days", True)):
        opened = engine.open_to(workflow, "checking", functions=HANDLER, context={"answers": {"want": want}})
        assert ({"list", "change_days"} <= {each.event for each in opened}) is is_open


@pytest.mark.parametrize("state", ["offered", "taken_up"])
def test_what_silence_gives_back_is_told(state: str) -> None:
    step = engine.step(
        centre().workflow, state, "clock.silence", functions=frozenset({"system"}), context={"answers": {}}
    )
    assert (step.state, [each.type for each in step.actions]) == ("on_list", ["release", "post_message", "mail"])


def test_a_full_period_does_not_keep_the_registration() -> None:
    """The family may ask for the year alone, or keep what it asked; neither is waiting for papers."""
    workflow, context = centre().workflow, {"answers": {"want": "year_and_days"}}
    step = engine.step(workflow, "checking", "change_days", functions=HANDLER, context=context)
    assert [each.params["pages"] for each in step.actions if each.type == "edit"] == [["demande", "jours"]]
    assert not workflow.state("to_change").waiting
    kept = engine.step(workflow, "to_change", "keep_days", functions=frozenset({"citizen"}), context=context)
    assert (kept.state, [each.type for each in kept.actions]) == ("checking", ["task", "mail"])


@pytest.mark.parametrize(
    ("prices", "most"), [((7500, 11000), 18500), ((7500, None), None)], ids=["all are known", "one lacks"]
)
def test_the_highest_price_is_none_where_one_lacks(prices: tuple[int | None, ...], most: int | None) -> None:
    rows = [{"session": {"id": f"s{number}", "price": price}} for number, price in enumerate(prices)]
    said = {"want": "days", "children": [{"given_names": "Léo"}], "bookings": rows}
    assert answers.prune(centre().form, said, as_of=TODAY).get("most") == most


LETTER = {"submission": {"received_on": "2026-11-30"}, "service": {"telephone": ""}, "parameters": {"season_end": "31"}}


@pytest.mark.parametrize(
    ("said", "has", "has_not"),
    [
        ({}, ("que demande votre formulaire", "enveloppe fermée"), ("sont inscrits", "jours réservés", "juge")),
        ({"want": "year"}, ("sont inscrits", "enveloppe fermée"), ("jours réservés", "juge")),
        ({"want": "year", "court_limits": True}, ("4. Montrez à la direction la décision du juge",), ()),
        (
            {"want": "days", "most": 7500, "bookings": [{"session": {"label": "Hiver"}}]},
            ("jours réservés", "Hiver", "au plus 75,00"),
            ("sont inscrits", "enveloppe"),
        ),
    ],
    ids=["on paper", "year", "a judge", "days"],
)
def test_the_letter_says_what_is_accepted_and_nothing_with_a_hole(
    said: dict[str, Any], has: tuple[str, ...], has_not: tuple[str, ...]
) -> None:
    text = render(centre().letters["accepted"], {**LETTER, "answers": said})
    assert [each for each in has if each not in text] == []
    assert [each for each in has_not if each in text] == []


def test_a_place_that_is_offered_is_taken_left_or_lost() -> None:
    workflow, citizen = centre().workflow, frozenset({"citizen"})
    context = {"answers": {"want": "days"}}
    assert workflow.delays["offer"] == "P5D"
    taken = engine.step(workflow, "offered", "take_up", functions=citizen, context=context)
    assert (taken.state, [each.type for each in taken.actions]) == ("taken_up", ["task", "mail", "mail"]), (
        "it stays kept"
    )
    left = engine.step(workflow, "offered", "let_go", functions=citizen, context=context)
    lost = engine.step(workflow, "offered", "after.offer", functions=frozenset({"system"}), context=context)
    for step in (left, lost):
        assert step.state == "on_list"
        assert step.actions[0].type == "release"
    assert any(each.type == "post_message" for each in lost.actions), "the family is told why"


@pytest.mark.parametrize(
    ("source", "want", "state"), [("accepted", "year_and_days", "enrolled"), ("booked", "days", "cancelled")]
)
def test_the_family_cancels_its_days_and_the_year_stays(source: str, want: str, state: str) -> None:
    context = {"answers": {"want": want}}
    step = engine.step(centre().workflow, source, "cancel_mine", functions=frozenset({"citizen"}), context=context)
    assert (step.state, step.actions[0].type) == (state, "release")


def test_silence_refuses_and_the_authority_confirms() -> None:
    rule = centre().silence_for({})
    assert (rule.rule, rule.period, rule.unit, rule.uncertain) == ("rejection", 2, "month", True)
    assert "2016-625" in rule.source


@pytest.mark.parametrize("today", [date(2026, 11, 22), date(2026, 12, 31), date(2028, 2, 29)])
def test_the_demonstration_offers_periods_to_come(today: date) -> None:
    schema = centre().form.field("bookings").form
    assert schema is not None
    known = schema.field("session").schema["x-choices"]["attributes"]
    for slug in ("tilleul", "marronnier"):
        found = leisure.sessions(slug, today)
        assert len({each.slug for each in found}) == len(found)
        for each in found:
            assert set(each.attributes) <= set(known)
            assert today.isoformat() < each.attributes["closes_on"] < each.attributes["first_day"]
            assert each.attributes["first_day"] <= each.attributes["last_day"]
