"""References that survive the telephone, codes that nobody guesses."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc import references

YEARS = st.integers(1, 9999)
SEPARATORS = st.sampled_from(["", " ", "-", ".", "\u00a0", "\u2011", "–", " - "])


@given(YEARS)
def test_a_new_reference_is_read_back(year: int) -> None:
    made = references.new_reference(year)
    assert re.fullmatch(r"\d{4}-\d{3}-\d{3}-\d{3}", made)
    assert made.startswith(f"{year:04d}-")
    assert references.read_reference(made) == made


@given(YEARS, st.lists(SEPARATORS, min_size=12, max_size=12))
def test_it_is_read_whatever_separates_its_digits(year: int, separators: list[str]) -> None:
    made = references.new_reference(year)
    digits = made.replace("-", "")
    typed = "".join(digit + separator for digit, separator in zip(digits, [*separators, ""], strict=True))
    assert references.read_reference(typed) == made


@given(YEARS, st.integers(0, 12), st.integers(1, 9))
def test_any_single_wrong_digit_is_refused(year: int, position: int, shift: int) -> None:
    digits = list(references.new_reference(year).replace("-", ""))
    digits[position] = str((int(digits[position]) + shift) % 10)
    assert references.read_reference("".join(digits)) is None


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_reference_or_nothing(text: str) -> None:
    found = references.read_reference(text)
    assert found is None or references.read_reference(found) == found


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-483-715-6290", "٢٠٢٦٤٨٣٧١٥٦٢٩", "2026-483-71x-629", "²" * 13, "\x00"]
)
def test_what_is_no_reference(text: str) -> None:
    assert references.read_reference(text) is None


def test_references_do_not_follow_one_another() -> None:
    made = [references.new_reference(2026) for _ in range(2000)]
    assert len(set(made)) > 1990
    assert made != sorted(made)
    last = Counter(one[-1] for one in made)
    assert len(last) == 10
    assert max(last.values()) < 2 * min(last.values())


def test_a_code_has_eighty_bits_shown_in_fours() -> None:
    made = {references.new_code() for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){3}", code) for code in made)
    seen = Counter("".join(made).replace("-", ""))
    assert len(seen) == 32


@given(st.lists(SEPARATORS, min_size=16, max_size=16), st.booleans())
def test_a_code_is_read_in_any_case_and_spacing(separators: list[str], lower: bool) -> None:
    code = references.new_code().replace("-", "")
    typed = "".join(letter + separator for letter, separator in zip(code, separators, strict=True))
    assert references.read_code(typed.lower() if lower else typed) == code


def test_digits_that_no_code_has_are_read_as_the_letters_they_look_like() -> None:
    assert references.read_code("0I1B-8AAA-AAAA-AAAA") == "OIIBBAAAAAAAAAAA"


@pytest.mark.parametrize(
    "text", ["", "K7PQ", "K7PQ-2M4X-ABCD-EF2", "K7PQ-2M4X-ABCD-EF239", "K7PQ-2M4X-ABCD-EF2é", "9" * 16]
)
def test_what_is_no_code(text: str) -> None:
    assert references.read_code(text) is None


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_code_or_nothing(text: str) -> None:
    found = references.read_code(text)
    assert found is None or (len(found) == 16 and references.read_code(found) == found)


def test_a_keyed_hash_depends_on_key_purpose_and_value() -> None:
    made = {
        references.keyed_hash(key, purpose, value)
        for key in (b"a", b"b")
        for purpose in ("x", "y")
        for value in ("", "z")
    }
    assert len(made) == 8
    assert all(re.fullmatch(r"[0-9a-f]{64}", one) for one in made)


@pytest.mark.parametrize(("make", "length"), [(references.new_token, 43), (references.new_public_id, 22)])
def test_tokens_are_long_and_safe_in_an_address(make: object, length: int) -> None:
    made = {make() for _ in range(1000)}  # type: ignore[operator]
    assert len(made) == 1000
    assert all(re.fullmatch(rf"[A-Za-z0-9_-]{{{length}}}", one) for one in made)
