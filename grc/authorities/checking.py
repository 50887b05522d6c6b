"""What an administrator types about an authority, checked: problems in French, a name of field each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from grc.errors import Problem

LONGEST_LINE = 100
MOST_LINES = 6
EMAIL = re.compile(r"[^@\s<>\"(),:;]+@[^@\s<>\"(),:;]+\.[^@\s<>\"(),:;.]+")
_TELEPHONE = re.compile(r"\+?[0-9][0-9 .()\u00a0\u202f-]{1,28}[0-9]")


def lines(text: str) -> list[str]:
    """The lines of a text that say something, without what surrounds them."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def flat(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


def required(name: str, value: str, sentence: str) -> list[Problem]:
    """A problem where nothing is said."""
    return [] if value else [Problem(name, "required", sentence)]


def length(name: str, value: str, most: int) -> list[Problem]:
    """A problem where too much is said."""
    if len(value) <= most:
        return []
    return [Problem(name, "long", f"Raccourcissez ce texte\u00a0: {most} caractères au plus.")]


def email(name: str, value: str) -> list[Problem]:
    """A problem for what is no address; none for nothing."""
    if not value or (EMAIL.fullmatch(value) and len(value) <= 254):
        return []
    return [Problem(name, "email", "Écrivez une adresse électronique, par exemple mairie@commune.fr.")]


def telephone(name: str, value: str) -> list[Problem]:
    """A problem for what is no number; none for nothing."""
    if not value or _TELEPHONE.fullmatch(value):
        return []
    return [Problem(name, "telephone", "Écrivez un numéro de téléphone, par exemple 01 99 00 10 20.")]


def address(name: str, value: str) -> list[Problem]:
    """A problem for lines that no envelope holds; none for nothing."""
    found = lines(value)
    if len(found) > MOST_LINES:
        return [Problem(name, "lines", f"Une adresse a {MOST_LINES} lignes au plus.")]
    if any(len(line) > LONGEST_LINE for line in found):
        return [Problem(name, "long", f"Raccourcissez cette adresse\u00a0: {LONGEST_LINE} caractères par ligne.")]
    return []


def web(name: str, value: str) -> list[Problem]:
    """A problem for what is no address of a page; none for nothing."""
    if not value or (re.fullmatch(r"https?://[^\s\"<>\\]+", value) and len(value) <= 300):
        return []
    return [Problem(name, "address", "Écrivez une adresse complète, qui commence par https://.")]


def day(value: str) -> date | None:
    """The day written as browsers send it (2026-12-24) or by hand (24/12/2026); None for anything else."""
    written = re.fullmatch(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})", value.strip())
    text = value.strip() if written is None else f"{written[3]}-{int(written[2]):02}-{int(written[1]):02}"
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


def of_kinds(values: Mapping[str, str], kinds: Mapping[str, str]) -> list[Problem]:
    """The problems of form of each value, by the kind of its field: "email", "telephone", "address", "web" or "day"."""
    checks = {"email": email, "telephone": telephone, "address": address, "web": web, "day": _day_problems}
    return [problem for name, kind in kinds.items() if kind in checks for problem in checks[kind](name, values[name])]


def _day_problems(name: str, value: str) -> list[Problem]:
    if not value or day(value) is not None:
        return []
    return [Problem(name, "day", "Écrivez une date qui existe, par exemple 24/12/2026.")]
