"""Formats: the same in both validators and in their patterns, and never a pattern run by Python."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.forms.fields import valid_email
from grc.forms.formats import (
    FORMATS,
    LINES_PATTERN,
    fast_validator,
    is_linear,
    is_printable,
    matcher,
    reference_validator,
)

ALPHABET = st.sampled_from([*"aZé09@.-_+ 'x", "1", "2", "0", "\n", "\u00a0", "\ud800", "１"])
CANDIDATES = st.text(alphabet=ALPHABET, max_size=16) | st.dates().map(str) | st.emails()


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("email", "camille@exemple.example", True),
        ("email", "camille.modele+acte@mairie.exemple.example", True),
        ("email", "camille exemple@exemple.example", False),
        ("email", " camille@exemple.example", False),
        ("email", "camille@exemple", False),
        ("email", "camille@exemple.example\n", False),
        ("email", "camille@@exemple.example", False),
        ("email", "camille..x@exemple.example", False),
        ("email", "é@exemple.example", False),
        ("email", "a" * 65 + "@exemple.example", False),
        ("email", "a@" + "b" * 250 + ".fr", False),
        ("email", "<a@exemple.example>", False),
        ("phone-fr", "0199001234", True),
        ("phone-fr", "+3221234567", True),
        ("phone-fr", "0099001234", False),
        ("phone-fr", "019900123", False),
        ("postal-code-fr", "97133", True),
        ("postal-code-fr", "3500", False),
        ("postal-code-fr", "２５０００", False),
        ("date", "2024-02-29", True),
        ("date", "2023-02-29", False),
        ("date", "0987-01-01", False),
        ("date", "2024-1-1", False),
        ("date", "2024-01-01T00:00", False),
        ("date", "20240101", False),
    ],
)
def test_a_format_holds_or_not(name: str, text: str, expected: bool) -> None:
    schema = {"type": "string", "format": name}
    assert FORMATS[name].holds(text) is expected
    assert fast_validator(schema)(text) is expected
    assert reference_validator(schema).is_valid(text) is expected


@pytest.mark.parametrize("name", sorted(FORMATS))
@given(text=CANDIDATES)
def test_both_validators_judge_alike_and_the_pattern_is_no_stricter(name: str, text: str) -> None:
    schema = {"type": "string", "format": name}
    reference = reference_validator(schema).is_valid(text)
    try:
        assert fast_validator(schema)(text) is reference
    except UnicodeEncodeError:
        assert reference is False
        return
    if reference:
        assert matcher(FORMATS[name].pattern)(text)


@given(st.text(max_size=30))
def test_printable_is_what_the_outside_pattern_says(text: str) -> None:
    try:
        assert matcher(LINES_PATTERN)(text) is is_printable(text)
    except UnicodeEncodeError:
        assert not is_printable(text)


def test_an_explosive_pattern_ends() -> None:
    schema = {"type": "string", "pattern": "^(a+)+$"}
    assert not reference_validator(schema).is_valid("a" * 5000 + "!")
    assert not fast_validator(schema)("a" * 5000 + "!")


def test_patterns_mean_what_ecma_says() -> None:
    reference = reference_validator({"pattern": "^\\d{2}$"})
    assert reference.is_valid("12")
    assert not reference.is_valid("12\n")
    assert not reference.is_valid("１２")
    assert not reference.is_valid("\ud800")
    assert reference.is_valid(12)


@pytest.mark.parametrize("pattern", ["(?=a)", "(a)\\1", "(?<!a)b", "("])
def test_patterns_out_of_the_linear_subset_are_known(pattern: str) -> None:
    assert not is_linear(pattern)


def test_ordinary_patterns_are_linear() -> None:
    assert is_linear("^[A-Z]{2}[0-9]+$")


def test_valid_email_is_the_same_judgement() -> None:
    assert valid_email("camille@exemple.example")
    assert not valid_email("camille")
