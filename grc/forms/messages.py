"""The French sentence for each fault of an answer: it names the question and says what to do.

A field may give its own in `x-messages` by code; a part of `allOf` may give its own too. No sentence repeats what was
typed, so a sentence never carries a stranger's text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from grc.conditions import mapping
from grc.errors import Problem
from grc.forms.days import in_words
from grc.forms.definition import Field
from grc.forms.formats import FORMATS
from grc.forms.numbers import euros, in_french
from grc.forms.sentences import GENERAL, OF_KIND, OF_PARTS, REQUIRED

Json = Any

_SAME_AS: Mapping[str, str] = {"enum": "choice", "const": "choice", "oneOf": "choice", "additionalProperties": "type"}
_COUNTED = re.compile(r"\{limit\} (caractère|réponse|fichier|chiffre)s")
_KEYWORDS = ("format", "allOf", "anyOf", "if", "required")
CODES = frozenset({*GENERAL, *_SAME_AS, *_KEYWORDS}.union(*OF_KIND.values()))
"""What `x-messages` may be keyed by, and what an error of a validator may be called."""

WHOLE = Problem("", "answers", "Vos réponses ne vont pas ensemble. Relisez chaque page, puis envoyez à nouveau.")


def problem(
    field: Field, code: str, *, part: str = "", limit: Json = None, own: Mapping[str, str] | None = None
) -> Problem:
    """The problem of one field. part: of an address; it is then the code. limit: the keyword's value.

    own: messages that go before the field's; the field's are not for its parts.
    """
    stable = _SAME_AS.get(code, code)
    title = _title(field, part)
    spoken = () if part else (own or {}, mapping(field.schema.get("x-messages")))
    keys = (code, stable, *(("format",) if code in FORMATS else ()))
    own_words = (mine[each] for mine in spoken for each in keys if each in mine)
    chosen = next(own_words, None) or _general(field, part, stable)
    told = _agreed(chosen, limit).replace("{limit}", _shown(field, limit))
    return Problem(field.name, part or stable, told.replace("{title}", title))


def _agreed(sentence: str, limit: Json) -> str:
    """One is singular in French, and so is zero."""
    return _COUNTED.sub(r"{limit} \1", sentence) if limit in (0, 1) else sentence


def of_check(field: Field, message: str) -> Problem:
    """The problem of answers that do not agree, beside one of them, in the author's words."""
    return Problem(field.name, "x-checks", message.replace("{title}", _title(field, "")))


def joined(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """One problem for the field: the first of several, saying what each says; () for none."""
    if len(problems) < 2:
        return tuple(problems)
    sentences = dict.fromkeys(problem.message for problem in problems)
    return (Problem(problems[0].field, problems[0].code, " ".join(sentences)),)


def _general(field: Field, part: str, code: str) -> str:
    if part and (part, code) in OF_PARTS:
        return OF_PARTS[part, code]
    if code == "required" and not part:
        return REQUIRED.get(field.kind, GENERAL["required"])
    return OF_KIND.get(field.kind, {}).get(code) or GENERAL.get(code) or GENERAL["type"]


def _title(field: Field, part: str) -> str:
    """The question, or its part, without the colon or full stop that may end it."""
    if part:
        title = field.schema.get("properties", {}).get(part, {}).get("title", part)
        return str(title)
    return field.title.rstrip(" .:\u00a0")


def _shown(field: Field, limit: Json) -> str:
    if isinstance(limit, date):
        return in_words(limit)
    return euros(limit) if field.kind == "money" else in_french(limit)


def of_error(field: Field, error: Any) -> tuple[Problem, ...]:
    """The problems behind an error of the jsonschema validator on the field's value: one, or one for each part."""
    code = str(error.validator)
    if code == "format":
        code = str(error.validator_value)
    elif code in ("pattern", "minLength") and error.schema.get("format"):
        code = str(error.schema["format"])
    if field.kind in ("interval", "hours") and (ends := _ends_of(error)):
        return tuple(problem(field, end) for end in ends)
    own = error.schema.get("x-messages") if isinstance(error.schema, Mapping) else None
    own = own if isinstance(own, Mapping) else None
    parts = _parts_of(field, error)
    return tuple(problem(field, code, part=part, limit=error.validator_value, own=own) for part in parts)


def _parts_of(field: Field, error: Any) -> Sequence[str]:
    """Which parts of an address are meant: the one in the path, or those that are missing; else the whole field."""
    if field.kind == "address" and error.absolute_path:
        return (str(error.absolute_path[0]),)
    if field.kind == "address" and error.validator == "required" and isinstance(error.instance, Mapping):
        return [str(name) for name in error.validator_value if name not in error.instance]
    return ("",)


def _ends_of(error: Any) -> Sequence[str]:
    """The codes for the ends of an interval that are missing, or wrong; () when the interval itself is."""
    if error.absolute_path:
        return (f"{error.absolute_path[0]}-wrong",)
    if error.validator == "required" and isinstance(error.instance, Mapping):
        return [str(name) for name in error.validator_value if name not in error.instance]
    return ()
