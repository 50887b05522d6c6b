"""The examples of docs/deadlines.md are what the code computes, and every rule has one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from grc.deadlines import (
    access,
    acknowledgements,
    administrative_appeals,
    appeals,
    letters,
    parameters,
    periods,
    reasons,
    silence,
    withdrawals,
    works,
)
from grc.deadlines.holidays import Place
from grc.deadlines.letters import RegisteredLetter
from grc.deadlines.silence import SilenceRule
from grc.deadlines.suspensions import Suspension

PAGE = Path(__file__).resolve().parents[3] / "docs" / "deadlines.md"
FIGURES = parameters.in_force(date(2026, 6, 1))


def _rows() -> list[tuple[str, str, str, str]]:
    """The rows of the table of examples."""
    lines = PAGE.read_text(encoding="utf-8").split("## Exemples", 1)[1].split("\n## ", 1)[0].splitlines()
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| "))
    return [(name, start, detail, on) for name, start, detail, on in cells if name not in ("Calcul", "---")]


def _place(detail: str) -> Place:
    return Place(detail) if detail else Place.METROPOLE


def _suspended(kind: str) -> Callable[[date, str], date | None]:
    def reckoned(start: date, detail: str) -> date | None:
        noticed, deadline, *pieces = map(date.fromisoformat, detail.split(", "))
        asked = Suspension(noticed, deadline, pieces[0] if pieces else None)
        return silence.implicit_decision_date(SilenceRule(kind), start, [asked])  # type: ignore[arg-type]

    return reckoned


def _works(declaration: str) -> Callable[[date, str], date]:
    def answered(start: date, detail: str) -> date:
        said = detail.split(", ")
        return works.answer(
            declaration,  # type: ignore[arg-type]
            start,
            online="online" in said,
            measured="measured" in said,
            place=Place.METROPOLE,
            parameters=FIGURES,
        ).on

    return answered


def _letter(start: date, detail: str) -> date:
    return letters.consultation_limit(RegisteredLetter(start), place=_place(detail), parameters=FIGURES).on


def _simple(rule: Callable[..., periods.Term]) -> Callable[[date, str], date]:
    return lambda start, detail: rule(start, place=_place(detail), parameters=FIGURES).on


RULES: Mapping[str, Callable[[date, str], date | None]] = {
    "registration": _simple(acknowledgements.registration),
    "acknowledgement": _simple(acknowledgements.acknowledgement),
    "withdrawal": _simple(withdrawals.limit),
    "reasons": _simple(reasons.due),
    "appeal_silence": _simple(administrative_appeals.silence),
    "documents_access": _simple(access.refusal),
    "commission_referral": _simple(access.commission_referral),
    "commission_silence": _simple(access.commission_silence),
    "works_reminder": _simple(works.reminder_answer),
    "third_party_letter": _simple(letters.third_party),
    "registered_letter": _letter,
    "start_answer": _works("dict"),
    "project_answer": _works("dt"),
    "silence": lambda start, _: silence.implicit_decision_date(SilenceRule("rejection"), start),
    "appeal": lambda start, detail: appeals.last_day_of_appeal(start, place=_place(detail)),
    "suspended": _suspended("rejection"),
    "restarted": _suspended("acceptance"),
}


@pytest.mark.law("R11")
@pytest.mark.parametrize(("name", "start", "detail", "on"), _rows(), ids=str)
def test_the_page_says_what_the_code_computes(name: str, start: str, detail: str, on: str) -> None:
    assert RULES[name](date.fromisoformat(start), detail) == date.fromisoformat(on)


def test_every_rule_has_an_example_and_every_example_a_rule() -> None:
    told = {name for name, *_ in _rows()}
    assert told == set(RULES)
    assert set(get_args(periods.Code)) - {"clock"} <= told
