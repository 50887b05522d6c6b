"""Expressions and texts: what is allowed, what none does, what is refused, and that nothing gets out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.conditions import Expression, Faults, parse_expression, parse_text, render
from grc.errors import Misconfigured

KNOWN = {"answers.copies", "answers.kind", "answers.born", "answers.list", "answers.ok", "authority.name", "channel"}
NAMES = {
    "answers": {"copies": 3, "kind": "full", "born": "1987-03-27", "list": ["a", 2, True], "ok": False},
    "authority": {"name": "Tilleul-sur-Exemple"},
}


def parsed(source: str) -> Expression:
    faults = Faults()
    expression = parse_expression(source, known=KNOWN, where="w", faults=faults)
    faults.raise_any()
    assert expression is not None
    return expression


def fault_of(source: str) -> str:
    faults = Faults()
    assert parse_expression(source, known=KNOWN, where="w", faults=faults) is None
    return " ".join(str(fault) for fault in faults).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("answers.copies + 0.1", Decimal("3.1")),
        ("answers.copies * 2 - 1", Decimal(5)),
        ("answers.copies / 0", None),
        ("-answers.copies", Decimal(-3)),
        ("answers.copies > 2", True),
        ("answers.copies >= 3 and answers.copies <= 3", True),
        ("answers.copies < 3", False),
        ("answers.copies == 3.0", True),
        ("answers.copies != 3", False),
        ("answers.copies == true", False),
        ("answers.ok == 0", False),
        ("answers.kind == 'full'", True),
        ("answers.kind in ['full', 'part']", True),
        ("answers.kind not in ['full', 'part']", False),
        ("2 in answers.list", True),
        ("1 in answers.list", False),
        ("'f' in answers.kind", None),
        ("answers.born < '1990-01-01'", True),
        ("answers.born < 1990", None),
        ("answers.kind + 1", None),
        ("answers.kind ~ ' ' ~ answers.copies ~ channel", "full 3"),
        ("'yes' if answers.ok else 'no'", "no"),
        ("'yes' if channel == 'desk'", None),
        ("answers.ok is none", False),
        ("channel is none", True),
        ("channel is defined", False),
        ("channel | default('online')", "online"),
        ("answers.list | length", Decimal(3)),
        ("answers.copies | length", None),
        ("answers.list | join(' - ')", "a - 2 - oui"),
        ("answers.kind | join", None),
        ("authority.name | lower", "tilleul-sur-exemple"),
        ("answers.copies | lower", None),
        ("'12,5' | decimal", Decimal("12.5")),
        ("'NaN' | decimal", None),
        ("'twelve' | decimal", None),
        ("answers.copies | decimal", Decimal(3)),
        ("123450 | money", "1\u202f234,50\u00a0€"),
        ("answers.kind | money", None),
        ("answers.ok | yes_no", "non"),
        ("answers.kind | yes_no", None),
        ("answers.born | date", "27\u00a0mars\u00a01987"),
        ("'2026-03-01' | date", "1er\u00a0mars\u00a02026"),
        ("answers.kind | date", None),
        ("answers.born | add_days(5)", "1987-04-01"),
        ("answers.born | add_days(0.5)", None),
        ("'9999-12-31' | add_days(1)", None),
        ("'2026-01-31' | add_months(1)", "2026-02-28"),
        ("'2026-01-31' | add_months(-13)", "2024-12-31"),
        ("'9999-12-31' | add_months(1)", None),
        ("'0001-01-31' | add_months(-1)", None),
        ("answers.born | add_months(0.5)", None),
        ("'2024-02-29' | add_years(1)", "2025-02-28"),
        ("answers.born | add_years('a')", None),
        ("'2026-03-01' | days_until('2026-02-27')", Decimal(-2)),
        ("answers.born | days_until(answers.kind)", None),
        ("'2008-11-23' | years_until('2026-11-22')", Decimal(17)),
        ("'2008-11-22' | years_until('2026-11-22')", Decimal(18)),
        ("answers.kind | years_until('2026-11-22')", None),
        ("2.5 | round", Decimal(3)),
        ("-2.5 | round", Decimal(-3)),
        ("10 / 3 | round(2)", Decimal(10) / Decimal("3.00")),
        ("(10 / 3) | round(2)", Decimal("3.33")),
        ("answers.kind | round", None),
        ("1 | round(9)", None),
        ("[1, 2.5, none] | sum", Decimal("3.5")),
        ("answers.kind | sum", None),
        ("[3, 1, none, 2] | min", Decimal(1)),
        ("['2026-01-02', '2025-12-31'] | max", "2026-01-02"),
        ("[1, 'a'] | max", None),
        ("[] | min", None),
        ("answers.kind | max", None),
        ("answers.kind | map('a')", None),
    ],
)
def test_an_expression_gives(source: str, value: Any) -> None:
    found = parsed(source).value(NAMES)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "source",
    [
        "channel",
        "channel > 2",
        "not (channel > 2)",
        "channel + 1 > 0",
        "channel and true",
        "channel or false",
        "channel in [1]",
        "'a' in channel",
    ],
)
def test_what_is_absent_makes_a_guard_false(source: str) -> None:
    assert parsed(source).value({}) in (None, False)
    assert parsed(source).holds({}) is False


def test_one_known_side_can_settle_and_and_or() -> None:
    assert parsed("channel or true").value({}) is True
    assert parsed("channel and false").value({}) is False


def test_an_expression_tells_what_it_reads() -> None:
    assert parsed("answers.copies > 2 and channel == 'desk'").reads == {"answers.copies", "channel"}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("answers.copie", "Vouliez-vous dire « answers.copies » ?"),
        ("answers", "« answers » n’existe pas"),
        ("answers.kind | lenght", "Vouliez-vous dire « length » ?"),
        ("answers.__class__", "pas un nom permis"),
        ("answers.kind.upper", "n’existe pas"),
        ("'a'.upper", "pas un nom permis"),
        ("range(9)", "« call »"),
        ("answers['kind']", "« getitem »"),
        ("2 ** 9", "« pow »"),
        ("7 % 2", "« mod »"),
        ("{'a': 1}", "« dict »"),
        ("1 < 2 < 3", "une seule comparaison"),
        ("answers.kind is string", "« is string » n’existe pas"),
        ("answers.kind | default", "bon nombre"),
        ("answers.kind | lower(1)", "bon nombre"),
        ("answers.kind | default(other=1)", "bon nombre"),
        ("1 +", "écriture fautive"),
        ("1 2", "n’est pas attendu ici"),
        ("1" * 999 + "1" * 999, "caractères"),
        ("(" * 400 + "1" + ")" * 400, "imbriqué"),
        ("+".join(["1"] * 400), "imbriqu"),
        ("-" * 500 + "1", "imbriqu"),
    ],
)
def test_what_is_refused_is_named(source: str, message: str) -> None:
    assert message in fault_of(source)


@given(st.text(alphabet="answer.copiesk+-*/()[]{}<>=!~|'\"_ 0123456789notandorifelsein%", max_size=60), st.booleans())
def test_any_source_is_refused_or_computed(source: str, empty: bool) -> None:
    faults = Faults()
    expression = parse_expression(source, known=KNOWN, where="w", faults=faults)
    assert (expression is None) is bool(faults)
    if expression:
        assert isinstance(expression.value({} if empty else NAMES), Decimal | bool | str | list | None)


@given(st.text(max_size=80))
def test_any_text_is_refused_or_rendered(source: str) -> None:
    faults = Faults()
    text = parse_text(source, known=None, where="w", faults=faults)
    assert (text is None) is bool(faults)
    assert text is None or isinstance(text.render(NAMES), str)


def test_values_in_a_text_are_escaped_and_its_words_are_not() -> None:
    names = {"authority": {"name": "<b>"}}
    rendered = render("<i>{{ authority.name }}</i>", names, lambda text: text.replace("<", "&lt;"))
    assert rendered == "<i>&lt;b></i>"


def test_a_text_says_nothing_for_what_is_absent() -> None:
    assert render("Bonjour {{ authority.name }} !", {}) == "Bonjour  !"
    assert render("Sans variable", {}) == "Sans variable"


@pytest.mark.parametrize(("copies", "expected"), [(1, "un"), (2, "deux"), (3, "plusieurs"), (None, "plusieurs")])
def test_a_text_can_choose(copies: int | None, expected: str) -> None:
    source = "{% if a.n == 1 %}un{% elif a.n == 2 %}deux{% else %}plusieurs{% endif %}"
    assert render(source, {"a": {"n": copies}}) == expected


@pytest.mark.parametrize(
    "source",
    [
        "{% for x in answers.list %}{{ x }}{% endfor %}",
        "{% set x = 1 %}",
        "{% include 'x' %}",
        "{{ answers.kind",
        "{{ x() }}",
        "{% if a %}" * 40 + "{% endif %}" * 40,
        "x" * 20_001 + "{",
    ],
)
def test_a_faulty_text_is_refused(source: str) -> None:
    with pytest.raises(Misconfigured):
        render(source, {})


def test_names_of_a_text_are_checked_when_they_are_known() -> None:
    faults = Faults()
    assert parse_text("{{ authority.nom }}", known=KNOWN, where="w", faults=faults) is None
    assert "authority.name" in str(next(iter(faults)))
