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
    assert workflow.delays["review"] == "P3M"
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
