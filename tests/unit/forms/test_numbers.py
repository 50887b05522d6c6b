"""Numbers are kept exactly as they were typed, and shown so."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.forms import numbers


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=1 - 10**12, max_value=10**12 - 1))
def test_a_number_goes_through_json_without_a_surprise(number: Decimal) -> None:
    written = f"{number:,.2f}".replace(",", " ").replace(".", ",")
    assert numbers.read(written) == number
    stored = json.loads(json.dumps(numbers.as_json(number)))
    assert numbers.exact(stored) == number
    assert numbers.read(numbers.in_french(stored)) == number
    assert Decimal(numbers.plain(stored)) == number


@given(st.integers(1 - 10**14, 10**14 - 1))
def test_cents_are_shown_and_read_back(cents: int) -> None:
    amount = numbers.read_euros(numbers.euros(cents))
    assert amount is not None
    assert int(amount * 100) == cents


@given(st.text(max_size=30) | st.text("0123456789,. €-", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    for number in (numbers.read(text), numbers.read_euros(text)):
        assert number is None or number.is_finite()


@pytest.mark.parametrize(("number", "expected"), [("12", 0), ("12.50", 1), ("1200", 0), ("0.001", 3), ("0", 0)])
def test_zeros_at_the_end_are_no_decimals(number: str, expected: int) -> None:
    assert numbers.decimals(Decimal(number)) == expected


@pytest.mark.parametrize("value", [None, "x", True, [1], float("inf"), 1e300, 10**30])
def test_what_is_no_ordinary_number_is_shown_as_it_is(value: object) -> None:
    assert numbers.in_french(value) == numbers.plain(value) == numbers.euros(value) == str(value)
