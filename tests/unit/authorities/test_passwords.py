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
        "charlie12345",
        "michelle1234",
        "basketball12",
        "liverpool123",
        "princess1234",
        "computer1234",
        "Camille-Basket-2019",
        "p@ssw0rd2024",
        "Ch0c0lat!2024",
        "kristina01021990",
        "19900201kristina",
        "xk7pxk7pxk7p",
        "qwertyytrewq",
        "123qweasdzxc",
        "1qaz2wsx3edc",
        "q1w2e3r4t5y6",
        "1a2b3c4d5e6f",
        "&1aze2qsd3wxc&",
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
        "скрепка 1234",
        "charlie aime son basket",
        "tigre piano orange",
        "agrafe38417209",
        "kv7wzr2mxp9t",
        "!?.;:/§%£µ*+",
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


def test_every_character_counts_and_its_case() -> None:
    long = "Agrafe chemin vélo " * 13 + "velo Paris"[:9]
    assert len(long) == passwords.MAXIMUM_LENGTH
    assert passwords.problems(long) == []
    stored = passwords.hashed(long)
    assert [passwords.matches(stored, each) for each in (long, long[:-1], long[:-1] + "X", long.lower())] == [
        True, False, False, False,
    ]  # fmt: skip


def test_what_is_stored_is_argon2id() -> None:
    first, second = passwords.hashed("agrafe chemin velo"), passwords.hashed("agrafe chemin velo")
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert first != second, "each has its own salt"


@pytest.mark.parametrize("stored", [None, ""])
def test_an_account_without_password_opens_with_none(stored: str | None) -> None:
    assert not any(passwords.matches(stored, guess) for guess in ("", "nobody has this password"))


def test_a_hash_of_other_parameters_is_outdated() -> None:
    assert not passwords.is_outdated(passwords.hashed("agrafe chemin velo"))
    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=8192).hash("agrafe chemin velo"))
