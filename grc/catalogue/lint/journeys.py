"""Faults of the way through a form: pages that nobody reaches, rules that never hold, the same thing asked twice."""

from __future__ import annotations

import re
import unicodedata
from itertools import combinations

from grc.catalogue.definition import Procedure
from grc.catalogue.lint.reasoning import Reasoner
from grc.conditions import Faults, Rule
from grc.forms import ordering
from grc.forms.definition import Field

Place = tuple[int, Field, Rule | None]

_ABOUT_THE_PERSON = frozenset({"family-name", "given-names", "postal-address", "contact-email", "telephone"})


def check(procedure: Procedure, faults: Faults) -> None:
    """Every fault of the pages and their rules."""
    places = list(ordering.controls(procedure.form))
    _unreachable(procedure, places, faults)
    _placed_together(procedure, places, faults)
    _asked_twice(procedure, places, faults)
    _without_autocomplete(procedure, places, faults)
    _files_among_questions(procedure, faults)


def _unreachable(procedure: Procedure, places: list[Place], faults: Faults) -> None:
    """Rules that cannot hold. A page counts answers that get past their own page; a field any answer that is shown."""
    strict, loose = (Reasoner(procedure.form, accepted_only=only) for only in (True, False))
    where = f"{procedure.slug}/ui.json#"
    for number, page in enumerate(procedure.form.pages):
        here = [(field, rule) for position, field, rule in places if position == number]
        if all(strict.can_hold(rule) is False for _, rule in here):
            message = f"la page « {page.title} » ne peut jamais être atteinte."
            faults.add(f"{where}{page.id}", message, "Corrigez sa règle, ou ôtez la page.")
            continue
        for field, rule in here:
            if loose.can_hold(rule) is False:
                message = f"la règle de « {field.id} » ne peut jamais être vraie."
                faults.add(f"{where}{field.id}", message, "Comparez ses valeurs à celles des questions qu’elle lit.")


def _placed_together(procedure: Procedure, places: list[Place], faults: Faults) -> None:
    """The same answer in two places under rules that may both hold."""
    reasoner = Reasoner(procedure.form, accepted_only=False)
    for (_, one, first), (_, other, second) in combinations(places, 2):
        if one.name != other.name:
            continue
        excluded = reasoner.exclude(first, second)
        where = f"{procedure.slug}/ui.json#{other.id}"
        if excluded is False:
            message = f"« {one.id} » et « {other.id} » demandent « {one.name} » en même temps."
            faults.add(where, message, "Donnez-leur des règles qui s’excluent.")
        elif excluded is None:
            message = f"non vérifié : « {one.id} » et « {other.id} » s’excluent-ils toujours ?"
            faults.add(where, message, "Écrivez leurs règles avec des constantes, des listes ou des bornes.")


def _asked_twice(procedure: Procedure, places: list[Place], faults: Faults) -> None:
    """Two questions in the same words, that one person may meet."""
    reasoner = Reasoner(procedure.form, accepted_only=True)
    for (_, one, first), (_, other, second) in combinations(places, 2):
        if one.name == other.name or bare(one.title) != bare(other.title):
            continue
        if _group_of(one) == _group_of(other) and reasoner.exclude(first, second) is not True:
            message = f"« {one.name} » et « {other.name} » demandent la même chose : « {one.title} »."
            faults.add(f"{procedure.slug}/schema.json#{other.name}", message, "Gardez-en une, ou précisez laquelle.")


def _group_of(field: Field) -> tuple[str, ...]:
    """The object that holds the answer: two persons may each have a first name."""
    return field.path[:-1]


def _without_autocomplete(procedure: Procedure, places: list[Place], faults: Faults) -> None:
    """What people say of themselves fills itself in (RGAA 11.13, WCAG 1.3.5)."""
    for _, field, _ in places:
        if field.role in _ABOUT_THE_PERSON and not field.autocomplete:
            message = f"« {field.name} » porte sur la personne et n’a pas « autocomplete » (RGAA 11.13)."
            faults.add(f"{procedure.slug}/schema.json#{field.name}", message, "Par exemple « email » ou « tel ».")


def _files_among_questions(procedure: Procedure, faults: Faults) -> None:
    """Files have a page of their own, after the answers are saved: a file refused then loses nothing else."""
    for page in procedure.form.pages:
        if len({each.kind == "file" for each in page.fields}) > 1:
            message = f"la page « {page.title} » mêle des fichiers à d’autres questions."
            faults.add(f"{procedure.slug}/ui.json#{page.id}", message, "Placez les fichiers sur leur page, plus loin.")


def bare(title: str) -> str:
    """A title without case, accents nor punctuation, to compare what is asked."""
    plain = unicodedata.normalize("NFKD", title.casefold())
    return " ".join(re.findall(r"[a-z0-9]+", "".join(each for each in plain if not unicodedata.combining(each))))
