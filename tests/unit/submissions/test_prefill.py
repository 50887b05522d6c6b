"""What is known before a question is asked: locked, proposed, given by a link, copied from a former demande."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from grc.forms.definition import Form
from grc.franceconnect.claims import PivotIdentity
from grc.submissions import prefill
from tests.unit.forms.world import TODAY, a_form


def text(source: str, *, locked: bool | None = None, **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"source": source} if locked is None else {"source": source, "locked": locked}
    return {"type": "string", "title": "Question", "x-prefill": told, **more}


def a_person(**told: Any) -> PivotIdentity:
    known: dict[str, Any] = {"family_name": "MODÈLE", "given_name": "Andréa", "email": "andrea@exemple.example"}
    return PivotIdentity(iss="https://fc.example", sub="x", acr="eidas1", **{**known, **told})


def person_form() -> Form:
    return a_form(
        {
            "name": text("franceconnect.family_name", locked=True),
            "first": text("franceconnect.given_names"),
            "email": text("franceconnect.email", locked=True, format="email"),
            "born": text("franceconnect.birthdate", locked=True, format="date"),
            "gender": text(
                "franceconnect.gender",
                locked=True,
                oneOf=[{"const": "female", "title": "Femme"}, {"const": "male", "title": "Homme"}],
            ),
            "other": {"type": "string", "title": "Autre"},
        }
    )


BORN = date(1987, 3, 27)


def test_what_is_locked_replaces_what_is_proposed_only_completes() -> None:
    said = {"name": "Autre", "first": "Sacha", "other": "rien"}
    told = prefill.completed(person_form(), said, a_person(), as_of=TODAY)
    assert told == {"name": "MODÈLE", "first": "Sacha", "email": "andrea@exemple.example", "other": "rien"}
    assert said["name"] == "Autre"


def test_without_account_nothing_is_told() -> None:
    form = person_form()
    assert prefill.completed(form, {"name": "Autre"}, None, as_of=TODAY) == {"name": "Autre"}
    assert prefill.locked(form, None, as_of=TODAY) == {}
    assert prefill.verified(form, {"name": "Autre"}, None, as_of=TODAY) == []


def test_an_address_that_nobody_checked_is_never_locked() -> None:
    assert "email" not in prefill.locked(person_form(), a_person(), as_of=TODAY)


def test_a_birth_date_and_a_gender_are_locked() -> None:
    found = prefill.locked(person_form(), a_person(birthdate=BORN, gender="female"), as_of=TODAY)
    assert found == {"name": "MODÈLE", "born": "1987-03-27", "gender": "female"}
    assert prefill.shown(person_form(), found)["gender"] == "Femme"


@pytest.mark.parametrize(
    "told", [{"birthdate": date(1958, 1, 1)}, {"birthdate": date(1958, 3, 2), "idp_birthdate": "1958-03-00"}]
)
def test_an_uncertain_birth_date_is_only_proposed(told: dict[str, Any]) -> None:
    form, person = person_form(), a_person(**told)
    assert "born" not in prefill.locked(form, person, as_of=TODAY)
    assert prefill.completed(form, {}, person, as_of=TODAY)["born"] == told["birthdate"].isoformat()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"idp_birthdate": "1958-00-00"}, "1er janvier 1958. Le jour et le mois n’y sont pas connus."),
        ({"idp_birthdate": "1958-01-00"}, "1er janvier 1958. Le jour n’y est pas connu."),
        ({}, "1er janvier 1958. Corrigez-la si"),
    ],
)
def test_a_date_partly_presumed_is_said_to_be(told: dict[str, str], said: str) -> None:
    person = a_person(birthdate=date(1958, 1, 1), **told)
    found = prefill.remarks(person_form(), person, as_of=TODAY)
    assert list(found) == ["born"]
    assert found["born"].replace("\xa0", " ").startswith(f"Date communiquée par FranceConnect : {said}")


def test_a_date_that_is_sure_needs_no_remark() -> None:
    for told in ({"birthdate": BORN}, {"birthdate": date(1993, 6, 1), "idp_birthdate": "1993-06-01"}, {}):
        assert prefill.remarks(person_form(), a_person(**told), as_of=TODAY) == {}
    assert prefill.remarks(person_form(), None, as_of=TODAY) == {}


@pytest.mark.parametrize("told", [{"gender": "unspecified"}, {"family_name": "x" * 300}, {"family_name": ""}])
def test_a_claim_that_the_question_would_refuse_locks_nothing(told: dict[str, Any]) -> None:
    name = next(iter(told)).removeprefix("family_")
    assert name not in prefill.locked(person_form(), a_person(**told), as_of=TODAY)


def test_what_a_browser_says_of_a_locked_answer_counts_for_nothing() -> None:
    form = person_form()
    values = prefill.locked(form, a_person(birthdate=BORN), as_of=TODAY)
    posted = {"name": ["Faux"], "born-day": ["1"], "born-month": ["1"], "born-year": ["1900"], "other": ["oui"]}
    said = prefill.enforced(form, posted, values)
    assert said == {
        "name": ["MODÈLE"],
        "born-day": ["27"],
        "born-month": ["3"],
        "born-year": ["1987"],
        "other": ["oui"],
    }


def test_verified_names_the_answers_that_are_the_provider_s() -> None:
    form, person = person_form(), a_person(birthdate=BORN)
    answers = {"name": "MODÈLE", "first": "Andréa", "born": "1987-03-28", "email": "andrea@exemple.example"}
    assert prefill.verified(form, answers, person, as_of=TODAY) == ["name"]


def test_at_filing_only_what_is_locked_is_put_back() -> None:
    assert prefill.imposed(person_form(), {"name": "Faux"}, a_person(), as_of=TODAY) == {"name": "MODÈLE"}


def link_form() -> Form:
    rooms = [{"const": "mairie", "title": "Salle de la mairie"}, {"const": "gymnase", "title": "Gymnase"}]
    return a_form(
        {
            "room": {"title": "Salle", "oneOf": rooms, "x-prefill": {"source": "link"}},
            "day": text("link", format="date"),
            "guests": {"type": "integer", "title": "Invités", "maximum": 200, "x-prefill": {"source": "link"}},
            "sworn": {"type": "boolean", "const": True, "title": "Je déclare", "x-prefill": {"source": "link"}},
            "name": text("franceconnect.family_name", locked=True),
        }
    )


def test_a_link_fills_what_says_so() -> None:
    asked = {"prefill.room": "mairie", "prefill.day": "2027-03-16", "prefill.guests": "80"}
    assert prefill.of_link(link_form(), asked, as_of=TODAY) == {"room": "mairie", "day": "2027-03-16", "guests": 80}


@pytest.mark.parametrize(
    "asked",
    [
        {"prefill.room": "château"},
        {"prefill.day": "2027-02-30"},
        {"prefill.day": "demain"},
        {"prefill.guests": "201"},
        {"prefill.guests": "<script>"},
        {"prefill.sworn": "true"},
        {"prefill.name": "Faux"},
        {"room": "mairie"},
        {"prefill.room": ""},
        {"prefill.absent": "x"},
    ],
)
def test_a_link_gives_nothing_that_is_not_asked_or_not_accepted(asked: dict[str, str]) -> None:
    assert prefill.of_link(link_form(), asked, as_of=TODAY) == {}


def test_only_these_parameters_are_carried() -> None:
    assert prefill.link_names(link_form()) == ["prefill.room", "prefill.day", "prefill.guests"]


def test_a_profile_answers_by_role_and_only_what_is_empty() -> None:
    former = a_form({"call": {"type": "string", "title": "Téléphone", "x-role": "telephone"}})
    form = a_form({"phone": text("profile.telephone"), "again": text("profile.telephone")})
    told = prefill.of_profile(form, {"again": "déjà dit"}, former, {"call": "01 99 00 12 34"}, as_of=TODAY)
    assert told == {"phone": "01 99 00 12 34", "again": "déjà dit"}
    assert [field.name for field in prefill.profile_fields(form, {"again": "x"})] == ["phone"]


def test_a_similar_demande_starts_from_what_may_be_said_again() -> None:
    def form(first: int) -> Form:
        return a_form(
            {
                "why": {"type": "string", "title": "Pourquoi"},
                "day": {"type": "string", "format": "date", "title": "Quand", "x-min": {"days": first}},
                "changed": {"type": "string", "title": "Avant", **({"format": "email"} if first else {})},
                "sworn": {"type": "boolean", "const": True, "title": "Je déclare"},
                "proof": {
                    "type": "array",
                    "title": "Pièce",
                    "items": {"type": "object", "x-file": {"types": ["application/pdf"], "max_bytes": 1000}},
                },
            }
        )

    filed = {"why": "Fête", "day": "2026-01-05", "changed": "mot", "sworn": True, "proof": [{"id": "a"}]}
    assert prefill.of_former(form(15), form(0), filed, as_of=TODAY) == {"why": "Fête"}


def test_a_commune_of_birth_comes_by_its_code_and_an_unknown_code_says_nothing() -> None:
    asked = {"type": "object", "title": "Commune de naissance", "x-commune": True}
    form = a_form({"birthplace": {**asked, "x-prefill": {"source": "franceconnect.birthplace", "locked": True}}})
    told = prefill.completed(form, {}, a_person(birthplace="35238"), as_of=TODAY)
    assert told == {"birthplace": {"name": "Rennes", "code": "35238"}}
    assert prefill.locked(form, a_person(birthplace="35238"), as_of=TODAY) == told
    assert prefill.completed(form, {}, a_person(birthplace="99109"), as_of=TODAY) == {}
    assert prefill.completed(form, {}, a_person(birthplace=""), as_of=TODAY) == {}
