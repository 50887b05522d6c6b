"""Dates, hours, sizes and spaces as French people read them; what mails and letters share is in receipts.wording."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup, escape

from grc.receipts import wording
from grc.receipts.wording import NARROW, NBSP, long_date, short_date


class FrenchSpaces(Extension):
    """Puts the no-break spaces of French into the words of the templates themselves, once, when they are compiled.

    An author types an ordinary space before : ; ? ! » and after «; what comes from values is left as it is.
    """

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """The same tokens, those of plain text typeset."""
        return _typeset(stream)


def _typeset(stream: Iterator[Token]) -> Iterator[Token]:
    for token in stream:
        yield Token(token.lineno, token.type, _spaced(token.value)) if token.type == "data" else token


def _spaced(text: str) -> str:
    text = re.sub(r"« ", "«" + NBSP, text)
    text = re.sub(r" (?=[:»](\W|$))", NBSP, text)
    return re.sub(r" (?=[;?!](\W|$))", NARROW, text)


def day(value: date) -> str:
    """A day such as "16 mars 2026" or "1er avril 2026"."""
    return short_date(value)


def weekday(value: date) -> str:
    """A day with its name: "lundi 16 mars 2026"."""
    return long_date(value)


def short_day(value: date) -> str:
    """A day for a dense table: "16/03/2026"."""
    return f"{value:%d/%m/%Y}"


def hour(value: datetime) -> str:
    """An hour such as "18 h 42", as the instant's own zone shows it."""
    return f"{value.hour}{NBSP}h{NBSP}{value.minute:02d}"


def moment(value: datetime) -> str:
    """A day and its hour: "lundi 16 mars 2026 à 18 h 42"; the instant must already be in the zone of the reader."""
    return f"{long_date(value)} à{NBSP}{hour(value)}"


def short_moment(value: datetime) -> str:
    """A day and its hour without the name of the day: "16 mars 2026 à 18 h 42"."""
    return f"{short_date(value)} à{NBSP}{hour(value)}"


def size(octets: int) -> str:
    """A size of file: "820 octets", "45 ko", "1,4 Mo"; decimal units, as phones and computers show them."""
    if octets < 1000:
        return f"{octets}{NBSP}octet{'s' if octets > 1 else ''}"
    if octets < 999_500:
        return f"{max(1, round(octets / 1000))}{NBSP}ko"
    return f"{octets / 1_000_000:.1f}".replace(".0", "").replace(".", ",") + f"{NBSP}Mo"


def count(number: int, one: str, many: str) -> str:
    """A number with its noun: "0 demande", "1 demande", "1 200 demandes"."""
    return f"{number:,}".replace(",", NARROW) + NBSP + (one if number < 2 else many)


def input_value(value: str | int | bool) -> str:
    """A stored value as HTML inputs carry it: "true" and "false" for booleans."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def type_names(media_types: Sequence[str]) -> str:
    """Media types as people call them: "PDF, JPG ou PNG"."""
    names = [each.rpartition("/")[2].upper().replace("JPEG", "JPG") for each in media_types]
    return " ou ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


@lru_cache(maxsize=8192)
def typeset(text: str) -> str:
    """A text of the catalogue or of ours with its no-break spaces; never what a person wrote."""
    return wording.typeset(text)


def breakable(address: str) -> Markup:
    """An e-mail address that may break before its dots and its "@", and nowhere else unless it must."""
    return Markup(re.sub(r"(?=[.@])", "<wbr>", str(escape(address))))  # noqa: S704 - escaped just before
