"""What the entries about care and hosting promise: who is asked what, what is never asked, what silence means."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from grc import resources
from grc.catalogue import loading
from grc.catalogue.definition import Procedure
from grc.forms import journey
from grc.workflow import engine

CATALOGUE = resources.folder("form_catalogue")
ALARM = "telealarme"
LODGING = "hebergement-touristique"


@cache
def procedures() -> Mapping[str, Procedure]:
    return {each.slug: each for each in loading.load_folder(CATALOGUE)}


def example(slug: str, name: str, *, of: str = "answers") -> Any:
    """The answers of an example, or its problems."""
    return json.loads((CATALOGUE / slug / "examples" / f"{name}.json").read_text(encoding="utf-8"))[of]


def asked(slug: str, answers: Mapping[str, Any]) -> set[str]:
    """The names of the questions that these answers open, on all pages."""
    form = procedures()[slug].form
    return {field.name for page in form.pages for field in journey.visible_fields(form, page, answers)}


def initial(slug: str, answers: Mapping[str, Any]) -> engine.Step:
    context = {"answers": answers, "channel": "online", "labels": [], "variables": {}}
    return engine.initial(procedures()[slug].workflow, context)


def test_an_alarm_is_asked_without_a_word_on_health_and_without_any_paper() -> None:
    procedure = procedures()[ALARM]
    fields = [
        *procedure.form.fields,
        *(each for field in procedure.form.fields if field.form for each in field.form.fields),
    ]
    assert [(each.name, each.required) for each in fields if each.kind == "file"] == [("decision", False)]
    assert not [each.name for each in fields if each.kind == "longtext"], "nowhere to write an illness"
    titles = " ".join(each.title + each.hint for each in fields).lower()
    assert not re.search(r"diagnostic|traitement|médecin|sécurité sociale|iban|digicode", titles)
    needs = procedure.form.field("needs")
    assert not needs.required
    assert not re.search(r"malad|handicap|surd|aveugl", " ".join(each.title for each in needs.choices).lower())


def test_an_alarm_is_for_named_agents_and_wants_an_assessment() -> None:
    procedure = procedures()[ALARM]
    assert procedure.sensitive
    assert procedure.dpia is not None
    assert procedure.dpia.needed == "yes"


@pytest.mark.parametrize(
    ("for_whom", "statement"),
    [("self", set()), ("relative", {"agreement"}), ("professional", {"agreement"}), ("guardian", {"representation"})],
)
def test_who_asks_for_another_says_that_they_may(for_whom: str, statement: set[str]) -> None:
    shown = asked(ALARM, {"for_whom": for_whom})
    assert shown & {"agreement", "representation"} == statement
    assert ("beneficiary.family_name" in shown) == (for_whom != "self")
    assert ("structure" in shown) == (for_whom == "professional")
    assert ("decision" in shown) == (for_whom == "guardian")


def test_the_people_to_call_are_four_at_most_in_order_and_each_agreed() -> None:
    contacts = procedures()[ALARM].form.field("contacts")
    assert contacts.form is not None
    assert (contacts.schema["minItems"], contacts.schema["maxItems"]) == (1, 4)
    assert "la première est appelée d’abord" in contacts.hint
    agrees = contacts.form.field("agrees")
    assert (agrees.kind, agrees.required) == ("statement", True)
    assert "contacts" not in asked(ALARM, {"has_contacts": False})


@pytest.mark.parametrize(("urgent", "state"), [(True, "received_urgent"), (False, "received"), (None, "received")])
def test_an_urgent_alarm_is_flagged_as_soon_as_it_arrives(urgent: bool | None, state: str) -> None:
    step = initial(ALARM, {} if urgent is None else {"urgent": urgent})
    assert step.state == state
    flagged = [each.type for each in step.actions]
    assert flagged == (["label", "task"] if urgent else [])


def test_no_mail_about_an_alarm_holds_an_answer() -> None:
    procedure = procedures()[ALARM]
    assert {
        each for text in procedure.letters.values() for each in re.findall(r"(?:answers|shown)\.\w+", text)
    } == set()
    mails = [each.params for each in procedure.workflow.actions if each.type == "mail"]
    assert {str(each["to"]) for each in mails} == {"citizen", "service"}
    asking = [each for each in procedure.workflow.transitions if each.asks]
    assert asking
    assert all("n’écrivez ni nom, ni adresse, ni santé" in each.question for each in asking)


def test_who_waits_for_an_alarm_is_called_again() -> None:
    workflow = procedures()[ALARM].workflow
    assert workflow.delays["review"] == "P1M", "before silence refuses"
    context = {"answers": {}, "channel": "online", "labels": [], "variables": {}}
    system, handler = frozenset({"system"}), frozenset({"handler"})
    late = engine.step(workflow, "on_list", "after.review", functions=system, context=context)
    assert (late.state, [each.type for each in late.actions]) == ("to_contact", ["task"])
    kept = engine.step(workflow, "to_contact", "keep", functions=handler, context=context)
    assert (kept.state, kept.entered) == ("on_list", True), "and the delay starts anew"


def test_silence_refuses_an_alarm_and_the_authority_confirms() -> None:
    rule = procedures()[ALARM].silence_for({})
    assert (rule.rule, rule.period, rule.unit, rule.uncertain) == ("rejection", 2, "month", True)
    assert "L231-4" in rule.source


@pytest.mark.law("R37")
def test_a_furnished_let_is_sent_to_the_national_service_and_nothing_of_it_is_asked() -> None:
    procedure = procedures()[LODGING]
    message = example(LODGING, "fails-furnished", of="problems")[0]["message"]
    assert "téléservice national" in message
    shown = asked(LODGING, {"kind": "furnished"})
    assert {name for name in shown if not name.startswith("applicant.")} == {"kind"}
    told = " ".join(text for page in procedure.form.pages[:1] for group in page.groups for text in group.texts)
    assert "téléservice national" in told
    assert "service-public.gouv.fr" in told


@pytest.mark.law("R37")
def test_guest_rooms_are_declared_here_with_what_the_law_lists_and_no_more() -> None:
    """Code du tourisme, art. D324-13 and D324-15."""
    shown = asked(LODGING, example(LODGING, "passes-two-rooms"))
    identity = {name for name in shown if name.startswith("applicant.")}
    wanted = {"house.rooms", "house.guests", "house.same_address", "house.lives_there", "starts_on", "all_year"}
    assert shown - identity - {"kind", "act"} == wanted | {"house.name", "house.tourist_office"}
    form = procedures()[LODGING].form
    assert [form.field(name).schema["maximum"] for name in ("house.rooms", "house.guests")] == [5, 15]
    assert not form.field("house.name").required
    assert not form.field("house.tourist_office").required
    assert not [field.name for field in form.fields if field.kind == "file"]


def test_a_declaration_has_no_decision_and_silence_says_nothing() -> None:
    procedure = procedures()[LODGING]
    assert [each.rule for each in procedure.silence] == ["none"]
    assert "D324-15" in procedure.silence[0].source
    assert not procedure.workflow.decides
    assert procedure.appeal == ()
    assert "aucune réponse n’est à attendre" in procedure.workflow.state("received").citizen_sentence


@pytest.mark.parametrize(("act", "state"), [("start", "registered"), ("change", "registered"), ("end", "ceased")])
def test_an_end_leaves_the_list_and_the_rest_enters_it(act: str, state: str) -> None:
    workflow = procedures()[LODGING].workflow
    context = {"answers": {"act": act}, "channel": "online", "labels": [], "variables": {}}
    for source in ("received", "checking", "to_correct"):
        step = engine.step(workflow, source, "register", functions=frozenset({"handler"}), context=context)
        assert step.state == state


def test_an_end_asks_nothing_but_where_and_when() -> None:
    shown = asked(LODGING, example(LODGING, "passes-rooms-end"))
    assert {name for name in shown if not name.startswith("applicant.")} == {
        *("kind", "act", "house.same_address", "house.name", "ends_on")
    }
