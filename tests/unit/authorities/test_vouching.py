"""Whom ProConnect vouches for: organisation and level are compared with ours, and odd claims open nothing."""

from __future__ import annotations

from typing import Any

import pytest

from grc.authorities.vouching import Organisation, is_siret, organisation, vouched

LA_POSTE = "35600000049837"
"""A post office: no Luhn key, a sum of digits that five divides."""


def with_key(siren_and_nic: str) -> str:
    """The thirteen digits and the last that makes them a SIRET."""
    return next(number for number in (f"{siren_and_nic}{last}" for last in range(10)) if is_siret(number))


OWN, ANNEX, STRANGER = with_key("2199000130001"), with_key("2199000130002"), with_key("2199000210001")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("73282932000074", True),
        ("73282932000075", False),
        ("35600000000048", True),
        (LA_POSTE, True),
        ("35600000049838", False),
        ("00000000000000", False),
        ("7328293200007", False),
        ("732829320000741", False),
        ("732 829 320 00074", False),
        ("73282932000074\n", False),
        ("７３２８２９３２００００７４", False),
        ("", False),
    ],
)
def test_a_siret_has_fourteen_digits_and_a_key(text: str, expected: bool) -> None:
    assert is_siret(text) is expected


@pytest.mark.parametrize(
    ("listed", "by_siren", "siret", "expected"),
    [
        ({OWN}, False, OWN, True),
        ({OWN}, False, ANNEX, False),
        ({OWN, ANNEX}, False, ANNEX, True),
        ({OWN}, True, ANNEX, True),
        ({OWN}, True, STRANGER, False),
        ({OWN}, True, OWN[:9], False),
        ({OWN}, True, "", False),
        (set(), True, OWN, False),
        ({""}, True, "", False),
    ],
)
def test_an_organisation_holds_its_own_establishments(
    listed: set[str], by_siren: bool, siret: str, expected: bool
) -> None:
    assert Organisation(frozenset(listed), by_siren).holds(siret) is expected


@pytest.mark.parametrize(
    ("options", "by_siren"),
    [(None, False), ({}, False), ({"organisation": "siret"}, False), ({"organisation": "siren"}, True)],
)
def test_the_whole_legal_person_only_where_the_client_says_so(options: dict[str, Any] | None, by_siren: bool) -> None:
    found = organisation(OWN, ["not a number", ANNEX], options)
    assert found == Organisation(frozenset({OWN, ANNEX}), by_siren)
    assert organisation("", None, options).sirets == frozenset()


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ({"siret": OWN}, {"siret": OWN}),
        ({"siret": int(OWN)}, {"siret": ""}),
        ({"siret": OWN[:-1] + str((int(OWN[-1]) + 1) % 10)}, {"siret": ""}),
        ({"siret": [OWN]}, {"siret": ""}),
        ({"email": "Claire.Modele@Tilleul.example"}, {"email": "claire.modele@tilleul.example"}),
        ({"email": "claire"}, {"email": ""}),
        ({"email": "a@b.example\nBcc: c@d.example"}, {"email": ""}),
        ({"email": None}, {"email": ""}),
        ({"email": "a" * 300 + "@b.example"}, {"email": ""}),
        ({"given_name": "Cla\u202eire", "usual_name": "MODÈLE"}, {"given_name": "Claire", "family_name": "MODÈLE"}),
        ({"family_name": "NAISSANCE"}, {"family_name": ""}),
        ({"usual_name": {"x": 1}, "given_name": "x" * 101}, {"family_name": "", "given_name": ""}),
    ],
)
def test_odd_claims_are_absent_claims(told: dict[str, Any], kept: dict[str, str]) -> None:
    person = vouched({"sub": "a-subject", **told}, issuer="https://pc.example", acr="eidas1-mfa")
    assert {name: getattr(person, name) for name in kept} == kept
    assert "odele" not in repr(person)


@pytest.mark.parametrize(
    ("acr", "expected"),
    [("eidas1", False), ("eidas0", False), ("", False), ("eidas0-mfa", True), ("eidas1-mfa", True), ("eidas3", True)],
)
def test_some_levels_hold_a_second_factor(acr: str, expected: bool) -> None:
    assert vouched({"sub": "s"}, issuer="i", acr=acr).has_second_factor is expected
