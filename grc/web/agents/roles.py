"""The roles in words, for the people who give and hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grc.web.agents.account_views import Choice

_WORDS: Mapping[str, tuple[str, str]] = {
    "reader": ("Lecture", "Lit les demandes, ne fait rien d’autre."),
    "front_desk": ("Accueil", "Lit les demandes et en enregistre au guichet ou au téléphone."),
    "handler": ("Instruction", "Traite les demandes et décide."),
    "supervisor": ("Responsable", "Traite les demandes, tient les listes, rattache un compte d’usager."),
    "administrator": ("Administration", "Fait tout, et tient les comptes des agents. Un second moyen est demandé."),
}


def role_name(role: str) -> str:
    """The role as its holder reads it."""
    return _WORDS.get(role, (role, ""))[0]


def choices() -> Sequence[Choice]:
    """The roles to choose from, the least first."""
    return [Choice(role, name, hint) for role, (name, hint) in _WORDS.items()]
