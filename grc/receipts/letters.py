"""The letters that an authority writes: Markdown with variables, in the one language of expressions."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from grc.conditions import Faults, Text, parse_text
from grc.conditions.expressions import Names
from grc.receipts import markdown
from grc.receipts.wording import typeset

NAMES = frozenset(
    {
        "authority.name",
        "service.name",
        "service.telephone",
        "service.email",
        "procedure.title",
        "submission.reference",
        "submission.received_on",
        "applicant.name",
        "decision.on",
    }
)
"""What every letter may show, beside the answers; days are "2026-03-16", which the filter `date` spells."""

_CODE = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})", re.DOTALL)


def check(source: str, *, known: Collection[str], where: str, faults: Faults) -> None:
    """Adds the faults of a letter, with the line of each: an unknown name, something that the language does not allow.

    known: what it may show of the demande beside NAMES: "answers.day" as it is stored, "shown.day" as people read it.
    """
    if not source.strip():
        faults.add(where, "cette lettre est vide.", "Écrivez-la, ou ôtez-la de la démarche.")
    parse_text(_set(source), known=NAMES.union(known), where=where, faults=faults)


def write(source: str, names: Names) -> str:
    """The letter with its values in, as Markdown: each value shown as it is, whatever signs it holds.

    names: {"authority": {"name": …}, "answers": {…}}; an absent value is nothing. Raises Misconfigured when faulty.
    """
    return _parsed(source).render(names, markdown.escape)


@lru_cache(maxsize=256)
def _parsed(source: str) -> Text:
    faults = Faults()
    parsed = parse_text(_set(source), known=None, where="", faults=faults)
    faults.raise_any()
    assert parsed is not None  # noqa: S101 - a text without a fault was read
    return parsed


def _set(source: str) -> str:
    """The author's words with French no-break spaces; the expressions between them are left alone."""
    return "".join(part if _CODE.fullmatch(part) else _typeset(part) for part in _CODE.split(source))


def _typeset(words: str) -> str:
    """Line by line: no line of Markdown may be joined to the next."""
    return "\n".join(typeset(line) for line in words.split("\n"))
