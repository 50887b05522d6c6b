"""Communes are found by what people type: accents, numbers of departments, arrondissements, names of before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc import cog

HOSTILE = ("", " ", "\x00", "\ud800", "(" * 5000, "x" * 100_000, "2a" * 300, "\u202e", "'; drop table", "٣٥", "9" * 400)


def labels(text: str) -> list[str]:
    return [each.label for each in cog.named(text)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Rennes", ["Rennes (35)"]),
        ("  rennes ", ["Rennes (35)"]),
        ("RENNES (35)", ["Rennes (35)"]),
        ("35000 Rennes", ["Rennes (35)"]),
        ("rennes 75", []),
        ("st denis (93)", ["Saint-Denis (93)"]),
        ("Saint-Denis 974", ["Saint-Denis (974)"]),
        ("saint étienne 42", ["Saint-Étienne (42)"]),
        ("oeuilly 51", ["Œuilly (51)"]),
        ("Ajaccio 2a", ["Ajaccio (2A)"]),
        ("20000 Ajaccio", ["Ajaccio (2A)"]),
        ("Paris", ["Paris (75)"]),
        ("paris 12", ["Paris 12e Arrondissement (75)"]),
        ("Paris (12e)", ["Paris 12e Arrondissement (75)"]),
        ("paris 12e", ["Paris 12e Arrondissement (75)"]),
        ("Paris 1er", ["Paris 1er Arrondissement (75)"]),
        ("69003 Lyon", ["Lyon 3e Arrondissement (69)"]),
        ("Paris 75", ["Paris (75)"]),
        ("annecy le vieux", ["Annecy-le-Vieux (74)"]),
        ("Nulle-Part-sur-Exemple", []),
    ],
)
def test_a_name_is_understood_however_it_is_typed(typed: str, found: list[str]) -> None:
    assert labels(typed) == found


def test_homonyms_come_the_most_peopled_first() -> None:
    assert labels("Saint-Denis")[:2] == ["Saint-Denis (974)", "Saint-Denis (93)"]
    assert len(labels("Saint-Denis")) == 4


def test_a_former_commune_says_what_it_is_today_and_keeps_its_own_name() -> None:
    (former,) = cog.named("Cherbourg-Octeville")
    assert (former.code, former.now) == ("50129", "Cherbourg-en-Cotentin")
    assert cog.name_of("50129") == "Cherbourg-en-Cotentin"
    assert cog.of_key(former.key) == former


def test_suggestions_begin_with_the_words_then_hold_them() -> None:
    found = [each.name for each in cog.find("tours", 8)]
    assert found[0] == "Tours"
    assert all("tours" in name.lower() for name in found)
    inside = [each.name for each in cog.find("octeville", 3)]
    assert "Cherbourg-Octeville" in inside
    assert cog.find("r") == []
    assert cog.find("rennes", 0) == []
    assert len(cog.find("saint", 5)) == 5


def test_every_label_and_key_finds_its_commune_again() -> None:
    for name in (
        "Saint-Denis",
        "Paris",
        "Paris 12",
        "Lyon",
        "Marseille",
        "Marseille 13e",
        "Arbignieu",
        "Bâgé-la-Ville",
        "Saint-Pierre",
    ):
        for each in cog.named(name):
            assert each in cog.named(each.label)
            assert cog.of_key(each.key) == each


def test_codes() -> None:
    assert cog.name_of("35238") == "Rennes"
    assert cog.name_of("2A004") == "Ajaccio"
    assert cog.name_of("99109") == "Allemagne"
    assert cog.exists("97411")
    assert not cog.exists("99999")
    assert not cog.exists("00000")
    assert [cog.department_of(code) for code in ("35238", "2A004", "97411", "98735")] == ["35", "2A", "974", "987"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_finds_nothing_and_raises_nothing(text: str) -> None:
    assert cog.named(text) == ()
    assert cog.find(text) == []
    assert cog.of_key(text) is None
    assert cog.name_of(text) is None


@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    cog.find(text, 3)
    cog.named(text)
    cog.of_key(text)
