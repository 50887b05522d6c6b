"""Who is identified when they write: a person by four data, an organisation by its number."""

from __future__ import annotations

import pytest

from grc.receipts import identification

PERSON = {"family-name", "given-names", "postal-address", "contact-email"}
pytestmark = pytest.mark.law("R20")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(PERSON, "person", id="the four data of a person"),
        pytest.param(PERSON | {"telephone"}, "person", id="and more"),
        pytest.param(PERSON - {"postal-address"}, None, id="a person without an address is not identified"),
        pytest.param(PERSON - {"contact-email"}, None, id="nor one without an e-mail address"),
        pytest.param(PERSON - {"given-names"}, None, id="nor one without a first name"),
        pytest.param(PERSON - {"family-name"}, None, id="nor one without a name"),
        pytest.param({"siret", "organisation-name", "contact-email"}, "organisation", id="a company by its SIRET"),
        pytest.param({"siren", "organisation-name", "contact-email"}, "organisation", id="or by its SIREN"),
        pytest.param({"rna", "organisation-name", "contact-email"}, "organisation", id="an association by its RNA"),
        pytest.param({"rna", "organisation-name"}, None, id="but the receipt needs an address"),
        pytest.param({"rna", "contact-email"}, "organisation", id="its number is enough, whatever it is called"),
        pytest.param({"organisation-name", "contact-email"}, None, id="a name alone is no number"),
        pytest.param({"organisation-name"} | PERSON, "person", id="who writes for it gives all of a person"),
        pytest.param(set(), None, id="nothing at all"),
    ],
)
def test_by_which_data_a_sender_is_identified(given: set[str], expected: str | None) -> None:
    assert identification.identified(given) == expected
    if expected is None:
        assert identification.missing(given)


def test_what_is_missing_is_named_for_whom_the_form_asks() -> None:
    assert identification.missing({"family-name", "contact-email"}) == {
        "given-names": "le prénom",
        "postal-address": "l’adresse postale",
    }
    assert identification.missing({"organisation-name"}) == {
        "siret": "le numéro SIRET, SIREN ou RNA",
        "contact-email": "l’adresse électronique",
    }
    assert identification.missing({"contact-email"}, asked={"rna"}) == {
        "rna": "le numéro SIRET, SIREN ou RNA",
        "organisation-name": "le nom de l’organisme",
    }
    assert identification.missing({"rna", "contact-email"}) == {"organisation-name": "le nom de l’organisme"}


def test_a_person_identified_lacks_nothing() -> None:
    assert identification.missing(set(PERSON)) == {}
