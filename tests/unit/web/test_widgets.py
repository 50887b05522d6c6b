"""The widgets give the HTML of govuk-frontend's own macros, and draw every kind of field in every state."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined

from grc.errors import Problem
from grc.forms.definition import KINDS, Choice, Field
from grc.web.rendering import environment

_OURS_ALONE = {"required", "aria-invalid", "maxlength"}
WRONG = Problem("person.x", "required", "Saisissez <ceci>.")
ERROR = {"text": WRONG.message, "visuallyHiddenText": "Erreur\u00a0"}


class Parts(HTMLParser):
    """A fragment as tags with sorted attributes and trimmed texts, what only we add left out."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[tuple[str, ...]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kept = (f"{name}={value or ''}" for name, value in attrs if name not in _OURS_ALONE)
        self.parts.append((tag, *sorted(kept)))

    def handle_endtag(self, tag: str) -> None:
        self.parts.append((f"/{tag}",))

    def handle_data(self, data: str) -> None:
        if text := re.sub(r"[ \n]+", " ", data).strip(" "):
            self.parts.append(("text", text))


@pytest.fixture(scope="module")
def govuk() -> Any:
    lax = Environment(
        loader=PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}), autoescape=True
    )

    def macro(component: str, name: str, params: Mapping[str, object]) -> list[tuple[str, ...]]:
        module: Any = lax.get_template(f"govuk_frontend_jinja/components/{component}/macro.html").module
        return Parts(getattr(module, name)(params)).parts

    return macro


def drawn(field: Field, typed: Mapping[str, object] | None = None, problem: Problem | None = None, **more: Any) -> str:
    return str(environment().globals["widget"](field, typed or {}, problem, **more))  # type: ignore[operator]


def field(kind: str, **known: Any) -> Field:
    return Field(**({"id": "x", "name": "person.x", "kind": kind, "title": "Un « titre »", "required": True} | known))


@pytest.mark.parametrize("problem", [None, WRONG])
@pytest.mark.parametrize("hint", ["", "Un indice <b>"])
@pytest.mark.parametrize(
    ("kind", "extra"),
    [
        ("text", {}),
        ("email", {"type": "email", "spellcheck": False}),
        ("phone", {"type": "tel", "classes": "govuk-input--width-20"}),
        (
            "integer",
            {
                "inputmode": "numeric",
                "spellcheck": False,
                "classes": "govuk-input--width-5",
                "autocomplete": "family-name",
            },
        ),
    ],
)
def test_a_line_is_a_govuk_input(
    govuk: Any, kind: str, extra: dict[str, Any], hint: str, problem: Problem | None
) -> None:
    expected = govuk(
        "input",
        "govukInput",
        {
            "id": "person.x",
            "name": "person.x",
            "value": '12 "rue"',
            "label": {"text": "Un «\u00a0titre\u00a0»", "classes": "govuk-label--s"},
            "hint": {"text": hint} if hint else None,
            "errorMessage": ERROR if problem else None,
            "autocomplete": "family-name",
            **extra,
        },
    )
    ours = drawn(field(kind, hint=hint, autocomplete="family-name"), {"person.x": '12 "rue"'}, problem)
    assert Parts(ours).parts == expected


@pytest.mark.parametrize("problem", [None, WRONG])
@pytest.mark.parametrize("heading", [False, True])
def test_a_choice_is_govuk_radios(govuk: Any, heading: bool, problem: Problem | None) -> None:
    choices = (Choice("a", "Première", "Un indice"), Choice(2, "Deuxième"))
    size = "l" if heading else "s"
    legend = {"text": "Un titre", "classes": f"govuk-fieldset__legend--{size}", "isPageHeading": heading}
    expected = govuk(
        "radios",
        "govukRadios",
        {
            "name": "person.x",
            "value": "2",
            "fieldset": {"legend": legend},
            "hint": {"text": "Un indice"},
            "errorMessage": ERROR if problem else None,
            "items": [
                {"value": "a", "text": "Première", "hint": {"text": "Un indice"}},
                {"value": "2", "text": "Deuxième"},
            ],
        },
    )
    asked = field("choice", title="Un titre", hint="Un indice", choices=choices)
    assert Parts(drawn(asked, {"person.x": "2"}, problem, heading=heading)).parts == expected


@pytest.mark.parametrize("problem", [None, WRONG])
def test_choices_are_govuk_checkboxes(govuk: Any, problem: Problem | None) -> None:
    expected = govuk(
        "checkboxes",
        "govukCheckboxes",
        {
            "name": "person.x",
            "idPrefix": "person.x",
            "values": ["b"],
            "fieldset": {"legend": {"text": "Un titre", "classes": "govuk-fieldset__legend--s"}},
            "errorMessage": ERROR if problem else None,
            "items": [
                {"value": "a", "text": "Première", "hint": {"text": "Un indice"}},
                {"value": "b", "text": "Autre"},
            ],
        },
    )
    asked = field("choices", title="Un titre", choices=(Choice("a", "Première", "Un indice"), Choice("b", "Autre")))
    assert Parts(drawn(asked, {"person.x": ["b"]}, problem)).parts == expected


@pytest.mark.parametrize("problem", [None, WRONG])
def test_a_date_is_a_govuk_date_input(govuk: Any, problem: Problem | None) -> None:
    faulty = " govuk-input--error" if problem else ""
    expected = govuk(
        "date-input",
        "govukDateInput",
        {
            "id": "person.x",
            "namePrefix": "person.x",
            "fieldset": {"legend": {"text": "Un titre", "classes": "govuk-fieldset__legend--s"}},
            "hint": {"text": "Un indice"},
            "errorMessage": ERROR if problem else None,
            "items": [
                {"name": "day", "label": "Jour", "classes": f"govuk-input--width-2{faulty}", "value": "31"},
                {"name": "month", "label": "Mois", "classes": f"govuk-input--width-3{faulty}", "value": "mars"},
                {"name": "year", "label": "Année", "classes": f"govuk-input--width-4{faulty}"},
            ],
        },
    )
    typed = {"person.x-day": "31", "person.x-month": "mars"}
    assert Parts(drawn(field("date", title="Un titre", hint="Un indice"), typed, problem)).parts == expected


def test_only_the_faulty_part_of_a_date_is_marked() -> None:
    html = drawn(field("date"), {}, Problem("person.x", "month", "Saisissez le mois."))
    assert re.findall(r'id="([^"]+)"[^>]*aria-invalid', html) == ["person.x-month"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_escapes_what_it_shows(kind: str) -> None:
    evil = "<script>\"'&"
    parts = ({"name": "line1", "title": evil, "required": True, "autocomplete": "off"},)
    options = {"parts": parts, "types": (), "accept": (), "max_bytes": 1, "max_files": 1, "multiple": False}
    asked = field(kind, title=evil, hint=evil, choices=(Choice("a", evil, evil),), options=options)
    names = ("", "-day", "-month", "-year", "-line1")
    html = drawn(asked, {f"person.x{name}": evil for name in names}, Problem("person.x", "x", evil))
    assert "<script" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("kind", KINDS)
def test_what_may_be_left_empty_says_so(kind: str) -> None:
    options = {"parts": (), "types": (), "accept": (), "max_bytes": 1, "max_files": 1, "multiple": False}
    free = drawn(field(kind, required=False, options=options))
    assert "(facultatif)" in free
    assert " required" not in free


def test_a_kind_of_field_has_its_widget() -> None:
    strict = environment()
    assert strict.undefined is StrictUndefined
    for kind in KINDS:
        assert strict.get_template(f"widgets/{kind}.html")
