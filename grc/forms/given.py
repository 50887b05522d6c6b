"""Answers given whole by a program, as JSON: what is not of the form is said, the rest judged as if it were typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from grc import cog
from grc.conditions import holds
from grc.errors import Problem
from grc.forms import messages
from grc.forms.compiled import compiled
from grc.forms.definition import Answers, Field, Form, Lists
from grc.forms.fields import KINDS, Parsed
from grc.forms.fields.text import tidy
from grc.forms.judging import field_problems, settled
from grc.forms.pruning import put

Json = Any
Known = Mapping[str, "Field | Known"]

_UNKNOWN = "La démarche n’a pas cette question. Retirez cette clé, ou relisez « schema.json »."
_OBJECT = "Ici se trouve un objet, dont les clés sont des questions."
_A_FILE = "Un fichier s’envoie dans une partie à son nom, à côté de « submission », jamais dans les réponses."
_MOST_TOLD = 100
_TYPED = frozenset({"text", "longtext", "email", "phone", "identifier", "address", "place"})
"""Kinds whose schema takes more spellings than their inputs leave: spaces, ends of lines, accents apart."""
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,59}")


@dataclass(frozen=True)
class Given:
    """What was given, pruned and computed, with everything that is wrong; problems name answers by dotted paths."""

    answers: Answers
    problems: tuple[Problem, ...]


@dataclass
class _Read:
    """What could be read so far, and what could not."""

    answers: Answers = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read(
    form: Form,
    given: Mapping[str, Json],
    *,
    files: Mapping[str, Sequence[Mapping[str, Json]]],
    as_of: date,
    lists: Lists,
) -> Given:
    """The answers as they would be filed. files: for each file question by name, those stored.

    A null counts as no answer; what is computed is worked out anew, whatever was given; what a condition hides is
    left out, as when a person fills in the form.
    """
    found = _Read()
    _walk(form, _known(form), given, (), found)
    for each in form.fields:
        if each.kind == "file" and files.get(each.name):
            put(found.answers, each.path, [dict(one) for one in files[each.name]])
    answers, judged = settled(form, found.answers, as_of=as_of, lists=lists)
    shown = [one for one in found.problems if not _is_hidden(form, one, answers)]
    told = {problem.field for problem in shown}
    problems = (*shown, *(one for one in judged if one.field not in told))
    return Given(answers, problems[:_MOST_TOLD])


def _is_hidden(form: Form, problem: Problem, pruned: Answers) -> bool:
    """Whether it is about a question that a condition hides: what is left out cannot be wrong."""
    name = next((each.name for each in form.fields if f"{problem.field}.".startswith(f"{each.name}.")), None)
    return name is not None and not holds(compiled(form).rules[name], pruned)


def _walk(form: Form, known: Known, given: Mapping[str, Json], at: tuple[str, ...], found: _Read) -> None:
    for key, value in given.items():
        place, name = known.get(key), ".".join((*at, key))
        if value is None:
            continue
        if place is None:
            named = name if _KEY.fullmatch(key) else ".".join(at)
            found.problems.append(Problem(named, "unknown", _UNKNOWN))
        elif isinstance(place, Field):
            _take(form, place, value, found)
        elif isinstance(value, Mapping):
            _walk(form, place, value, (*at, key), found)
        else:
            found.problems.append(Problem(name, "type", _OBJECT))


def _take(form: Form, place: Field, value: Json, found: _Read) -> None:
    """The value of one question put among the answers, or what is wrong with it alone."""
    if place.computed is not None:
        return
    if place.kind == "file":
        found.problems.append(Problem(place.name, "file", _A_FILE))
    elif place.form is not None:
        _take_items(place, place.form, value, found)
    elif not compiled(form).accepts_field[place.name](value):
        found.problems += field_problems(form, place, value, as_of=date.min)
    elif place.kind == "commune" and not _is_commune(value):
        found.problems.append(messages.problem(place, "unknown"))
    else:
        said = _as_typed(place, value)
        found.problems += said.problems
        put(found.answers, place.path, said.value)


def _as_typed(place: Field, value: Json) -> Parsed:
    """The value as a person’s would be kept: tidied, none when nothing but spaces is left, 1.0 as the integer 1."""
    if place.kind in _TYPED:
        kind = KINDS[place.kind]
        typed = kind.retype(place, value)
        return kind.parse(place, {name: each if isinstance(each, list) else [each] for name, each in typed.items()})
    if place.kind == "commune":
        name = tidy(str(value.get("name", "")))
        return Parsed({**value, "name": name} if name else None)
    return Parsed(int(value) if isinstance(value, float) and value.is_integer() else value)


def _take_items(place: Field, item: Form, value: Json, found: _Read) -> None:
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        found.problems.append(messages.problem(place, "type"))
        return
    most = int(place.schema.get("maxItems", len(value)))
    if len(value) > most:
        found.problems.append(messages.problem(place, "maxItems", limit=most))
        return
    items = []
    for number, each in enumerate(value):
        inner = _Read()
        _walk(item, _known(item), each, (), inner)
        items.append(inner.answers)
        found.problems += [
            Problem(".".join(filter(None, (place.name, str(number), one.field))), one.code, one.message)
            for one in inner.problems
        ]
    put(found.answers, place.path, items or None)


def _is_commune(value: Mapping[str, Json]) -> bool:
    """Whether its code, if there is one in France, is that of a commune of this name."""
    name, code = value.get("name"), value.get("code")
    if not code or value.get("country"):
        return True
    return any(each.code == code for each in cog.named(str(name))) or cog.name_of(str(code)) == name


@lru_cache(maxsize=512)
def _known(form: Form) -> Known:
    """The questions of a form as its answers nest: by key, a question or what stands under the key."""
    root: dict[str, Any] = {}
    for each in form.fields:
        node = root
        for step in each.path[:-1]:
            node = node.setdefault(step, {})
        node[each.path[-1]] = each
    return root
