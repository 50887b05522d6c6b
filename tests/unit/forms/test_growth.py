"""No text makes a field work longer than its length explains: no expression turns back, no accents pile up."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc import cog, references
from grc.attachments import sniffing
from grc.catalogue.lint import words
from grc.conditions import Faults
from grc.forms import identifiers, numbers
from grc.forms.fields import KINDS
from grc.forms.fields.date import number
from grc.forms.formats import FORMATS, composed, is_printable, matcher
from grc.notifications import emails
from tests.support import filling
from tests.support.growth import HOSTILE, slow
from tests.unit.forms.test_fields import SCHEMAS, a_field

SIZE = 4_000
ENDINGS = ("", "x")
ACCENTS = [chr(code) for code in range(0x110000) if unicodedata.combining(chr(code)) or 0xF70 < code < 0xF82]


def texts(size: int) -> list[str]:
    """Hostile texts of that many characters or so."""
    return [repeated * (size // len(repeated)) + ending for repeated in HOSTILE for ending in ENDINGS]


def slow_texts(read: Callable[[str], Any]) -> list[str]:
    """Which hostile texts this work is slow for."""
    of_size = {size: texts(size) for size in (SIZE, 4 * SIZE)}
    found = []
    for at, text in enumerate(of_size[SIZE]):
        said = slow(lambda size, at=at: read(of_size[size][at]), SIZE)  # type: ignore[misc]
        if said:
            found.append(f"{text[:3]!r}…{text[-1:]!r}: {said}")
    return found


@given(st.text(alphabet=st.sampled_from([*ACCENTS, "a", "é", "C", "\u0327", "각"]), max_size=12))
def test_accents_are_composed_as_unicode_says(text: str) -> None:
    long = "x" * 600 + text
    assert composed(long) == unicodedata.normalize("NFC", long)
    assert composed(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("kind", sorted(SCHEMAS))
def test_no_text_is_slow_to_read_or_to_show(kind: str) -> None:
    field = a_field(kind)
    parts = [f"f-{part}" for part in getattr(KINDS[kind], "PARTS", ())] + ["f", "f-choice", "f-longitude", "f-latitude"]

    def read(text: str) -> None:
        posted = {name: [text] for name in parts} | {"f-country": [""]}
        KINDS[kind].parse(field, posted)
        KINDS[kind].typed(field, posted)
        for value in (text, [text], {"name": text, "address": text, "line1": text, "label": text, "start": text}):
            KINDS[kind].display(field, value)
            KINDS[kind].cell(field, value)
            KINDS[kind].retype(field, value)

    assert slow_texts(read) == []


WORK: dict[str, Callable[[str], Any]] = {
    "composed": composed,
    "printable": is_printable,
    "numbers": numbers.read_euros,
    "month": lambda text: number("month", text),
    "parcel": identifiers.parcel,
    "commune": cog.find,
    "commune named": cog.named,
    "reference": references.read_reference,
    "code": references.read_code,
    "file name": lambda text: sniffing.display_name(text, sniffing.PDF),
    "mail": emails._squeezed,
    "lint": lambda text: words._judge("", text, 30, Faults()),
    **{f"format {name}": known.holds for name, known in FORMATS.items()},
}


@pytest.mark.parametrize("name", sorted(WORK))
def test_no_text_is_slow_elsewhere(name: str) -> None:
    assert slow_texts(WORK[name]) == []


def test_ten_thousand_faults_are_all_said() -> None:
    def fill(size: int) -> None:
        faults = Faults()
        for line in range(size):
            faults.add(f"ligne {line}", "cette case est vide.")
        assert len(list(faults)) == size

    assert slow(fill, 2_000) == ""


def test_no_text_is_slow_for_the_patterns_of_the_catalogue() -> None:
    fields = [each for procedure in filling.procedures().values() for each in procedure.form.fields]
    fields += [inner for each in fields if each.form is not None for inner in each.form.fields]
    patterns = {str(each.schema["pattern"]) for each in fields if "pattern" in each.schema}
    assert patterns
    for pattern in sorted(patterns):
        assert slow_texts(matcher(pattern)) == [], pattern
