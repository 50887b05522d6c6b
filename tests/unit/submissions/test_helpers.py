"""What a helper declares: what is asked, what is refused, and what stands behind it."""

from __future__ import annotations

from datetime import date

import pytest

from grc.franceconnect import claims
from grc.submissions import helpers
from grc.submissions.helpers import Helper
from tests.support.accounts import a_person

TODAY = date(2026, 3, 16)
WELL = {
    "quality": "france_services",
    "given_names": "Sacha",
    "family_name": "Modèle",
    "organisation": "Maison de l’Exemple (Tilleul)",
    "email": "sacha@maison.example",
    "mandate": "yes",
}


def read(**changes: str) -> tuple[Helper, list[str]]:
    helper, problems = helpers.read({**WELL, **changes}, today=TODAY, account=None)
    return helper, [problem.field for problem in problems]


def test_what_is_declared_is_kept_and_read_back() -> None:
    helper, problems = read(given_names="  Sacha   Jeanne ", telephone="+33 1 99 00 12 34")
    assert not problems
    assert (helper.given_names, helper.telephone, helper.agreed_on) == ("Sacha Jeanne", "0199001234", TODAY)
    assert helper.words == "Sacha Jeanne Modèle (conseiller France services, Maison de l’Exemple (Tilleul))"
    assert Helper.of(helper.as_json()) == helper
    assert Helper.of(None) is None
    assert "Sacha" not in repr(helper)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"quality": "boss"}, "quality"),
        ({"given_names": ""}, "given_names"),
        ({"family_name": "www.exemple.example"}, "family_name"),
        ({"family_name": "Modèle https://x"}, "family_name"),
        ({"family_name": "M" * 101}, "family_name"),
        ({"organisation": ""}, "organisation"),
        ({"organisation": "gagnez.example/lot"}, "organisation"),
        ({"email": "sacha"}, "email"),
        ({"email": ""}, "email"),
        ({"telephone": "12"}, "telephone"),
        ({"mandate": ""}, "mandate"),
        ({"email": "", "telephone": "0199001234", "copied": "yes"}, "copied"),
    ],
)
def test_what_is_missing_or_could_make_a_link_is_refused(changes: dict[str, str], wrong: str) -> None:
    assert read(**changes)[1] == [wrong]


@pytest.mark.parametrize("name", ["D’Arc", "Martin--Modèle", "Le Goff", "Þórsdóttir", "Ĺuboš"])
def test_names_of_all_letters_pass(name: str) -> None:
    assert not read(family_name=name)[1]


def test_a_relative_has_no_organisation() -> None:
    helper, problems = read(quality="relative")
    assert not problems and helper.organisation == ""


def test_the_account_stands_behind_the_names_that_it_bears() -> None:
    account = a_person(given_name="Sacha Alix", given_names=("Sacha", "Alix"), family_name="MODÈLE")
    for said, vouched in (("Sacha", "franceconnect"), ("Sacha Alix", "franceconnect"), ("Jeanne", "")):
        helper, _ = helpers.read({**WELL, "given_names": said}, today=TODAY, account=account)
        assert (helper.vouched_by, helper.has_own_account) == (vouched, True)
    assert helpers.proposed(account)["given_names"] == "Sacha"


def test_aidants_connect_brings_the_identity_of_the_person_helped() -> None:
    account = a_person(rep_scope=("PAPIERS", "LOGEMENT"))
    helper, problems = helpers.read({**WELL, "quality": ""}, today=TODAY, account=account)
    assert not problems
    assert (helper.quality, helper.vouched_by, helper.has_own_account) == ("aidants_connect", "aidants_connect", False)
    assert helpers.proposed(account) == {}


@pytest.mark.parametrize("told", [["PAPIERS", "LOGEMENT"], "PAPIERS LOGEMENT"])
def test_what_the_mandate_covers_is_read_as_a_list_or_as_words(told: object) -> None:
    identity = claims.identity({"sub": "x", "rep_scope": told}, iss="https://fc.example", acr="eidas1")
    assert identity.rep_scope == ("PAPIERS", "LOGEMENT")
    assert claims.from_json(claims.as_json(identity)) == identity
    assert claims.identity({"sub": "x", "rep_scope": {}}, iss="https://fc.example", acr="eidas1").rep_scope == ()


def test_an_address_is_the_helper_s_whatever_its_case() -> None:
    helper, _ = read()
    assert helper.writes_at("SACHA@maison.example")
    assert not helper.writes_at("camille@exemple.example")
    assert not read(email="", telephone="0199001234")[0].writes_at("")
