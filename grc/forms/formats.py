"""Our own formats, one function each for both validators, with the pattern that says the same to the outside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any

import jsonschema_rs
from jsonschema import FormatChecker, exceptions, validators

from grc.forms import identifiers

Json = Any

_LOCAL_PART = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_TOP_LABEL = r"[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"

UNPRINTABLE = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
"""Control characters but tab and line ends, and those that turn a text's direction: inside a class of a pattern."""

LINES_PATTERN = "^[^" + "".join(c if c == "-" else f"\\u{ord(c):04x}" for c in UNPRINTABLE) + "]*$"
"""What every text must match, written with ASCII escapes that ECMA-262 and the Rust engine read alike."""

_unprintable = re.compile(f"[{UNPRINTABLE}\ud800-\udfff]")
_SHORT = 500


@dataclass(frozen=True)
class Format:
    """pattern: anchored, ECMA-262. holds: whether a string has the format. max_length: no such text is longer."""

    pattern: str
    holds: Callable[[str], bool]
    max_length: int


def is_printable(text: str) -> bool:
    """Whether a text has no control character, lone surrogate or change of direction."""
    return _unprintable.search(text) is None


def composed(text: str) -> str:
    """The text in Unicode's composed form (NFC), in a time that grows as its length does.

    The library puts a run of accents in order by comparing each with all before it: 500,000 of them would take minutes.
    """
    if len(text) <= _SHORT or text.isascii():
        return unicodedata.normalize("NFC", text)
    apart = "".join(unicodedata.normalize("NFD", each) for each in text)
    return unicodedata.normalize("NFC", "".join(_in_order(apart)))


def _in_order(apart: str) -> Iterator[str]:
    """A decomposed text whose runs of accents stand in the order that Unicode wants."""
    for are_accents, run in groupby(apart, key=lambda each: unicodedata.combining(each) != 0):
        letters = list(run)
        yield "".join(sorted(letters, key=unicodedata.combining) if are_accents else letters)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _first_day(text: str) -> str:
    """The first day of a year or of a month; a day stays."""
    return text + "-01-01"[len(text) - 4 :]


def _format(pattern: str, max_length: int, check: Callable[[str], bool] | None = None) -> Format:
    compiled = re.compile(pattern.removeprefix("^").removesuffix("$"), re.ASCII)

    def holds(text: str) -> bool:
        if len(text) > max_length or compiled.fullmatch(text) is None:
            return False
        return check is None or check(text)

    return Format(pattern, holds, max_length)


FORMATS: Mapping[str, Format] = {
    "email": _format(
        rf"^{_LOCAL_PART}@({_LABEL}\.)+{_TOP_LABEL}$", 254, lambda text: text.index("@") <= 64 and ".@" not in text
    ),
    "date": _format(r"^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", 10, _is_date),
    "phone-fr": _format(r"^(0[1-9][0-9]{8}|\+[1-9][0-9]{6,14})$", 16),
    "postal-code-fr": _format(r"^[0-9]{5}$", 5),
    "hour-minute": _format(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", 5),
    "partial-date": _format(
        r"^[1-9][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$", 10, lambda text: _is_date(_first_day(text))
    ),
    "siret": _format(r"^[0-9]{14}$", 14, identifiers.siret_holds),
    "siren": _format(r"^[0-9]{9}$", 9, identifiers.siren_holds),
    "rna": _format(r"^W[0-9][0-9A-Z][0-9]{7}$", 10),
    "iban": _format(r"^[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}$", 34, identifiers.iban_holds),
    "cadastre": _format(r"^[0-9]{3}(0[A-Z]|[A-Z]{2}|[0-9]{2})[0-9]{4}$", 9, identifiers.parcel_holds),
    "insee-commune": _format(r"^([013-9][0-9]|2[0-9AB])[0-9]{3}$", 5),
}
"""phone-fr is stored as ten digits, or + and the country's number for a telephone abroad; identifiers compact."""


def fast_validator(schema: Mapping[str, Json]) -> Callable[[Json], bool]:
    """The Rust validator's answer, formats asserted, patterns linear. Raises ValueError for a faulty schema."""
    return jsonschema_rs.Draft202012Validator(
        dict(schema),
        validate_formats=True,
        formats={name: known.holds for name, known in FORMATS.items()},
        pattern_options=jsonschema_rs.RegexOptions(),
    ).is_valid


@lru_cache(maxsize=1024)
def matcher(pattern: str) -> Callable[[Json], bool]:
    """Whether a string matches an author's pattern, in linear time: Python's own engine never runs it."""
    return jsonschema_rs.Draft202012Validator(
        {"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions()
    ).is_valid


def is_linear(pattern: str) -> bool:
    """Whether the pattern belongs to the subset that a linear engine accepts (no look-around, no back-reference)."""
    try:
        matcher(pattern)
    except ValueError:
        return False
    return True


def _pattern(validator: Any, pattern: str, instance: Json, schema: Json) -> Any:
    if isinstance(instance, str) and not _matches(pattern, instance):
        yield exceptions.ValidationError("pattern")


def _matches(pattern: str, text: str) -> bool:
    try:
        return matcher(pattern)(text)
    except ValueError:
        return False


def _checker() -> FormatChecker:
    checker = FormatChecker(formats=())
    for name, known in FORMATS.items():
        checker.checks(name)(_for_strings(known.holds))
    return checker


def _for_strings(holds: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or holds(value)


_checks = _checker()
_Reference = validators.extend(validators.Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]


def reference_validator(schema: Mapping[str, Json]) -> Any:
    """The jsonschema validator with our formats and linear patterns: slower, and it says where and why."""
    return _Reference(schema, format_checker=_checks)
