"""The French sentence for each fault of an answer: it names the question and says what to do.

A field may give its own in `x-messages` by code; a part of `allOf` may give its own too. No sentence repeats what was
typed, so a sentence never carries a stranger's text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from grc.conditions import mapping
from grc.errors import Problem
from grc.forms.days import in_words
from grc.forms.definition import Field

Json = Any

_REQUIRED: Mapping[str, str] = {
    "yes_no": "Choisissez « Oui » ou « Non » : {title}",
    "choice": "Choisissez une réponse pour « {title} ».",
    "choices": "Choisissez au moins une réponse pour « {title} ».",
    "date": "Saisissez le jour, le mois et l’année de « {title} ».",
    "address": "Saisissez l’adresse demandée : « {title} ».",
    "email": "Saisissez « {title} », par exemple camille@exemple.fr.",
    "phone": "Saisissez « {title} », par exemple 01 99 00 12 34.",
    "file": "Ajoutez un fichier pour « {title} ».",
    "statement": "Cochez « {title} » pour continuer.",
    "listed": "Choisissez une réponse pour « {title} ».",
}

_SENTENCES: Mapping[str, str] = {
    "required": "Saisissez « {title} ».",
    "characters": "« {title} » contient un caractère invisible. Effacez la réponse et saisissez-la au clavier.",
    "email": "Saisissez « {title} » en entier et sans espace, par exemple camille@exemple.fr.",
    "phone-fr": "Saisissez un numéro de dix chiffres pour « {title} », par exemple 01 99 00 12 34.",
    "postal-code-fr": "Saisissez un code postal de cinq chiffres, par exemple 35000.",
    "day": "Saisissez le jour de « {title} » en chiffres, de 1 à 31.",
    "month": "Saisissez le mois de « {title} », par exemple 3 ou mars.",
    "year": "Saisissez l’année de « {title} » avec quatre chiffres, par exemple 1987.",
    "date": "Cette date n’existe pas. Vérifiez le jour, le mois et l’année de « {title} ».",
    "integer": "Saisissez « {title} » en chiffres, sans virgule.",
    "choice": "Choisissez une des réponses proposées pour « {title} ».",
    "minLength": "« {title} » est trop court. Saisissez au moins {limit} caractères.",
    "maxLength": "« {title} » est trop long. Saisissez {limit} caractères au plus.",
    "minimum": "Saisissez {limit} ou plus pour « {title} ».",
    "exclusiveMinimum": "Saisissez un nombre plus grand que {limit} pour « {title} ».",
    "maximum": "Saisissez {limit} ou moins pour « {title} ».",
    "exclusiveMaximum": "Saisissez un nombre plus petit que {limit} pour « {title} ».",
    "multipleOf": "Saisissez un multiple de {limit} pour « {title} ».",
    "minItems": "Choisissez au moins {limit} réponses pour « {title} ».",
    "maxItems": "Choisissez {limit} réponses au plus pour « {title} ».",
    "uniqueItems": "Choisissez chaque réponse une seule fois pour « {title} ».",
    "pattern": "« {title} » n’a pas la forme attendue. Vérifiez la réponse.",
    "not": "Cette réponse à « {title} » ne permet pas de continuer. Choisissez-en une autre.",
    "type": "Saisissez à nouveau « {title} ».",
    "x-min": "Choisissez le {limit} ou un jour suivant pour « {title} ».",
    "x-max": "Choisissez le {limit} ou un jour précédent pour « {title} ».",
    "closed": "« {limit} » n’est plus proposé. Choisissez une autre réponse pour « {title} ».",
    "changed": "« {limit} » a changé depuis votre choix. Vérifiez, puis choisissez à nouveau pour « {title} ».",
    "past": "« {title} » est dans le futur. Vérifiez le jour, le mois et l’année.",
}

_FOR_FILES: Mapping[str, str] = {
    "maxItems": "Gardez {limit} fichiers au plus pour « {title} ».",
    "minItems": "Ajoutez au moins {limit} fichiers pour « {title} ».",
    "choice": "Choisissez un fichier d’un type admis pour « {title} ».",
    "maximum": "Un fichier de « {title} » est trop lourd. Choisissez un fichier plus léger.",
    "minimum": "Un fichier de « {title} » est vide. Choisissez un autre fichier.",
}

_FOR_PARTS: Mapping[tuple[str, str], str] = {
    ("line1", "required"): "Saisissez le numéro et la rue.",
    ("postcode", "required"): "Saisissez le code postal.",
    ("city", "required"): "Saisissez la commune de l’adresse.",
}

_SAME_AS: Mapping[str, str] = {"enum": "choice", "const": "choice", "oneOf": "choice", "additionalProperties": "type"}
CODES = frozenset({*_SENTENCES, *_SAME_AS, "format", "allOf", "anyOf", "if", "required"})
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
    told = (mine[each] for mine in spoken for each in (code, stable) if each in mine)
    chosen = next(told, None) or _general(field, part, stable)
    return Problem(field.name, part or stable, chosen.replace("{title}", title).replace("{limit}", _shown(limit)))


def joined(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """One problem for the field: the first of several, saying what each says; () for none."""
    if len(problems) < 2:
        return tuple(problems)
    sentences = dict.fromkeys(problem.message for problem in problems)
    return (Problem(problems[0].field, problems[0].code, " ".join(sentences)),)


def _general(field: Field, part: str, code: str) -> str:
    if part and (part, code) in _FOR_PARTS:
        return _FOR_PARTS[part, code]
    if code == "required" and not part:
        return _REQUIRED.get(field.kind, _SENTENCES["required"])
    if field.kind == "file" and code in _FOR_FILES:
        return _FOR_FILES[code]
    return _SENTENCES.get(code, _SENTENCES["type"])


def _title(field: Field, part: str) -> str:
    """The question, or its part, without the colon or full stop that may end it."""
    if part:
        title = field.schema.get("properties", {}).get(part, {}).get("title", part)
        return str(title)
    return field.title.rstrip(" .:\u00a0")


def _shown(limit: Json) -> str:
    return in_words(limit) if isinstance(limit, date) else str(limit)


def of_error(field: Field, error: Any) -> tuple[Problem, ...]:
    """The problems behind an error of the jsonschema validator on the field's value: one, or one for each part."""
    code = str(error.validator)
    if code == "format":
        code = str(error.validator_value)
    elif code in ("pattern", "minLength") and error.schema.get("format"):
        code = str(error.schema["format"])
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
