"""What an agent may set, as tiles of /agents/administration: one line each, and the permission that opens it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, may

PATH = "administration"
"""What stands after /agents/ for the pages of administration."""

Group = Literal["La collectivité", "Les démarches", "Les agents", "Les données personnelles", "Les échanges et traces"]


@dataclass(frozen=True)
class Tile:
    """A page of administration. path: after /agents/. permission: what opens it. text: one sentence, what it is for."""

    group: Group
    title: str
    path: str
    permission: Permission
    text: str


TILES: tuple[Tile, ...] = (
    Tile(
        "La collectivité",
        "Collectivité",
        f"{PATH}/collectivite",
        Permission.AUTHORITY_CHANGE,
        "Le nom, les coordonnées, l’adresse d’envoi, les jours fériés.",
    ),
    Tile("La collectivité", "Apparence", f"{PATH}/apparence", Permission.AUTHORITY_CHANGE, "Le logo et la couleur."),
    Tile(
        "La collectivité",
        "Déclarations",
        f"{PATH}/declarations",
        Permission.AUTHORITY_CHANGE,
        "L’accessibilité, la sécurité, le délégué à la protection des données, les mentions légales.",
    ),
    Tile("La collectivité", "Services", f"{PATH}/services", Permission.SERVICE_CHANGE, "Qui répond aux demandes."),
    Tile("La collectivité", "Fermetures", f"{PATH}/fermetures", Permission.SERVICE_CHANGE, "Les jours sans accueil."),
    Tile(
        "Les données personnelles",
        "Registre des traitements",
        f"{PATH}/registre",
        Permission.REGISTER_READ,
        "Ce que chaque démarche fait des données, écrit d’après elle.",
    ),
    Tile(
        "Les données personnelles",
        "Conservation et destruction",
        f"{PATH}/conservation",
        Permission.VISA_RECORD,
        "Ce qui est à son terme, les listes et les visas des Archives.",
    ),
    Tile(
        "Les démarches",
        "Démarches",
        f"{PATH}/demarches",
        Permission.PROCEDURE_CHANGE,
        "Les installer, en adapter les mots, les ouvrir et les fermer, les mettre à jour.",
    ),
    Tile("Les démarches", "Agenda", "agenda", Permission.LIST_CHANGE, "Ce qui est pris des salles et du matériel."),
    Tile("Les démarches", "Listes", "listes", Permission.LIST_CHANGE, "Les salles, les écoles et les autres choix."),
    Tile(
        "Les échanges et traces",
        "Journal",
        f"{PATH}/journal",
        Permission.JOURNAL_READ,
        "Qui a fait quoi, et qui a consulté les demandes sensibles.",
    ),
    Tile(
        "Les échanges et traces",
        "Accès du syndicat",
        f"{PATH}/acces-du-syndicat",
        Permission.GUEST_ADMIT,
        "Laisser entrer un agent du syndicat, pour un temps.",
    ),
    Tile(
        "Les échanges et traces",
        "Clés des logiciels",
        f"{PATH}/cles",
        Permission.KEY_MANAGE,
        "Ce que d’autres logiciels peuvent déposer et lire.",
    ),
    Tile(
        "Les échanges et traces",
        "Notifications aux logiciels",
        f"{PATH}/webhooks",
        Permission.KEY_MANAGE,
        "Qui est prévenu de ce qui arrive aux demandes.",
    ),
    Tile("Les agents", "Agents", "collegues", Permission.AGENT_MANAGE, "Les comptes, leurs rôles et leur connexion."),
    Tile("Les agents", "Rôles", f"{PATH}/roles", Permission.AGENT_MANAGE, "Ce que permet chaque rôle, en un tableau."),
)
"""Every page of administration, in the order of the page; to add one, add a line."""


def tiles_of(agent: AgentActor) -> Sequence[Tile]:
    """The tiles that the agent's rights open, in order."""
    return [tile for tile in TILES if may(agent, tile.permission)]


def administers(agent: AgentActor) -> bool:
    """Whether the menu leads the agent to the administration: a page of it is theirs, beside those of the menu."""
    return any(tile.path.startswith(f"{PATH}/") or tile.path == "collegues" for tile in tiles_of(agent))
