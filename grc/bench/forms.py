"""A form of forty questions: judged, read and drawn, each beside something bare that does the least of the same."""

from __future__ import annotations

import gzip
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import jsonschema
import jsonschema_rs
from jinja2 import Environment

from grc.bench import fortyfields
from grc.forms import answers as form_answers
from grc.forms import journey, rows, schema
from grc.forms.definition import Field
from grc.web import rendering
from grc.web.citizen.form_views import FieldGroup, FormPage, Rows
from grc.web.framing import plain_frame

Act = Callable[[], Any]
_BARE = """<!DOCTYPE html><html lang="fr"><head><title>{{ title }}</title></head><body><form method="post">
{% for field in fields %}
<label for="{{ field.name }}">{{ field.title }}</label>
<input id="{{ field.name }}" name="{{ field.name }}" value="{{ typed.get(field.name, "") }}">
{% endfor %}
<button>Continuer</button></form></body></html>"""


@dataclass(frozen=True)
class Forms:
    """Processor time of each act by its name, in microseconds, round by round; the sizes of the page, in bytes."""

    took: Mapping[str, list[float]]
    html: int
    gzipped: int

    def median(self, act: str) -> float:
        """The median of the rounds."""
        return statistics.median(self.took[act])

    def ratio(self, act: str, baseline: str) -> float:
        """The median, round by round, of how many times longer than its baseline an act takes."""
        return statistics.median(one / other for one, other in zip(self.took[act], self.took[baseline], strict=True))


def measure(rounds: int) -> Forms:
    """Every act in turn, so many rounds; a first round is not counted."""
    acts = {**_judging(), **_drawing()}
    took: dict[str, list[float]] = {name: [] for name in acts}
    for number in range(rounds + 1):
        for name, (act, times) in acts.items():
            spent = _each(act, times)
            if number:
                took[name].append(spent)
    html = _page().encode()
    return Forms(took, len(html), len(gzip.compress(html)))


def _judging() -> dict[str, tuple[Act, int]]:
    """What is done with answers, and the validators that only say whether they suit the stand-alone schema."""
    form, today = fortyfields.form(), fortyfields.AS_OF
    page, posted = form.pages[0], fortyfields.posted()
    given, wrong = fortyfields.answers(), fortyfields.wrong_answers()
    alone, kept = schema.stand_alone(form), form_answers.settled(form, given, as_of=today)[0]
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    python = jsonschema.Draft202012Validator(alone, format_checker=checker)
    rust = jsonschema_rs.Draft202012Validator(alone, validate_formats=True)
    assert python.is_valid(kept) and rust.is_valid(kept)
    return {
        "jsonschema": (lambda: python.is_valid(kept), 3),
        "jsonschema_rs": (lambda: rust.is_valid(kept), 100),
        "prune": (lambda: form_answers.prune(form, given, as_of=today), 50),
        "settled": (lambda: form_answers.settled(form, given, as_of=today), 20),
        "explained": (lambda: form_answers.settled(form, wrong, as_of=today), 10),
        "read": (lambda: form_answers.read_page(form, page, posted, {}, as_of=today, files={}), 5),
    }


def _drawing() -> dict[str, tuple[Act, int]]:
    return {"bare page": (_bare_page, 5), "page": (_page, 2)}


def _page() -> str:
    """The whole page, as a citizen's browser gets it, every question shown."""
    return rendering.render("citizen/page.html", frame=plain_frame(), page=_shown())


def _bare_page() -> str:
    """The same questions, each a label and an input, by a template that knows nothing of ours."""
    page = _shown()
    drawn: str = _bare_template().render(title=page.title, fields=page.fields, typed=page.typed)
    return drawn


@cache
def _bare_template() -> Any:
    return Environment(autoescape=True).from_string(_BARE)


@cache
def _shown() -> FormPage:
    form = fortyfields.form()
    page = form.pages[0]
    typed = form_answers.as_typed(page, fortyfields.answers())
    return FormPage(
        procedure=fortyfields.SCHEMA["title"],
        title=page.title,
        step=1,
        steps=1,
        action="/",
        groups=[FieldGroup(group.title, group.fields) for group in page.groups],
        typed=typed,
        redraws=journey.redraws(form, page),
        repeated={each.name: _rows(each, typed) for each in page.fields if each.form is not None},
    )


def _rows(field: Field, typed: Mapping[str, Any]) -> Rows:
    assert field.form is not None
    item = field.form.pages[0]
    found = rows.shown(field, typed, fortyfields.answers(), as_of=fortyfields.AS_OF)
    return Rows(item.title, found, rows.fewest(field), rows.most(field), journey.redraws(field.form, item))


def _each(act: Act, times: int) -> float:
    """Microseconds of processor time of one call, of so many."""
    started = time.process_time_ns()
    for _ in range(times):
        act()
    return (time.process_time_ns() - started) / times / 1000
