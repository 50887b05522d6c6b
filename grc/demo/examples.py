"""The examples of the catalogue that pass, as what invented people answer: their names, their commune, their day."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from grc import resources
from grc.conditions import value_at
from grc.demo.people import Person
from grc.errors import Problem
from grc.forms import answers as form_answers
from grc.forms import rows
from grc.forms.definition import Answers, Field, Form, Lists
from grc.forms.fields import listed

_DAY = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[12][0-9]{3}-[0-9]{2}")
_NEARER = (0, 1, -1, 2, -2, 3, -3, 4, 5, 6, 7, 14, 28)
"""By how many days more the days of an example are moved, until its answers are right: some want a working day."""
_AHEAD_OF = timedelta(days=366)
_MOST_LEFT_OUT = 2
"""How often what is wrong is left out: a village offers fewer things than the example chooses."""
_POSTCODE = "99000"


@dataclass(frozen=True)
class Example:
    """An example that passes. as_of: the day for which it was written."""

    name: str
    as_of: date
    answers: Mapping[str, Any]


@dataclass(frozen=True)
class Setting:
    """For whom and where answers are wanted. city: the name of the commune. lists: what it offers then."""

    person: Person
    city: str
    day: date
    lists: Lists
    turn: int = 0
    """Which of the items of a list is taken first, so that not everybody wants the same."""
    later: int = 0
    """Weeks by which days still to come are later: what is lent is not wanted twice on one day."""


@cache
def of_procedure(slug: str) -> tuple[Example, ...]:
    """The examples of that procedure that pass, by name; none of a procedure that the catalogue has not."""
    folder = resources.folder("form_catalogue") / slug / "examples"
    return tuple(_read(path) for path in sorted(folder.glob("passes-*.json")))


def _read(path: Any) -> Example:
    document = json.loads(path.read_text(encoding="utf-8"))
    return Example(path.stem, date.fromisoformat(document["as_of"]), document["answers"])


def dressed(form: Form, example: Example, setting: Setting) -> Answers | None:
    """The answers of the example as that person gives them there on that day; None where they cannot be right."""
    said = _renamed(form, example.answers, setting)
    for _ in range(_MOST_LEFT_OUT):
        faults: tuple[Problem, ...] = ()
        for more in _NEARER:
            by = setting.day - example.as_of + timedelta(days=more)
            moved = _moved(said, example.as_of, by, timedelta(weeks=setting.later))
            chosen = _chosen(form.fields, moved, setting)
            settled, problems = form_answers.settled(form, chosen, as_of=setting.day, lists=setting.lists)
            if not problems:
                return {name: each for name, each in chosen.items() if name in settled}
            faults = faults or problems
        for each in faults:
            said = form_answers.with_value(said, tuple(each.field.split(".")), None)
    return None


def moved_days(value: Any, by: timedelta) -> Any:
    """The same answers with each of their days later by that much."""
    return _moved(value, date.min, by, timedelta())


def _renamed(form: Form, answers: Mapping[str, Any], setting: Setting) -> Any:
    """The same answers with the applicant's names and addresses in place of those of the example, wherever they are."""
    person = setting.person
    told = {role: form.role_value(answers, role) for role in ("family-name", "given-names", "contact-email")}
    new = {told["family-name"]: person.family_name, told["contact-email"]: person.email, told["given-names"]: ""}
    new |= {form.role_value(answers, "telephone"): person.telephone, told["given-names"]: person.given_name}
    if person.organisation:
        new[form.role_value(answers, "organisation-name")] = person.organisation
    first = told["given-names"]
    renamed = _replaced(answers, {old: name for old, name in new.items() if old}, first, person.given_name)
    for field in form.fields:
        where = value_at(renamed, field.path)
        if field.role == "postal-address" and isinstance(where, dict) and where.get("line1"):
            there = {"line1": person.street, "postcode": _POSTCODE, "city": setting.city}
            renamed = form_answers.with_value(renamed, field.path, {**where, **there})
    return renamed


def _replaced(value: Any, new: Mapping[Any, str], first: Any, given: str) -> Any:
    if isinstance(value, Mapping):
        return {name: _replaced(each, new, first, given) for name, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, new, first, given) for each in value]
    if not isinstance(value, str):
        return value
    if first and value.startswith(f"{first} "):
        return f"{given}{value.removeprefix(first)}"
    return new.get(value, value)


def _moved(value: Any, as_of: date, by: timedelta, later: timedelta) -> Any:
    """The same answers with each day that is not past, and each day of the year before, as far from the new day.

    later: how much more, for what is still to come.
    """
    if isinstance(value, Mapping):
        return {name: _moved(each, as_of, by, later) for name, each in value.items()}
    if isinstance(value, list):
        return [_moved(each, as_of, by, later) for each in value]
    if isinstance(value, str) and _MONTH.fullmatch(value) and value >= f"{as_of:%Y-%m}":
        return f"{date.fromisoformat(value + '-15') + by:%Y-%m}"
    if isinstance(value, str) and _DAY.fullmatch(value):
        day = date.fromisoformat(value)
        if as_of == date.min or day > as_of - _AHEAD_OF:
            return (day + by + (later if day > as_of else timedelta())).isoformat()
    return value


def _chosen(fields: tuple[Field, ...], answers: Answers, setting: Setting) -> Answers:
    """The answers with an item that the commune offers wherever one of its lists is chosen from."""
    for field in fields:
        value = value_at(answers, field.path)
        if field.form is not None and isinstance(value, list):
            turns = [replace(setting, turn=setting.turn and setting.turn + number) for number in range(len(value))]
            inner = [_chosen(field.form.fields, dict(each), turn) for each, turn in zip(value, turns, strict=True)]
            answers = form_answers.with_value(answers, field.path, list(_unlike(inner)))
        elif field.kind == "listed" and isinstance(value, Mapping):
            answers = form_answers.with_value(answers, field.path, _item(field, value, setting))
    return answers


def _item(field: Field, value: Mapping[str, Any], setting: Setting) -> Any:
    """The item of that id where the commune has it and it is anybody's turn, else another one; None without any."""
    items = setting.lists.get(listed.source_of(field), ())
    asked = rows.offered(field, setting.lists, setting.day)
    open_ones = [each for each in items if any(choice.value == each.id for choice in asked.choices)]
    if not open_ones:
        return None
    same = next((each for each in open_ones if each.id == value.get("id")), None)
    found = same if same is not None and not setting.turn else open_ones[setting.turn % len(open_ones)]
    return listed.as_stored(field, found)


def _unlike(items: list[Answers]) -> Iterator[Answers]:
    """Each of the items once: a smaller commune may offer the same one for two of the example."""
    for place, each in enumerate(items):
        if each not in items[:place]:
            yield each
