"""An invented workflow with an appointment: proposed, moved, reminded of, called off."""

from __future__ import annotations

from datetime import date
from typing import Any

_TIME = {"type": "string", "format": "hour-minute"}
PROPOSAL: dict[str, Any] = {
    "schema": {
        "type": "object",
        "required": ["day", "start"],
        "properties": {
            "day": {"type": "string", "format": "date", "title": "Quel jour ?"},
            "start": {**_TIME, "title": "À quelle heure ?"},
            "end": {**_TIME, "title": "Jusqu’à quelle heure ?"},
            "place": {
                "title": "Où ?",
                "oneOf": [
                    {"const": "hall", "title": "Mairie, salle du conseil"},
                    {"const": "bench", "title": "Au banc"},
                ],
            },
        },
    },
    "ui": {
        "type": "Categorization",
        "elements": [
            {
                "type": "Category",
                "x-id": "proposition",
                "label": "Le rendez-vous",
                "elements": [
                    {"type": "Control", "scope": f"#/properties/{name}"} for name in ("day", "start", "end", "place")
                ],
            }
        ],
    },
}
PATHS = {name: f"agent.proposal.{name}" for name in ("day", "start", "end", "place")}
REMINDER: dict[str, Any] = {
    "label": "Rappel du rendez-vous",
    "from": "propose",
    "to": "appointment",
    "before": "P2D",
    "stops": ["call_off"],
}


def _state(label: str, phase: str, **more: Any) -> dict[str, Any]:
    on = more.pop("on", {})
    return {"meta": {"label": label, "sentence": f"{label}.", "phase": phase, **more}, "on": on}


def _by_agent(label: str, target: str, **meta: Any) -> dict[str, Any]:
    return {"target": target, "actions": ["tell"], "meta": {"label": label, "by": ["handler"], **meta}}


def typed(day: date, start: str, end: str = "", place: str = "hall") -> dict[str, str]:
    """What an agent types in the form."""
    of_day = {"day-day": str(day.day), "day-month": str(day.month), "day-year": str(day.year)}
    return {**of_day, "start": start, "end": end, "place": place}


WORKFLOW: dict[str, Any] = {
    "id": "appointed",
    "initial": "received",
    "meta": {
        "label": "Un rendez-vous",
        "clocks": {"reminder": REMINDER},
        "forms": {"proposal": PROPOSAL},
        "appointment": [PATHS],
    },
    "actions": {
        "tell": {"type": "mail", "to": "citizen", "message": "state_changed"},
        "remind": {"type": "mail", "to": "citizen", "message": "reminder"},
    },
    "states": {
        "received": _state(
            "Reçu",
            "received",
            on={"propose": _by_agent("Proposer un rendez-vous", "fixed", form="proposal")},
        ),
        "fixed": _state(
            "Rendez-vous fixé",
            "examined",
            appointed=True,
            on={
                "propose": _by_agent("Changer de rendez-vous", "fixed", form="proposal"),
                "move": _by_agent("Déplacer", "fixed", form="proposal"),
                "call_off": _by_agent("Annuler", "called_off"),
                "clock.reminder": {"actions": ["remind"], "meta": {"by": ["system"]}},
            },
        ),
        "called_off": _state(
            "Rendez-vous annulé",
            "examined",
            on={"propose": _by_agent("Proposer un autre rendez-vous", "fixed", form="proposal")},
        ),
    },
}
