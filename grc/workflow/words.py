"""What people read of a workflow: its events, functions and delays in French."""

from __future__ import annotations

import re
from collections.abc import Mapping

from grc.workflow.definition import AFTER, ALWAYS, FILED, Clock, Transition, Workflow

PHASE_WORDS: Mapping[str, str] = {
    "received": "Reçue",
    "examined": "Examinée",
    "decided": "Décidée",
    "closed": "Close",
}
"""The columns of a drawing: for each phase its title."""

FUNCTION_WORDS: Mapping[str, str] = {
    "handler": "agent",
    "supervisor": "responsable",
    "citizen": "usager",
    "system": "automatique",
}

ACTION_WORDS: Mapping[str, str] = {
    "mail": "courriel",
    "post_message": "message dans l’échange",
    "note": "note pour les agents",
    "task": "tâche",
    "request_documents": "demande de pièces",
    "edit": "réponses à corriger par l’usager",
    "decision": "décision",
    "assign": "attribution",
    "set": "valeur retenue",
    "label": "étiquette",
    "link": "demande liée",
    "transfer": "transmission à l’administration compétente",
    "call": "appel d’un autre logiciel",
    "propose_destruction": "proposition d’élimination",
    "redirect": "lien vers une autre page",
    "book": "réservation",
    "release": "réservation rendue",
}
"""Each type of action, as the table of a workflow names it."""

ANYWHERE = "À tout moment"
"""Where the transitions of the root stand."""

UNCHANGED = "le même état"
"""Where a transition of the root without a target leads."""

_CLOCK_UNITS = {
    "day": "jours",
    "business_day": "jours ouvrés",
    "day_without_holidays": "jours, fériés non comptés,",
    "month": "mois",
}
_ONE = {"day": "jour", "business_day": "jour ouvré", "day_without_holidays": "jour, fériés non comptés,"}
_LEGAL = {"silence": "le silence vaut décision", "documents": "la date limite des pièces est passée"}
_UNITS = {"Y": "an", "M": "mois", "W": "semaine", "D": "jour"}
_TIMES = {"H": "heure", "M": "minute"}
_ENDS = {"done": "abouti", "failed": "échoué"}


def what(workflow: Workflow, each: Transition) -> str:
    """What is done or happens: the label of the button, or the event in words; a line never breaks before a colon."""
    return re.sub(r" (?=[:;?!»])", "\u00a0", each.label or _event(workflow, each.event))


def who(each: Transition) -> str:
    """The functions that may take it, or "automatique"."""
    return ", ".join(FUNCTION_WORDS.get(function, function) for function in each.by)


def clock(workflow: Workflow, each: Clock) -> str:
    """How long a clock runs, and from when: "7 jours depuis la réception"; "2 jours avant le rendez-vous"."""
    if each.to:
        return f"{duration(each.before)} avant le rendez-vous" if each.before else "à l’heure du rendez-vous"
    since = "la réception"
    if each.start != FILED:
        named = next((one for one in workflow.transitions if one.event == each.start and one.label), None)
        since = f"« {named.label} »" if named else _event(workflow, each.start)
    unit = _CLOCK_UNITS[each.unit]
    return f"{each.period} {_ONE.get(each.unit, unit) if each.period == 1 else unit} depuis {since}"


def duration(length: str) -> str:
    """An ISO 8601 duration in words: "P15D" is "15 jours"."""
    days, _, times = length.removeprefix("P").partition("T")
    parts = [_counted(found, _UNITS) for found in re.findall(r"(\d+)([YMWD])", days)]
    return " et ".join(parts + [_counted(found, _TIMES) for found in re.findall(r"(\d+)([HM])", times)])


def _counted(found: tuple[str, str], units: Mapping[str, str]) -> str:
    number, unit = int(found[0]), units[found[1]]
    return f"{number} {unit}{'s' if number > 1 and not unit.endswith('s') else ''}"


def _event(workflow: Workflow, event: str) -> str:
    if event == ALWAYS:
        return "aussitôt"
    if event.startswith(AFTER):
        name = event.removeprefix(AFTER)
        return f"après {duration(workflow.delays.get(name, ''))}"
    family, _, name = event.partition(".")
    if family == "clock":
        known = workflow.clocks.get(name)
        return f"échéance : {known.label}" if known else _LEGAL.get(name, event)
    if family == "call":
        called, _, end = name.rpartition(".")
        return f"appel « {called} » {_ENDS.get(end, end)}"
    return f"signal « {name} »" if family == "signal" else event
