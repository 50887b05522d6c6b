"""The journal in words: who, what, on what. A code stands where no word is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grc.authorities.guests import REASONS
from grc.journal.acts import LABELS, JournalAct
from grc.journal.reading import Entry
from grc.web.agents.roles import role_name

_ACTORS = {
    "operator": "L’exploitant du site",
    "system": "Le logiciel",
    "citizen": "Un usager",
    "key": "Un logiciel, par sa clé",
}
_KINDS = {
    "agent": "Agent",
    "authority": "La collectivité",
    "citizen": "Compte d’usager",
    "client": "Fournisseur d’identité",
    "closure": "Fermeture",
    "endpoint": "Système appelé",
    "inbox": "Liste des demandes",
    "installation": "L’installation",
    "journal": "Journal",
    "key": "Clé de logiciel",
    "list": "Liste",
    "outbox": "Envoi",
    "right": "Droit",
    "page": "Page",
    "procedure": "Démarche",
    "service": "Service",
    "statement": "Déclaration",
    "submission": "Demande",
    "visa": "Visa",
    "webhook": "Notification de logiciel",
}
_KEYS = {
    "absence": "absence",
    "active": "en service",
    "booking": "réservation",
    "changed": "changé",
    "count": "nombre",
    "deputy": "remplaçant",
    "done": "fait",
    "entries": "lignes",
    "expires_at": "jusqu’au",
    "file": "fichier",
    "first_on": "du",
    "from": "depuis",
    "item": "élément",
    "kinds": "événements",
    "kept": "gardé",
    "last_on": "au",
    "letter": "lettre",
    "method": "action",
    "overlaid": "adaptations",
    "page": "page",
    "procedure": "démarche",
    "procedures": "démarches",
    "reason": "motif",
    "references": "demandes",
    "right": "droit",
    "role": "rôle",
    "scopes": "droits",
    "second_factor": "second moyen",
    "sensitive": "sensible",
    "service": "service",
    "until": "jusqu’au",
    "version": "version",
}
_PAGES = {
    "/": "la demande",
    "/acces": "qui peut la voir",
    "/dossier.zip": "tout, en archive",
    "/reponses.csv": "les réponses, en tableau",
    "/reponses.json": "les réponses, en JSON",
    "/decision": "la décision",
    "/messages": "un message",
    "/notes": "une note",
    "/fichiers/{file}": "un fichier",
    "/courriers/{letter}.pdf": "un courrier",
    "/lettres/{letter}": "une lettre à imprimer",
    "/lettres/{letter}.pdf": "une lettre à imprimer",
}
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


@dataclass(frozen=True)
class Names:
    """What the authority calls its own today, by the id or the slug that the journal keeps; never kept in it."""

    agents: Mapping[int, str] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)
    procedures: Mapping[str, str] = field(default_factory=dict)

    def of(self, kind: str, value: str) -> str:
        """The name beside an id, "" where none is known. kind: of a subject, or a key of the data."""
        if kind in ("agent", "deputy"):
            return self.agents.get(int(value), "") if value.isascii() and value.isdigit() else ""
        known = {"service": self.services, "procedure": self.procedures, "procedures": self.procedures}
        return known.get(kind, {}).get(value, "")


def month(code: str) -> str:
    """ "novembre 2026"."""
    return f"{_MONTHS[int(code[5:]) - 1]} {code[:4]}"


def act(code: str) -> str:
    """What was done."""
    try:
        return LABELS[JournalAct(code)]
    except ValueError:
        return code


def actor(entry: Entry, names: Names) -> str:
    """Who did it: agents by the name that they have today."""
    if entry.actor_kind == "agent":
        return names.agents.get(entry.actor_id or 0, f"Agent n°\u00a0{entry.actor_id}")
    said = _ACTORS.get(entry.actor_kind, entry.actor_kind)
    return f"{said} (n°\u00a0{entry.actor_id})" if entry.actor_id is not None else said


def subject(entry: Entry, names: Names) -> str:
    """To what."""
    kind = _KINDS.get(entry.subject_kind, entry.subject_kind)
    if entry.subject_kind == "agent" and entry.subject.isdigit():
        return names.of("agent", entry.subject) or f"Agent n°\u00a0{entry.subject}"
    if entry.subject_kind in ("authority", "installation") or entry.subject == "all":
        return kind
    return f"{kind} {_beside(entry.subject_kind, entry.subject, names)}"


def details(data: Mapping[str, Any], names: Names) -> str:
    """What else the line says, in short."""
    told = [(_KEYS.get(key, key), _value(key, value, names)) for key, value in sorted(data.items()) if _is_told(value)]
    return ", ".join(f"{name}\u00a0: {said}" for name, said in told)


def _is_told(value: Any) -> bool:
    return value is not None and value not in ("", [])


def _beside(kind: str, value: str, names: Names) -> str:
    name = names.of(kind, value)
    return f"{value} («\u00a0{name}\u00a0»)" if name else value


def _value(key: str, value: Any, names: Names) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return " ".join("toutes" if each == "*" else _beside(key, str(each), names) for each in value)
    if key == "page":
        return _PAGES.get(str(value), str(value))
    if key == "role":
        return role_name(str(value))
    if key == "reason":
        return REASONS.get(str(value), str(value))
    return _beside(key, str(value), names)
