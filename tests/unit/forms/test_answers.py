"""A page read and checked: what is kept, what is said, what stays hidden."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from grc.forms import answers, journey, schema, summary
from grc.forms.compiled import compiled, moved
from grc.forms.formats import reference_validator
from tests.unit.forms.world import TODAY, a_form, an_example, answers_that_pass, birth_certificate

FORM = birth_certificate().form
BOOKLET = {"id": "f1", "name": "livret.pdf", "type": "application/pdf", "size": 100}


def read(page_id: str, posted: dict[str, list[str]], before: dict[str, Any], **more: Any) -> answers.PageRead:
    page = FORM.page(page_id)
    assert page is not None
    return answers.read_page(FORM, page, posted, before, as_of=TODAY, files=more.get("files", {}))


PERSON = {
    "person.birth_name": [" Exemple "],
    "person.given_names": ["Camille"],
    "person.birth_date-day": ["27"],
    "person.birth_date-month": ["mars"],
    "person.birth_date-year": ["1987"],
}


def test_a_page_puts_its_answers_beside_the_others() -> None:
    before = {"birth_place": "here", "document": "full_copy"}
    found = read("personne", PERSON, before)
    assert found.problems == ()
    assert found.answers == {
        **before,
        "person": {"birth_name": "Exemple", "given_names": "Camille", "birth_date": "1987-03-27"},
    }
    assert before == {"birth_place": "here", "document": "full_copy"}
    assert found.typed["person.birth_name"] == " Exemple "
    assert found.typed["person.birth_date-month"] == "mars"


def test_a_faulty_answer_is_shown_again_and_not_kept() -> None:
    before = answers_that_pass()
    posted = {**PERSON, "person.birth_date-day": ["31"], "person.birth_date-month": ["2"], "person.birth_name": [""]}
    found = read("personne", posted, before)
    assert [(each.field, each.code) for each in found.problems] == [
        ("person.birth_name", "required"),
        ("person.birth_date", "date"),
    ]
    assert found.answers["person"] == {"given_names": "Camille"}
    assert found.answers["applicant"] == before["applicant"]
    assert found.typed["person.birth_date-day"] == "31"


def test_answers_hidden_by_a_change_of_mind_stay_in_the_draft_and_not_in_what_is_filed() -> None:
    changed = {"birth_place": ["here"], "document": ["extract_without_parents"], "copies": ["1"]}
    found = read("acte", changed, answers_that_pass())
    assert found.answers["parents"]
    pruned = answers.prune(FORM, found.answers)
    assert not {"parents", "quality", "proof_of_link"} & pruned.keys()


def test_files_come_from_what_is_stored_never_from_the_post() -> None:
    before = {**answers_that_pass(), "proof_of_link": [BOOKLET, BOOKLET]}
    found = read("justificatif", {"proof_of_link": ["/etc/passwd"]}, before, files={"proof_of_link": [BOOKLET]})
    assert found.answers["proof_of_link"] == [BOOKLET]
    assert found.problems == ()
    none_stored = read("justificatif", {"proof_of_link": ["/etc/passwd"]}, before)
    assert [each.code for each in none_stored.problems] == ["required"]


def test_faulty_files_stay_until_they_are_removed() -> None:
    found = read("justificatif", {}, answers_that_pass(), files={"proof_of_link": [BOOKLET] * 4})
    assert [each.code for each in found.problems] == ["maxItems"]
    assert len(found.answers["proof_of_link"]) == 4


def test_a_hidden_field_posted_by_hand_changes_nothing_that_is_filed() -> None:
    found = read("justificatif", {"mandate": ["x"]}, answers_that_pass(), files={"mandate": [BOOKLET]})
    assert "mandate" not in answers.prune(FORM, found.answers)
    assert [each.field for each in found.problems] == ["proof_of_link"]


def test_an_address_says_all_that_is_missing_in_one_problem() -> None:
    before = answers_that_pass()
    posted = {"applicant.family_name": ["E"], "applicant.given_names": ["C"], "applicant.email": ["c@e.example"]}
    found = read("demandeur", {**posted, "delivery": ["post"], "applicant.address-postcode": ["123"]}, before)
    (problem,) = found.problems
    assert (problem.field, problem.code) == ("applicant.address", "line1")
    assert "numéro et la rue" in problem.message
    assert "la commune" in problem.message
    assert "cinq chiffres" in problem.message


def test_what_is_stored_fills_the_page_again() -> None:
    page = FORM.page("personne")
    assert page is not None
    typed = answers.as_typed(page, answers_that_pass())
    posted = {name: each if isinstance(each, list) else [each] for name, each in typed.items()}
    assert read("personne", posted, {}).answers["person"] == answers_that_pass()["person"]


def test_journey_goes_page_by_page() -> None:
    assert journey.may_visit(FORM, {}, "acte", TODAY)
    assert not journey.may_visit(FORM, {}, "personne", TODAY)
    assert not journey.may_visit(FORM, answers_that_pass(), "nulle-part", TODAY)
    first = journey.first_incomplete(FORM, {}, TODAY)
    assert first is not None
    assert first.id == "acte"
    assert journey.first_incomplete(FORM, answers_that_pass(), TODAY) is None


def test_what_is_hidden_counts_as_absent_for_the_rest() -> None:
    choice = {"type": "string", "title": "T", "oneOf": [{"const": "a", "title": "A"}, {"const": "b", "title": "B"}]}
    rules = {
        "third": {"scope": "#/properties/second", "schema": {"const": "a"}},
        "second": {"scope": "#/properties/first", "schema": {"const": "a"}},
    }
    form = a_form({"third": choice, "second": choice, "first": choice}, rules=rules, required=("first", "third"))
    assert answers.prune(form, {"first": "b", "second": "a", "third": "a"}) == {"first": "b"}
    assert answers.check(form, {"first": "b", "second": "a"}, as_of=TODAY) == ()
    assert [each.field for each in answers.check(form, {"first": "a", "second": "a"}, as_of=TODAY)] == ["third"]


def test_dates_relative_to_today_move_with_it() -> None:
    form = a_form(
        {"d": {"type": "string", "title": "Début", "format": "date", "x-min": {"days": 15}, "x-max": {"years": 1}}}
    )
    early, late, good = ({"d": text} for text in ("2026-12-14", "2027-12-01", "2026-12-15"))
    (problem,) = answers.check(form, early, as_of=TODAY)
    assert problem.code == "x-min"
    assert "15\u00a0décembre\u00a02026" in problem.message
    (problem,) = answers.check(form, late, as_of=TODAY)
    assert problem.code == "x-max"
    assert answers.check(form, good, as_of=TODAY) == ()
    assert answers.check(form, early, as_of=date(2026, 11, 29)) == ()


@pytest.mark.parametrize(
    ("day", "offset", "result"),
    [
        (date(2026, 1, 31), {"months": 1}, date(2026, 2, 28)),
        (date(2024, 2, 29), {"years": 1}, date(2025, 2, 28)),
        (date(2026, 1, 1), {"months": -1}, date(2025, 12, 1)),
        (date(2026, 1, 1), {"days": -1}, date(2025, 12, 31)),
        (date(2026, 1, 1), {"years": -9999, "days": 1}, date(1, 1, 2)),
    ],
)
def test_days_are_moved_within_the_month(day: date, offset: dict[str, int], result: date) -> None:
    assert moved(day, offset) == result


def test_a_form_is_compiled_once() -> None:
    assert compiled(FORM) is compiled(FORM)


def test_the_receipt_goes_where_it_was_asked_to() -> None:
    given = answers_that_pass()
    assert FORM.email_of(given) == "camille@exemple.example"
    given["applicant"]["receipt_email"] = "autre@exemple.example"
    assert FORM.email_of(given) == "autre@exemple.example"
    assert FORM.email_of({}) is None
    assert FORM.role_value(given, "family-name") == "Exemple"
    assert FORM.role_value(given, "no-such-role") is None
    with pytest.raises(KeyError):
        FORM.field("nothing")


def test_summary_shows_pages_as_asked() -> None:
    sections = summary.sections(FORM, answers_that_pass())
    assert [section.page_id for section in sections] == [page.id for page in journey.pages(FORM, answers_that_pass())]
    lines = {line.name: line for section in sections for line in section.lines}
    assert lines["document"].text == "Une copie intégrale"
    assert lines["applicant.receipt_email"].missing
    assert lines["applicant.receipt_email"].text == "Non renseigné"
    assert lines["proof_of_link"].files[0]["name"] == "livret.pdf"


def test_one_value_is_put_in_or_taken_out_without_touching_the_others() -> None:
    before = answers_that_pass()
    after = answers.with_value(before, ("proof_of_link",), [BOOKLET, BOOKLET])
    assert len(after["proof_of_link"]) == 2
    assert len(before["proof_of_link"]) == 1
    assert "proof_of_link" not in answers.with_value(before, ("proof_of_link",), [])
    assert answers.with_value({}, ("applicant", "email"), None) == {}


def test_unprintable_characters_that_are_stored_are_named() -> None:
    given = answers_that_pass()
    given["person"]["birth_name"] = "Exemple\x00"
    given["applicant"]["address"]["city"] = "\x1b[0m"
    given["proof_of_link"][0]["name"] = "\u202efdp.exe"
    found = answers.check(FORM, given, as_of=TODAY)
    assert [(each.field, each.code) for each in found] == [
        ("person.birth_name", "characters"),
        ("applicant.address", "type"),
        ("proof_of_link", "type"),
    ]


def test_the_stand_alone_schema_refuses_what_a_rule_hides() -> None:
    outside = reference_validator(schema.stand_alone(FORM))
    shown = an_example("passes-anyone-without-parents")["answers"]
    assert outside.is_valid(shown)
    assert not outside.is_valid({**shown, "quality": "self"})
    assert not outside.is_valid({**shown, "parents": {"first": {"family_name": "Exemple", "given_name": "Alix"}}})


def test_the_same_choice_twice_is_refused() -> None:
    items = {"type": "string", "oneOf": [{"const": "a", "title": "A"}, {"const": "b", "title": "B"}]}
    form = a_form({"f": {"type": "array", "title": "Choix", "items": items}})
    assert answers.check(form, {"f": ["a", "b"]}, as_of=TODAY) == ()
    assert [each.code for each in answers.check(form, {"f": ["a", "a"]}, as_of=TODAY)] == ["uniqueItems"]
