"""Faults of the words: sentences that must be read twice, and jargon."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from grc.catalogue.definition import Procedure
from grc.conditions import Faults, mapping
from grc.forms.definition import Form

LONGEST_SENTENCE = 30
"""Words in a sentence of a form: beyond, people read it twice."""
LONGEST_NOTICE = 45
"""Words in a sentence of the notice on personal data, which names texts."""

JARGON: Mapping[str, str] = {
    "susmentionné": "ce",
    "susvisé": "ce",
    "susdit": "ce",
    "ci-après": "plus bas",
    "ci-dessus": "plus haut",
    "ci-joint": "avec",
    "nonobstant": "malgré",
    "le cas échéant": "si c’est le cas",
    "au titre de": "pour",
    "en vertu de": "selon",
    "dans le cadre de": "pour",
    "afférent": "lié",
    "inhérent": "lié",
    "pétitionnaire": "la personne qui demande",
    "requérant": "la personne qui demande",
    "administré": "habitant",
    "diligenter": "faire",
    "dûment": "",
    "notifier": "dire par écrit",
    "surseoir": "attendre",
    "attester sur l’honneur de": "déclarer",
    "stipuler": "dire",
    "idoine": "bon",
    "susceptible de": "peut",
    "procéder à": "faire",
    "s’acquitter de": "payer",
    "complétude": "dossier complet",
    "dématérialisé": "en ligne",
    "un tiers": "une autre personne",
}
"""Words that people do not use, and what to say in their place."""

_VARIABLE = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}|\{(?:title|limit)\}")
_SENTENCE = re.compile(r"(?<=[.!?;:])\s+|\n+")


def check(procedure: Procedure, faults: Faults) -> None:
    """Every fault of the texts that citizens read."""
    for where, words in _texts(procedure):
        _judge(f"{procedure.slug}/{where}", words, LONGEST_SENTENCE, faults)
    for where, words in _of_choices(procedure.form, ""):
        if _VARIABLE.search(words):  # what was chosen is told in many places, always in the same words
            faults.add(f"{procedure.slug}/{where}", f"variable dans un choix : « {words} ».", "Écrivez-le en entier.")
    for name, words in mapping(mapping(procedure.document["procedure"]).get("notice")).items():
        _judge(f"{procedure.slug}/procedure.json#/notice/{name}", str(words), LONGEST_NOTICE, faults)


def _judge(where: str, words: str, longest: int, faults: Faults) -> None:
    plain = words.replace("\u00a0", " ").replace("\u202f", " ").replace("'", "’")
    for sentence in _SENTENCE.split(_VARIABLE.sub("x", plain)):
        count = len(re.findall(r"[\w’-]+", sentence))
        if count > longest:
            message = f"phrase de {count} mots : « {sentence[:60]}… »."
            faults.add(where, message, f"Coupez-la : {longest} mots au plus.")
    for jargon, plain_words in JARGON.items():
        if re.search(rf"\b{jargon}(e|s|es|er|ez)?\b", plain, re.IGNORECASE):
            advice = f"Écrivez plutôt « {plain_words} »." if plain_words else "Ôtez-le."
            faults.add(where, f"jargon : « {jargon} ».", advice)


def _texts(procedure: Procedure) -> Iterator[tuple[str, str]]:
    facts = procedure.document["procedure"]
    for key in ("title", "description", "price", "target_delay", "closed"):
        yield f"procedure.json#/{key}", str(facts.get(key, ""))
    for key in ("who", "prepare"):
        for number, words in enumerate(facts.get(key, ())):
            yield f"procedure.json#/{key}/{number}", str(words)
    yield from _of_form(procedure.form, "")
    for state in procedure.workflow.states.values():
        yield f"workflow.json#/states/{state.id}/meta", f"{state.label}. {state.citizen_sentence}"
    for name, words in procedure.letters.items():
        yield f"procedure.json#/letters/{name}", words


def _of_form(form: Form, prefix: str) -> Iterator[tuple[str, str]]:
    for page in form.pages:
        yield f"ui.json#{page.id}", page.title
        for group in page.groups:
            for words in (group.title, *group.texts):
                yield f"ui.json#{group.id}", words
    for field in form.fields:
        choices = (words for choice in field.choices for words in (choice.title, choice.hint))
        for words in (field.title, field.hint, *choices, *_messages(field.schema)):
            yield f"schema.json#{prefix}{field.name}", words
        if field.form is not None:
            yield from _of_form(field.form, f"{field.name}.")
    for check_ in form.checks:
        yield f"schema.json#{prefix}{check_.at}", check_.message


def _of_choices(form: Form, prefix: str) -> Iterator[tuple[str, str]]:
    for field in form.fields:
        for choice in field.choices:
            yield from ((f"schema.json#{prefix}{field.name}", words) for words in (choice.title, choice.hint))
        if field.form is not None:
            yield from _of_choices(field.form, f"{field.name}.")


def _messages(schema: Mapping[str, Any]) -> Iterator[str]:
    for holder in (schema, *schema.get("allOf", ())):
        yield from map(str, mapping(mapping(holder).get("x-messages")).values())
