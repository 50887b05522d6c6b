"""Each type of field: what is understood of what people type, how it is shown, and what is said when it is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from grc.errors import Problem
from grc.forms.definition import Field
from grc.forms.fields import KINDS, input_of
from tests.unit.forms.world import a_form

CHOICES = [{"const": "a", "title": "Alpha"}, {"const": "b", "title": "Bêta"}]
FILE = {"x-file": {"types": ["application/pdf", "image/jpeg"], "max_bytes": 1000}}
SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "string", "title": "Nom"},
    "longtext": {"type": "string", "title": "Message", "maxLength": 1000},
    "email": {"type": "string", "title": "Adresse électronique", "format": "email"},
    "phone": {"type": "string", "title": "Téléphone", "format": "phone-fr"},
    "integer": {"type": "integer", "title": "Nombre"},
    "yes_no": {"type": "boolean", "title": "Êtes-vous majeur ?"},
    "choice": {"type": "string", "title": "Choix", "oneOf": CHOICES},
    "choices": {"type": "array", "title": "Choix", "items": {"type": "string", "oneOf": CHOICES}},
    "date": {"type": "string", "title": "Date", "format": "date"},
    "address": {"type": "object", "title": "Adresse", "x-address": True},
    "file": {"type": "array", "title": "Pièce", "items": FILE, "maxItems": 2},
    "statement": {"type": "boolean", "title": "Je certifie ces réponses", "const": True},
    "number": {"type": "number", "title": "Surface", "x-decimals": 2},
    "money": {"type": "integer", "title": "Revenu", "x-money": True},
    "time": {"type": "string", "title": "Heure", "format": "hour-minute"},
    "partial_date": {"type": "string", "title": "Date du mariage", "format": "partial-date"},
    "interval": {"type": "object", "title": "Séjour", "x-interval": "date"},
    "hours": {"type": "object", "title": "Horaires", "x-interval": "hour-minute"},
    "identifier": {"type": "string", "title": "SIRET", "format": "siret"},
    "commune": {"type": "object", "title": "Commune de naissance", "x-commune": True},
    "place": {"type": "object", "title": "Lieu", "x-place": True},
    "listed": {"type": "object", "title": "Salle", "x-choices": {"source": "rooms"}},
}
"""A schema for each kind of field."""


def a_field(kind: str, **more: Any) -> Field:
    options = {"f": {"multi": True}} if kind == "longtext" else {}
    field = a_form({"f": {**SCHEMAS[kind], **more}}, **options).field("f")
    assert field.kind == kind
    return field


def read(kind: str, posted: Mapping[str, list[str]] | str) -> Any:
    """The value, or the code of the problem after "!"."""
    given = {"f": [posted]} if isinstance(posted, str) else posted
    parsed = KINDS[kind].parse(a_field(kind), given)
    return f"!{parsed.problems[0].code}" if parsed.problems else parsed.value


def test_every_kind_has_its_module() -> None:
    assert set(KINDS) == set(SCHEMAS)


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("text", "  Jean   Marc ", "Jean Marc"),
        ("text", "e\u0301te\u0301", "été"),
        ("text", "a\r\nb\u00a0c", "a b c"),
        ("text", "   ", None),
        ("text", "a\x00b", "!characters"),
        ("text", "\u202eelif", "!characters"),
        ("text", "\ud800", "!characters"),
        ("longtext", " un\r\ndeux  \rtrois\n", "un\ndeux\ntrois"),
        ("longtext", "\x1b[0m", "!characters"),
        ("longtext", "\n \n", None),
        ("email", " Camille@EXEMPLE.Example ", "Camille@exemple.example"),
        ("email", "camille @exemple.example", "!email"),
        ("email", "camille", "!email"),
        ("email", "", None),
        ("phone", "01 99 00.12-34", "0199001234"),
        ("phone", "+33 (0)1 99 00 12 34", "0199001234"),
        ("phone", "0033199001234", "0199001234"),
        ("phone", "+32 2 123 45 67", "+3221234567"),
        ("phone", "199001234", "!phone-fr"),
        ("phone", "un deux", "!phone-fr"),
        ("phone", " ", None),
        ("integer", " 1 234 ", 1234),
        ("integer", "-3", -3),
        ("integer", "3,5", "!integer"),
        ("integer", "１２", "!integer"),
        ("integer", "1" * 13, "!integer"),
        ("integer", "", None),
        ("yes_no", "true", True),
        ("yes_no", "false", False),
        ("yes_no", "", None),
        ("yes_no", "on", "!choice"),
        ("choice", "b", "b"),
        ("choice", "", None),
        ("choice", "c", "!choice"),
        ("choices", {"f": ["b", "a", "b"]}, ["a", "b"]),
        ("choices", {"f": [""]}, None),
        ("choices", {"f": ["a", "c"]}, "!choice"),
        ("statement", "true", True),
        ("statement", "false", None),
        ("statement", "", None),
        ("file", "livret.pdf", None),
        ("number", "12,5", 12.5),
        ("number", " 1 234.50 ", 1234.5),
        ("number", "1\u202f234,1", 1234.1),
        ("number", "12,10", 12.1),
        ("number", "12,0", 12),
        ("number", "−3,5", -3.5),
        ("number", ",5", 0.5),
        ("number", "12,345", "!x-decimals"),
        ("number", "12,500", 12.5),
        ("number", "1.234,5", "!number"),
        ("number", "1e3", "!number"),
        ("number", "nan", "!number"),
        ("number", "٣", "!number"),
        ("number", "1" * 13, "!number"),
        ("number", "0,", "!number"),
        ("number", " ", None),
        ("money", "12,50", 1250),
        ("money", "12.5", 1250),
        ("money", "1 234,5 €", 123450),
        ("money", "1234 euros", 123400),
        ("money", "0,1", 10),
        ("money", "12,505", "!money"),
        ("money", "12,500", 1250),
        ("money", "€", "!money"),
        ("money", "douze", "!money"),
        ("money", "", None),
        ("time", "14:30", "14:30"),
        ("time", "14h30", "14:30"),
        ("time", "14 h 30 min", "14:30"),
        ("time", "14 h", "14:00"),
        ("time", "14H05", "14:05"),
        ("time", "9h", "09:00"),
        ("time", "9", "09:00"),
        ("time", "930", "09:30"),
        ("time", "1430", "14:30"),
        ("time", "14.30", "14:30"),
        ("time", "Midi", "12:00"),
        ("time", "minuit", "00:00"),
        ("time", "9h5", "!hour-minute"),
        ("time", "24:00", "!hour-minute"),
        ("time", "14:60", "!hour-minute"),
        ("time", "14:", "14:00"),
        ("time", "soir", "!hour-minute"),
        ("time", "  ", None),
        ("identifier", "356 000 000 00048", "35600000000048"),
        ("identifier", "356.000.000-00048", "35600000000048"),
        ("identifier", "356 000 000 00049", "!siret"),
        ("identifier", "356", "!siret"),
        ("identifier", "\u00a0", None),
    ],
)
def test_what_is_typed_is_understood(kind: str, typed: Any, value: Any) -> None:
    assert read(kind, typed) == value


def test_an_address_is_read_in_parts() -> None:
    posted = {"f-line1": [" 1  rue du Tilleul"], "f-line2": [""], "f-postcode": ["35 000"], "f-city": ["Tilleul"]}
    assert read("address", posted) == {"line1": "1 rue du Tilleul", "postcode": "35000", "city": "Tilleul"}
    assert read("address", {"f-line1": [" "]}) is None
    assert read("address", {"f-line1": ["a\x00"]}) == "!line1"
    abroad = {"f-postcode": ["SW1A 1AA"], "f-country": ["Royaume-Uni"]}
    assert read("address", abroad) == {"postcode": "SW1A 1AA", "country": "Royaume-Uni"}
    assert read("address", {"f-postcode": ["35 000"], "f-country": ["France"]}) == {"postcode": "35000"}


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("text", "Jean", "Jean"),
        ("phone", "0199001234", "01\u00a099\u00a000\u00a012\u00a034"),
        ("phone", "+3221234567", "+3221234567"),
        ("integer", 12345, "12\u202f345"),
        ("yes_no", True, "Oui"),
        ("yes_no", False, "Non"),
        ("choice", "b", "Bêta"),
        ("choice", "gone", "gone"),
        ("choices", ["a", "b"], "Alpha, Bêta"),
        ("date", "2026-03-01", "1er\u00a0mars\u00a02026"),
        ("date", "2026-03-02", "2\u00a0mars\u00a02026"),
        ("date", "nonsense", "nonsense"),
        ("statement", True, "Oui"),
        ("file", [{"name": "a.pdf"}, {"name": "b.jpg"}], "a.pdf, b.jpg"),
        ("number", 12.1, "12,1"),
        ("number", 0.1 + 0.2, "0,30000000000000004"),
        ("number", 1234567.5, "1\u202f234\u202f567,5"),
        ("number", 100, "100"),
        ("number", "12", "12"),
        ("money", 123450, "1\u202f234,50\u00a0€"),
        ("money", 5, "0,05\u00a0€"),
        ("money", -1250, "-12,50\u00a0€"),
        ("money", 12.5, "12.5"),
        ("time", "14:30", "14\u00a0h\u00a030"),
        ("time", "09:00", "9\u00a0h"),
        ("time", "9h", "9h"),
        ("partial_date", "1957", "1957"),
        ("partial_date", "1992-11", "novembre\u00a01992"),
        ("partial_date", "1992-11-03", "3\u00a0novembre\u00a01992"),
        ("partial_date", "1992-13", "1992-13"),
        (
            "interval",
            {"start": "2027-04-03", "end": "2027-04-05"},
            "Du 3\u00a0avril\u00a02027 au 5\u00a0avril\u00a02027",
        ),
        ("interval", {"start": "2027-04-03", "end": "2027-04-03"}, "Le 3\u00a0avril\u00a02027"),
        ("interval", {"start": 3}, "{'start': 3}"),
        ("hours", {"start": "14:00", "end": "18:30"}, "De 14\u00a0h à 18\u00a0h\u00a030"),
        ("identifier", "35600000000048", "356\u00a0000\u00a0000\u00a000048"),
        ("identifier", "x", "x"),
        (
            "address",
            {"line1": "1 rue", "line2": "Bât. A", "postcode": "35000", "city": "Tilleul", "country": "France"},
            "1 rue\nBât. A\n35000 Tilleul\nFrance",
        ),
    ],
)
def test_a_value_is_shown_in_french(kind: str, value: Any, text: str) -> None:
    assert KINDS[kind].display(a_field(kind), value) == text


@pytest.mark.parametrize(
    ("kind", "value", "typed"),
    [
        ("text", "Jean", {"f": "Jean"}),
        ("integer", 3, {"f": "3"}),
        ("yes_no", False, {"f": "false"}),
        ("yes_no", None, {"f": ""}),
        ("choice", "b", {"f": "b"}),
        ("choices", ["a"], {"f": ["a"]}),
        ("statement", True, {"f": "true"}),
        ("date", "2026-03-01", {"f-day": "1", "f-month": "3", "f-year": "2026"}),
        ("date", "x", {"f-day": "", "f-month": "", "f-year": ""}),
        ("file", [{}], {}),
    ],
)
def test_a_stored_value_fills_the_inputs_and_is_read_back(kind: str, value: Any, typed: Mapping[str, Any]) -> None:
    field = a_field(kind)
    assert KINDS[kind].retype(field, value) == typed
    posted = {name: each if isinstance(each, list) else [each] for name, each in typed.items()}
    if kind != "file" and value not in (None, "x"):
        assert KINDS[kind].parse(field, posted).value == value


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("text", "Jean", "Jean"),
        ("longtext", "un\ndeux", "un\ndeux"),
        ("email", "a@b.example", "a@b.example"),
        ("phone", "0199001234", "01 99 00 12 34"),
        ("integer", 12345, "12345"),
        ("yes_no", True, "oui"),
        ("yes_no", False, "non"),
        ("statement", True, "oui"),
        ("choice", "b", "Bêta"),
        ("choices", ["a", "b"], "Alpha; Bêta"),
        ("date", "2026-03-01", "2026-03-01"),
        ("file", [{"name": "a.pdf"}, {"name": "b.jpg"}], "a.pdf; b.jpg"),
        ("address", {"line1": "1 rue", "postcode": "35000", "city": "Tilleul"}, "1 rue, 35000 Tilleul"),
        ("number", 1234.5, "1234.5"),
        ("number", 1200, "1200"),
        ("number", 1e-7, "0.0000001"),
        ("money", 123450, "1234.50"),
        ("time", "14:30", "14:30"),
        ("partial_date", "1992-11", "1992-11"),
        ("interval", {"start": "2027-04-03", "end": "2027-04-05"}, "2027-04-03/2027-04-05"),
        ("hours", {"start": "14:00", "end": "18:30"}, "14:00/18:30"),
        ("identifier", "35600000000048", "35600000000048"),
        ("commune", {"name": "Rennes", "code": "35238"}, "Rennes (35238)"),
        ("listed", {"id": "a", "label": "Salle des fêtes", "price": 120}, "Salle des fêtes"),
    ],
)
def test_a_value_has_its_text_for_a_table(kind: str, value: Any, text: str) -> None:
    assert KINDS[kind].cell(a_field(kind), value) == text


def test_an_address_fills_its_inputs() -> None:
    value = {"line1": "1 rue du Tilleul", "postcode": "35000", "city": "Tilleul"}
    typed = KINDS["address"].retype(a_field("address"), value)
    assert typed["f-line1"] == "1 rue du Tilleul"
    assert read("address", {name: [str(text)] for name, text in typed.items()}) == value


def test_what_was_typed_is_shown_again_as_it_was() -> None:
    assert KINDS["text"].typed(a_field("text"), {"f": ["  x "]}) == {"f": "  x "}
    assert KINDS["choices"].typed(a_field("choices"), {"f": ["a", "z"]}) == {"f": ["a", "z"]}
    assert KINDS["date"].typed(a_field("date"), {"f-day": ["x"]}) == {"f-day": "x", "f-month": "", "f-year": ""}
    assert KINDS["address"].typed(a_field("address"), {"f-city": ["T"]})["f-city"] == "T"
    assert KINDS["file"].typed(a_field("file"), {"f": ["x"]}) == {}


def test_choices_of_other_types_keep_their_type() -> None:
    numbers = [{"const": 1, "title": "Un"}, {"const": 2, "title": "Deux"}]
    field = a_form({"f": {"type": "integer", "title": "Nombre", "oneOf": numbers}}).field("f")
    assert KINDS["choice"].parse(field, {"f": ["2"]}).value == 2
    truths = [{"const": True, "title": "Oui"}, {"const": False, "title": "Non"}]
    field = a_form({"f": {"type": "boolean", "title": "Vrai", "oneOf": truths}}).field("f")
    assert KINDS["choice"].parse(field, {"f": ["false"]}).value is False
    assert KINDS["choice"].retype(field, True) == {"f": "true"}


def test_the_summary_links_to_the_faulty_input() -> None:
    date, address, text = a_field("date"), a_field("address"), a_field("text")
    for code, target in (("month", "f-month"), ("date", "f-day"), ("required", "f-day")):
        assert input_of(date, a_problem(date, code)) == target
    assert input_of(address, a_problem(address, "city")) == "f-city"
    assert input_of(address, a_problem(address, "required")) == "f-line1"
    assert input_of(text, a_problem(text, "required")) == "f"
    interval, hours = a_field("interval"), a_field("hours")
    targets = {"end-month": "f-end-month", "end": "f-end-day", "end-wrong": "f-end-day", "order": "f-start-day"}
    for code, target in targets.items():
        assert input_of(interval, a_problem(interval, code)) == target
    for code, target in (("end-wrong", "f-end"), ("start", "f-start"), ("required", "f-start")):
        assert input_of(hours, a_problem(hours, code)) == target


def a_problem(field: Field, code: str) -> Problem:
    return Problem(field.name, code, "")


def test_a_file_field_tells_its_limits_to_the_control() -> None:
    options = a_field("file").options
    assert options["accept"] == (".pdf", ".jpg", ".jpeg")
    assert (options["max_bytes"], options["max_files"], options["multiple"]) == (1000, 2, True)


def test_an_address_tells_its_parts_to_the_control() -> None:
    parts = a_field("address", autocomplete="street-address").options["parts"]
    assert [(part["name"], part["required"]) for part in parts] == [
        ("line1", True),
        ("line2", False),
        ("postcode", True),
        ("city", True),
        ("country", False),
    ]
    assert parts[2]["autocomplete"] == "postal-code"
    assert a_field("address").options["parts"][2]["autocomplete"] == "off"
