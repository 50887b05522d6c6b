"""Passwords: what is guessed first is refused, nothing else is; an old hash is seen; no password opens nothing."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from grc.authorities import passwords

KNOWN = ("Tilleul-sur-Exemple", "tilleul", "claire.modele@tilleul.example", "Claire", "Modèle")


@pytest.mark.parametrize(
    "password",
    [
        "Mairie2026!!!!",
        "motdepasse123",
        "MotDePasse!2026",
        "azertyuiop123",
        "poiuytrezaml",
        "123456789012",
        "210987654321",
        "abcdefghijkl",
        "aaaaaaaaaaaaaaaa",
        "Tilleul-Modele-99",
        "tilleulsurexemple1",
        "claire.modele@tilleul.example",
        "soleilsoleil",
        "jean-pierre-2024!",
        "été-automne-hiver",
    ],
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    assert [problem.code for problem in passwords.problems(password, known=KNOWN)] == ["obvious"]


@pytest.mark.parametrize(
    "password",
    [
        "agrafe chemin velo",
        "demonstration-2026",
        "482915736402",
        "tr0ub4dor et trois",
        "Marronnier-2026-zinc",
        "скрепка дорога",
    ],
)
def test_nothing_else_is_asked(password: str) -> None:
    assert passwords.problems(password, known=KNOWN) == []


def test_length_is_the_one_rule() -> None:
    assert [problem.code for problem in passwords.problems("agrafe velo")] == ["short"]
    assert [problem.code for problem in passwords.problems("agrafe chemin velo " * 20)] == ["long"]
    assert passwords.problems("agrafe chemi") == []


def test_the_right_password_and_no_other() -> None:
    stored = passwords.hashed("agrafe chemin vélo")
    assert passwords.matches(stored, "agrafe chemin vélo")
    assert passwords.matches(stored, "agrafe chemin ve\u0301lo")
    assert not passwords.matches(stored, "agrafe chemin velo")
    assert not passwords.matches("no hash at all", "agrafe chemin vélo")


@pytest.mark.parametrize("stored", [None, ""])
def test_an_account_without_password_opens_with_none(stored: str | None) -> None:
    assert not any(passwords.matches(stored, guess) for guess in ("", "nobody has this password"))


def test_a_hash_of_other_parameters_is_outdated() -> None:
    assert not passwords.is_outdated(passwords.hashed("agrafe chemin velo"))
    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=8192).hash("agrafe chemin velo"))
