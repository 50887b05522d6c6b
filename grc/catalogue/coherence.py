"""What must agree between the parts of a procedure: its legal facts, its form, and the words in its texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from grc.catalogue import identity
from grc.conditions import Faults, parse_text
from grc.forms.definition import Form
from grc.forms.formats import fast_validator

Json = Any

TEXT_NAMES = frozenset({"authority.name"})
"""What titles, hints and texts may show of the authority."""


def check(slug: str, facts: Mapping[str, Json], form: Form, faults: Faults) -> None:
    """Faults of the whole; what is missing from one file alone is said elsewhere."""
    _check_silence(facts, f"{slug}/procedure.json#", faults)
    _check_opening(facts, f"{slug}/procedure.json#", faults)
    sound = not any(fault.where.startswith(f"{slug}/") for fault in faults)
    if sound and facts.get("identification") == "required":  # a form with faults cannot be walked
        identity.check(form, f"{slug}/schema.json#", faults)
    for field in form.fields:
        if "x-required-by" in field.schema and field.kind != "file":
            faults.add(f"{slug}/schema.json#{field.name}", "« x-required-by » ne sert que pour un fichier.", "Ôtez-le.")
    for where, text in _texts(slug, form):
        parse_text(text, known=TEXT_NAMES, where=where, faults=faults)


def _check_silence(facts: Mapping[str, Json], where: str, faults: Faults) -> None:
    """The last rule alone is unconditional, so that there is always exactly one; a rejection names its appeals."""
    items = facts.get("silence")
    items = [each for each in items if isinstance(each, Mapping)] if isinstance(items, list) else []
    for number, item in enumerate(items):
        place = f"{where}/silence/{number}"
        last = number == len(items) - 1
        if last and "if" in item:
            faults.add(
                f"{place}/if", "la dernière règle de silence vaut sans condition.", "Ajoutez-en une sans « if »."
            )
        if not last and "if" not in item:
            faults.add(place, "les règles suivantes ne serviront jamais.", "Ajoutez « if », ou ôtez-les.")
        _check_condition(item.get("if"), f"{place}/if", faults)
    ways = facts.get("appeal")
    ways = [each for each in ways if isinstance(each, Mapping)] if isinstance(ways, list) else []
    for number, way in enumerate(ways):
        _check_condition(way.get("if"), f"{where}/appeal/{number}/if", faults)
    _check_commission(ways, where, faults)
    if any(item.get("rule") == "rejection" for item in items) and not any("if" not in way for way in ways):
        message = "un refus implicite doit dire les voies de recours (CRPA, art. R112-11-1)."
        faults.add(f"{where}/appeal", message, "Ajoutez « appeal », dont une voie au moins sans « if ».")


def _check_commission(ways: Sequence[Mapping[str, Json]], where: str, faults: Faults) -> None:
    """Ways under a condition replace the ordinary ones: the CADA under one wants the court under the same (R421-5)."""
    courts = [way.get("if") for way in ways if way.get("kind") == "contentieux"]
    for number, way in enumerate(ways):
        if way.get("kind") == "cada" and way.get("if") not in courts:
            message = "après la CADA vient le tribunal, que ses lettres doivent dire (CJA, art. R421-5)."
            faults.add(f"{where}/appeal/{number}", message, "Ajoutez « contentieux », sous la même condition « if ».")


def _check_opening(facts: Mapping[str, Json], where: str, faults: Faults) -> None:
    """Its days exist, and the first does not come after the last."""
    days = {}
    for name in ("opens_on", "closes_on"):
        try:
            days[name] = date.fromisoformat(str(facts[name])) if name in facts else None
        except ValueError:
            faults.add(f"{where}/{name}", f"« {facts[name]} » n’est pas un jour.", "Par exemple 2027-03-01.")
            return
    first, last = days["opens_on"], days["closes_on"]
    if first is not None and last is not None and last < first:
        faults.add(f"{where}/closes_on", "la démarche fermerait avant d’ouvrir.", "Corrigez l’une des deux dates.")


def _check_condition(condition: Json, where: str, faults: Faults) -> None:
    if condition is None:
        return
    try:
        fast_validator(condition if isinstance(condition, Mapping) else {"type": condition})
    except ValueError:
        faults.add(where, "cette condition n’est pas du JSON Schema.", "Vérifiez ses mots-clés.")


def _texts(slug: str, form: Form, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every text of the form that people read, of its items too, with the place where it is written."""
    for page in form.pages:
        yield f"{slug}/ui.json#{page.id}", page.title
        for group in page.groups:
            for text in (group.title, *group.texts):
                yield f"{slug}/ui.json#{group.id}", text
    for field in form.fields:
        where = f"{slug}/schema.json#{prefix}{field.name}"
        messages = field.schema.get("x-messages")
        spoken = messages.values() if isinstance(messages, Mapping) else ()
        for text in (field.title, field.hint, *spoken):
            yield where, str(text)
        if field.form is not None:
            yield from _texts(slug, field.form, f"{field.name}.")
    for check_ in form.checks:
        yield f"{slug}/schema.json#{prefix}{check_.at}", check_.message
