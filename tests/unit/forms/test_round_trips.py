"""Any text at all can be posted for any kind of field; what is stored fills the inputs and is read back the same."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grc.forms.compiled import compiled
from grc.forms.definition import Field, Item
from grc.forms.fields import KINDS, Typed, input_of, listed
from grc.forms.judging import field_problems
from tests.unit.forms.test_fields import SCHEMAS
from tests.unit.forms.world import TODAY, a_form

FORMS = {
    kind: a_form({"f": {**schema}}, **({"f": {"multi": True}} if kind == "longtext" else {}))
    for kind, schema in SCHEMAS.items()
}
FORMATS_OF_IDENTIFIERS = {
    "siret": ["35600000000048", "12345678200002"],
    "siren": ["123456782"],
    "rna": ["W751000001", "W2A1000001"],
    "iban": ["FR7630006000011234567890189", "DE89370400440532013000"],
    "cadastre": ["000AB0123", "0000C0001", "000120123", "1230C9999", "000NO0012", "0000N0001"],
    "insee-commune": ["35238", "2A004", "01001"],
}
ROOMS = (Item("a", "Salle des fêtes"), Item("b", "Préau"))

TEXT = st.text(max_size=30).map(lambda text: unicodedata.normalize("NFC", " ".join(text.split())))
DAYS = st.dates(date(1000, 1, 1))
HOURS = st.times().map(lambda hour: f"{hour:%H:%M}")


def a_field(kind: str) -> Field:
    field = FORMS[kind].field("f")
    return listed.offering(field, ROOMS) if kind == "listed" else field


def pairs(days: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.tuples(days, days).filter(lambda pair: pair[0] != pair[1]).map(sorted).map(_interval)


def _interval(ends: list[Any]) -> dict[str, str]:
    return {"start": str(ends[0]), "end": str(ends[1])}


VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "integer": st.integers(1 - 10**12, 10**12 - 1),
    "yes_no": st.booleans(),
    "statement": st.just(True),
    "choice": st.sampled_from(["a", "b"]),
    "choices": st.sampled_from([["a"], ["b"], ["a", "b"]]),
    "date": DAYS.map(str),
    "partial_date": st.builds(lambda day, length: str(day)[:length], DAYS, st.sampled_from([4, 7, 10])),
    "time": HOURS,
    "interval": pairs(DAYS) | DAYS.map(lambda day: _interval([day, day])),
    "hours": pairs(HOURS),
    "number": st.decimals(allow_nan=False, places=2, min_value=1 - 10**12, max_value=10**12 - 1).map(
        lambda number: int(number) if number % 1 == 0 else float(number)
    ),
    "money": st.integers(0, 10**14 - 1),
    "phone": st.from_regex(r"\A(0[1-9][0-9]{8}|\+(?!33)[1-9][0-9]{6,14})\Z"),
    "email": st.from_regex(r"\A[a-z]{1,9}(\.[a-z]{1,9})?@[a-z]{1,9}\.example\Z"),
    "text": TEXT,
    "longtext": TEXT,
    "address": st.fixed_dictionaries(
        {"line1": TEXT, "postcode": st.just("35000"), "city": TEXT}, optional={"line2": TEXT}
    ),
    "identifier": st.sampled_from(FORMATS_OF_IDENTIFIERS["siret"]),
    "commune": st.sampled_from([{"name": "Rennes", "code": "35238"}]),
    "place": st.fixed_dictionaries(
        {
            "type": st.just("Point"),
            "coordinates": st.tuples(*[st.floats(-80, 80).map(lambda degrees: round(degrees, 6) + 0.0)] * 2).map(list),
            "address": TEXT,
        }
    ),
    "listed": st.sampled_from([{"id": "a", "label": "Salle des fêtes"}, {"id": "b", "label": "Préau"}]),
}
HOSTILE = st.text(max_size=30) | st.sampled_from(
    [
        *(
            "\x00",
            "\ud800",
            "\u202egpj.exe",
            "\u200f12",
            "{{ 7*7 }}",
            "<script>alert(1)</script>",
            "１２",
            "٣",
            "e\u0301",
        ),
        *("\r\n", "a" * 20_000, "1" * 20_000, "9" * 400, " " * 20_000, "1,2,3", "-", "+", "€", "1e400", "-0", "0x1F"),
        *("12", "2027", "mars", "12:30", "1.5", "inf", "nan", "W751000001", "AB 12", "²", "½", "1_0", "Ⅷ", "0" * 200),
    ]
)


def posted(typed: Typed) -> dict[str, list[str]]:
    return {name: list(each) if isinstance(each, list) else [each] for name, each in typed.items()}


def test_every_kind_takes_part() -> None:
    assert set(VALUES) | {"file"} == set(KINDS)


@pytest.mark.parametrize("kind", sorted(VALUES))
@given(data=st.data())
def test_what_is_stored_fills_the_inputs_and_is_read_back(kind: str, data: st.DataObject) -> None:
    field = a_field(kind)
    value = data.draw(VALUES[kind].filter(compiled(FORMS[kind]).accepts_field["f"]))
    parsed = KINDS[kind].parse(field, posted(KINDS[kind].retype(field, value)))
    assert (parsed.value, parsed.problems) == (value, ())
    assert type(parsed.value) is type(value)
    assert KINDS[kind].display(field, value)
    assert KINDS[kind].cell(field, value)
    assert "\n" not in KINDS[kind].cell(field, value) or kind == "longtext"


@pytest.mark.parametrize("name", sorted(FORMATS_OF_IDENTIFIERS))
def test_every_identifier_fills_its_input_and_is_read_back(name: str) -> None:
    form = a_form({"f": {"type": "string", "title": "Numéro", "format": name}})
    kind = KINDS["identifier"]
    for value in FORMATS_OF_IDENTIFIERS[name]:
        assert kind.parse(form.field("f"), posted(kind.retype(form.field("f"), value))).value == value


@pytest.mark.parametrize("kind", sorted(KINDS))
@settings(max_examples=60)
@given(data=st.data())
def test_any_text_gives_a_value_or_a_problem(kind: str, data: st.DataObject) -> None:
    """And a value that its own schema refuses gives a problem in its turn, which leads to an input."""
    form, field = FORMS[kind], a_field(kind)
    names = sorted({"f", *KINDS[kind].typed(field, {})})
    given_texts = data.draw(st.dictionaries(st.sampled_from(names), st.lists(HOSTILE, min_size=1, max_size=2)))
    parsed = KINDS[kind].parse(field, given_texts)
    assert parsed.value is None or not parsed.problems
    problems = parsed.problems
    if parsed.value is not None:
        problems = field_problems(form, field, parsed.value, as_of=TODAY)
        assert bool(problems) or compiled(form).accepts_field["f"](parsed.value)
    if not problems and parsed.value is not None:
        again = KINDS[kind].parse(field, posted(KINDS[kind].retype(field, parsed.value)))
        assert again.value == parsed.value
    for problem in problems:
        assert problem.message
        assert input_of(field, problem).startswith("f")


@given(st.integers(-400, 400))
@example(0)
def test_a_partial_date_in_the_future_is_refused(days: int) -> None:
    form = a_form({"f": {**SCHEMAS["partial_date"], "x-max": {"days": 0}}})
    day = TODAY + timedelta(days=days)
    for length in (4, 7, 10):
        value = day.isoformat()[:length]
        problems = field_problems(form, form.field("f"), value, as_of=TODAY)
        assert bool(problems) is (value > TODAY.isoformat()[:length])
