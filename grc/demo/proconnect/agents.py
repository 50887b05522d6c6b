"""Invented agents who can sign in on the simulator, each of them a case that a town hall meets."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from grc.demo.franceconnect.identities import Identity

TILLEUL, TILLEUL_SCHOOL, MARRONNIER = "21990012300015", "21990012300023", "21990045300016"
COMPANY, LA_POSTE = "99900011100016", "35600000049837"
_NAMESPACE = uuid.UUID("6f2d7a52-6a3b-4f5c-9a38-0e1b5f1f4c11")


@dataclass(frozen=True)
class AgentIdentity(Identity):
    """One invented agent. acr: the level that the employer's provider gives."""

    acr: str = "eidas1-mfa"

    def sub(self, entity: str) -> str:
        """A UUID, the same for every service."""
        return subject(self.key)


def subject(key: str) -> str:
    """The `sub` of the agent of this key."""
    return str(uuid.uuid5(_NAMESPACE, key))


def _agent(given_name: str, usual_name: str, email: str, siret: str | None, label: str, **more: Any) -> dict[str, Any]:
    claims = {
        "given_name": given_name,
        "usual_name": usual_name,
        "email": email,
        "uid": email,
        "idp_id": "fournisseur-simule",
        "idp_acr": "eidas1",
        "organization_label": label,
        "belonging_population": "agent",
        "roles": ["agent_public", "agent_public_territorial"],
    }
    if siret is not None:
        claims |= {"siret": siret, "siren": siret[:9]}
    return claims | more


AGENTS = (
    AgentIdentity(
        "claire",
        "Claire MODÈLE",
        "Agente de Tilleul-sur-Exemple, dont le compte est rattaché à cette identité.",
        _agent("Claire", "MODÈLE", "claire.modele@tilleul.example", TILLEUL, "Tilleul-sur-Exemple"),
    ),
    AgentIdentity(
        "omar",
        "Omar FICTIF",
        "Responsable à Tilleul-sur-Exemple, par l’établissement de l’école (autre SIRET, même SIREN).",
        _agent("Omar", "FICTIF", "omar.fictif@tilleul.example", TILLEUL_SCHOOL, "École de Tilleul"),
    ),
    AgentIdentity(
        "lise",
        "Lise EXEMPLE",
        "Secrétaire générale de Marronnier-le-Bois\u00a0: elle n’entre pas à Tilleul.",
        _agent("Lise", "EXEMPLE", "lise.exemple@marronnier.example", MARRONNIER, "Marronnier-le-Bois"),
    ),
    AgentIdentity(
        "ada",
        "Ada ESSAI",
        "Administratrice à Tilleul-sur-Exemple\u00a0: elle rattache les identités.",
        _agent("Ada", "ESSAI", "ada.essai@tilleul.example", TILLEUL, "Tilleul-sur-Exemple"),
    ),
    AgentIdentity(
        "nora",
        "Nora SPÉCIMEN",
        "Agente d’accueil de Tilleul-sur-Exemple\u00a0: elle enregistre les demandes au guichet et au téléphone.",
        _agent("Nora", "SPÉCIMEN", "nora.specimen@tilleul.example", TILLEUL, "Tilleul-sur-Exemple"),
    ),
    AgentIdentity(
        "paul",
        "Paul ESSAI",
        "Administrateur à Marronnier-le-Bois.",
        _agent("Paul", "ESSAI", "paul.essai@marronnier.example", MARRONNIER, "Marronnier-le-Bois"),
    ),
    AgentIdentity(
        "nouvelle",
        "Inès FICTIVE",
        "Nouvelle agente de Tilleul, que personne n’a encore rattachée\u00a0: elle reçoit un repère.",
        _agent("Inès", "FICTIVE", "ines.fictive@tilleul.example", TILLEUL, "Tilleul-sur-Exemple"),
    ),
    AgentIdentity(
        "homonyme",
        "Clément MODÈLE",
        "Nouvel agent, à qui l’on a redonné l’adresse de Claire MODÈLE\u00a0: son compte ne s’ouvre pas pour lui.",
        _agent("Clément", "MODÈLE", "claire.modele@tilleul.example", TILLEUL, "Tilleul-sur-Exemple"),
    ),
    AgentIdentity(
        "entreprise",
        "Sacha ÉCHANTILLON",
        "Salarié d’une entreprise\u00a0: ProConnect l’identifie, la mairie ne lui ouvre rien.",
        _agent("Sacha", "ÉCHANTILLON", "sacha@entreprise.example", COMPANY, "Entreprise d’exemple", roles=[]),
    ),
    AgentIdentity(
        "facteur",
        "Ange D’ESSAI",
        "Agent de La Poste, dont le SIRET ne suit pas la clé de Luhn.",
        _agent("Ange", "D’ESSAI", "ange.dessai@poste.example", LA_POSTE, "La Poste"),
    ),
    AgentIdentity(
        "sans-siret",
        "Dominique TÉMOIN",
        "Le fournisseur de son employeur ne donne aucun SIRET.",
        _agent("Dominique", "TÉMOIN", "dominique.temoin@tilleul.example", None, ""),
    ),
    AgentIdentity(
        "un-facteur",
        "Camille SPÉCIMEN",
        "Un mot de passe seul\u00a0: le second facteur exigé n’est pas donné.",
        _agent("Camille", "SPÉCIMEN", "camille.specimen@tilleul.example", TILLEUL, "Tilleul-sur-Exemple"),
        acr="eidas1",
    ),
)
