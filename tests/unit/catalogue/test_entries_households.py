"""What the procedures of households promise: who is asked what, what follows by itself, and what is never asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import pytest

from grc import resources
from grc.catalogue import loading, parameters
from grc.catalogue.definition import Procedure
from grc.conditions import Faults
from grc.forms import journey
from grc.forms.pruning import prune
from grc.submissions import applicants, beginnings
from grc.workflow import engine

CATALOGUE = resources.folder("form_catalogue")
BOOKLET, BIN, NEWCOMERS = "livret-de-famille", "bac-de-collecte", "nouveaux-arrivants"
TODAY = date(2026, 11, 30)
HANDLER = frozenset({"handler"})


@cache
def procedures() -> Mapping[str, Procedure]:
    return {each.slug: each for each in loading.load_folder(CATALOGUE) if each.slug in (BOOKLET, BIN, NEWCOMERS)}


def filed(slug: str, name: str, **changes: Any) -> dict[str, Any]:
    """The answers of an example, some changed, as a demande keeps them: pruned, and computed that day."""
    document = json.loads((CATALOGUE / slug / "examples" / f"{name}.json").read_text(encoding="utf-8"))
    return prune(procedures()[slug].form, {**document["answers"], **changes}, as_of=TODAY)


def asked(slug: str, answers: Mapping[str, Any]) -> set[str]:
    """The names of the questions that these answers open, on all pages."""
    form = procedures()[slug].form
    return {field.name for page in form.pages for field in journey.visible_fields(form, page, answers)}


def led(slug: str, state: str, event: str, **context: Any) -> str:
    """Where the event of an agent leads."""
    return engine.step(procedures()[slug].workflow, state, event, functions=HANDLER, context=context).state


@pytest.mark.law("R19")
@pytest.mark.parametrize(
    ("slug", "wanted"), [(BOOKLET, {"judgment", "prosecutor_agreement"}), (BIN, set()), (NEWCOMERS, set())]
)
def test_no_piece_is_compulsory_but_where_a_text_wants_it(slug: str, wanted: set[str]) -> None:
    pieces = [field for field in procedures()[slug].form.fields if field.kind == "file"]
    assert {field.name for field in pieces if field.required} == wanted
    assert {field.name for field in pieces if "x-required-by" in field.schema} == wanted


@pytest.mark.parametrize(
    ("name", "piece"),
    [
        ("passes-lost-widow", set()),
        ("passes-stolen-without-report", {"theft_report"}),
        ("passes-divorced-with-judgment", {"judgment"}),
        ("passes-apart-without-judgment", set()),
        ("passes-other-interest", set()),
        ("passes-guardian", {"prosecutor_agreement"}),
        ("passes-damaged", set()),
        ("passes-update", set()),
    ],
)
def test_a_booklet_asks_one_piece_and_only_for_its_own_case(name: str, piece: set[str]) -> None:
    assert asked(BOOKLET, filed(BOOKLET, name)) & {"judgment", "prosecutor_agreement", "theft_report"} == piece


def test_a_guardian_needs_the_prosecutor_for_a_second_booklet_only() -> None:
    assert "prosecutor_agreement" not in asked(BOOKLET, filed(BOOKLET, "passes-update", quality="guardian"))


def test_whoever_may_not_have_the_booklet_reads_it_on_the_first_page() -> None:
    form = procedures()[BOOKLET].form
    assert [field.name for field in form.pages[0].fields[:2]] == ["quality", "need"]
    told = {name: str(form.field(name).schema["allOf"]) for name in ("quality", "home")}
    assert "copie de chaque acte" in told["quality"]
    assert "mairie de la commune où vous habitez" in told["home"]
    assert "consulat" in told["home"]
    assert {"quality", "need", "reason", "home", "separation"} == {
        field.name for field in form.fields if "x-fixed" in field.schema
    }


def test_who_has_the_booklet_does_not_tell_again_what_it_says() -> None:
    family = {"own_birth.date", "has_other", "has_children", "children"}
    assert family <= asked(BOOKLET, filed(BOOKLET, "passes-lost-widow"))
    for name in ("passes-update", "passes-damaged", "passes-names-changed"):
        assert not asked(BOOKLET, filed(BOOKLET, name)) & family
    assert "changes" not in asked(BOOKLET, filed(BOOKLET, "passes-damaged"))
    assert "home" not in asked(BOOKLET, filed(BOOKLET, "passes-update")), "a booklet is completed where the act is"


@pytest.mark.parametrize(
    ("name", "state"),
    [("passes-lost-widow", "accepted"), ("passes-update", "booklet_expected"), ("passes-damaged", "booklet_expected")],
)
def test_a_booklet_that_exists_is_brought_once_the_demande_is_accepted(name: str, state: str) -> None:
    assert led(BOOKLET, "in_progress", "accept", answers=filed(BOOKLET, name)) == state


@pytest.mark.parametrize(
    ("slug", "state"),
    [(BOOKLET, "booklet_expected"), (BOOKLET, "ready"), (BIN, "accepted"), (BIN, "missed")],
)
def test_who_gives_up_after_an_acceptance_leaves_no_demande_open_for_ever(slug: str, state: str) -> None:
    assert led(slug, state, "give_up") == "given_up"
    assert procedures()[slug].workflow.states["given_up"].phase == "closed"
    assert not [
        each.id for each in procedures()[slug].workflow.states.values() if each.waiting and each.phase == "decided"
    ]


@pytest.mark.parametrize(("awaited", "state"), [("Brest\nNantes", "at_town_hall"), (None, "complete")])
def test_the_citizen_reads_which_town_halls_are_awaited(awaited: str | None, state: str) -> None:
    procedure = procedures()[BOOKLET]
    assert procedure.workflow.forms["round"].shown == "citizen"
    assert [(field.name, field.required) for field in procedure.agent_forms["round"].fields] == [
        ("commune", True),
        ("sent_on", True),
        ("awaited", False),
    ]
    last = {"round": {"commune": "Rennes", "sent_on": "2026-11-30", "awaited": awaited}}
    assert led(BOOKLET, "circulating", "returned", agent=last) == state
    told = {each.event: each for each in procedure.workflow.states["circulating"].transitions}
    assert told["pass_on"].form == "round"
    assert "tell_state" in {each.name for each in told["pass_on"].actions}


def test_no_date_is_promised_and_the_decision_comes_before_the_journey() -> None:
    procedure = procedures()[BOOKLET]
    assert "jour" not in procedure.target_delay
    assert "nous ne pouvons donc pas promettre de date" in procedure.letters["accepted"]
    phases = {name: procedure.workflow.states[name].phase for name in ("accepted", "circulating", "complete", "ready")}
    assert set(phases.values()) == {"decided"}, "silence does not run while other town halls write"
    rule = procedure.silence_for({})
    assert (rule.rule, rule.period, rule.uncertain) == ("rejection", 2, True)
    assert (procedure.price, "pièce d’identité" in procedure.workflow.states["ready"].citizen_sentence) == (
        "Gratuit",
        True,
    )


def test_who_runs_the_bins_is_told_before_any_question_in_the_authority_s_words() -> None:
    source = json.loads(json.dumps(procedures()[BIN].source))
    first = procedures()[BIN].form.pages[0].groups[0]
    assert "gérés par l’intercommunalité" in first.texts[0]
    assert "la transmet à ce service" in first.texts[1]
    source["procedure"]["parameters"]["service_body"]["default"] = "le syndicat du Val-d’Exemple"
    source["procedure"]["parameters"]["forwarded"]["default"] = False
    faults = Faults()
    written = json.dumps(parameters.written_out(source, faults), ensure_ascii=False)
    assert not list(faults)
    assert "gérés par le syndicat du Val-d’Exemple" in written
    ours = loading.from_source(source).form.pages[0].groups[0].texts
    assert ours[0].startswith("Les bacs sont gérés par le syndicat du Val-d’Exemple.")


@pytest.mark.law("R10")
@pytest.mark.parametrize("slug", [BOOKLET, BIN])
@pytest.mark.parametrize("state", ["received", "in_progress"])
def test_a_demande_for_another_body_is_sent_on_until_it_is_decided(slug: str, state: str) -> None:
    assert led(slug, state, "transfer", answers={}) == "forwarded"
    assert "transfer" not in {each.event for each in procedures()[slug].workflow.states["accepted"].transitions}


@pytest.mark.parametrize(
    ("name", "opened"),
    [
        ("passes-first-bin", {"stream", "size", "household", "second_home", "occupant", "arrived_on"}),
        ("passes-repair", {"stream", "broken", "chip"}),
        ("passes-stolen-without-report", {"stream", "missing_how", "chip", "theft_report"}),
        ("passes-bigger-for-a-second-home", {"stream", "size", "household", "occupant", "chip"}),
        ("passes-extra-for-a-building", {"stream", "size", "dwellings"}),
        ("passes-return-at-departure", {"stream", "occupant", "left_on", "chip", "departure_proof"}),
        ("passes-lost-badge", {"equipment", "equipment_why"}),
    ],
)
def test_each_demande_for_a_bin_opens_its_own_questions_only(name: str, opened: set[str]) -> None:
    of_all = {"request", "usage", "same_address", "bin_address", "access"}
    found = {each for each in asked(BIN, filed(BIN, name)) if not each.startswith("applicant.")}
    assert found - of_all == opened


def test_the_number_of_a_bin_is_never_compulsory_and_its_date_of_effect_is_told() -> None:
    procedure = procedures()[BIN]
    assert not procedure.form.field("chip").required
    done = procedure.agent_forms["visit"]
    assert {field.name for field in done.fields if not field.required} == {"chip", "litres", "effective_on"}
    assert procedure.workflow.forms["visit"].shown == "citizen"
    assert led(BIN, "planned", "miss") == "missed"
    assert led(BIN, "missed", "plan") == "planned"


def test_a_new_resident_must_say_nothing_but_how_to_be_answered() -> None:
    procedure = procedures()[NEWCOMERS]
    assert {field.name for field in procedure.form.fields if field.required} == {
        *("contact", "applicant.email", "applicant.phone")
    }
    for name in ("passes-only-a-telephone", "passes-only-an-address"):
        opened = asked(NEWCOMERS, filed(NEWCOMERS, name))
        assert len(opened & {"applicant.email", "applicant.phone"}) == 1
    assert procedure.franceconnect == "none"


@pytest.mark.law("R20")
@pytest.mark.parametrize(
    ("name", "is_report"),
    [
        ("passes-only-a-telephone", True),
        ("passes-only-an-address", True),
        ("passes-by-post", True),
        ("passes-family-with-name", False),
    ],
)
def test_a_new_resident_is_acknowledged_when_identified_and_silence_means_nothing(name: str, is_report: bool) -> None:
    procedure, answers = procedures()[NEWCOMERS], filed(NEWCOMERS, name)
    assert applicants.is_report(procedure, answers) is is_report
    assert procedure.silence_for(answers).rule == "none"


def test_each_agreement_of_a_new_resident_stands_alone_and_is_never_ticked() -> None:
    form = procedures()[NEWCOMERS].form
    agreed = [field for field in form.fields if field.schema.get("x-privacy", {}).get("legal_basis") == "consent"]
    boxes = [field for field in agreed if field.kind == "statement"]
    assert [field.name for field in boxes] == ["newsletter", "reception", "tourist_office"]
    assert not any(field.required or "x-prefill" in field.schema for field in agreed)
    assert len({field.schema["x-privacy"]["purpose"] for field in boxes}) == len(boxes)
    assert "newsletter" not in asked(NEWCOMERS, filed(NEWCOMERS, "passes-only-a-telephone"))
    assert "retirez un accord" in procedures()[NEWCOMERS].notice.rights


@pytest.mark.parametrize(
    ("needs", "offered"),
    [
        (None, []),
        (["water"], []),
        (["bins"], ["offer_bins"]),
        (["vote", "nursery"], ["offer_nursery", "offer_vote"]),
        (["school", "nursery", "bins", "vote"], ["offer_bins", "offer_nursery", "tell_school", "offer_vote"]),
    ],
)
def test_what_a_new_resident_ticked_and_only_that_is_offered_next(needs: list[str] | None, offered: list[str]) -> None:
    workflow = procedures()[NEWCOMERS].workflow
    answers = {"contact": "email", **({"needs": needs} if needs else {})}
    step = engine.initial(workflow, beginnings.context(answers))
    assert (step.state, [each.name for each in step.actions]) == ("received", offered)


@pytest.mark.parametrize(("contact", "done"), [("email", []), ("phone", ["ring"]), ("post", ["write"])])
def test_somebody_rings_or_writes_to_a_new_resident_without_an_address(contact: str, done: list[str]) -> None:
    step = engine.initial(procedures()[NEWCOMERS].workflow, beginnings.context({"contact": contact}))
    assert [each.name for each in step.actions] == done


def test_of_children_the_year_alone_is_asked_and_only_where_it_serves() -> None:
    children = procedures()[NEWCOMERS].form.field("children")
    assert children.form is not None
    assert [field.name for field in children.form.fields] == ["birth_year"]
    for needs in (None, ["bins", "vote"]):
        assert "children" not in asked(NEWCOMERS, filed(NEWCOMERS, "passes-by-post", needs=needs))
    assert "children" in asked(NEWCOMERS, filed(NEWCOMERS, "passes-by-post", needs=["leisure"]))
