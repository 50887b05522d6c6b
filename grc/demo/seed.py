"""The invented syndicate and its two communes: what `grc demo` and the tests start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from grc import resources
from grc.authorities import commands, granting, queries
from grc.catalogue import definition, loading, overlaying, publishing
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Procedure
from grc.db import Database
from grc.demo import lists, proconnect
from grc.notifications.emails import MESSAGES

PASSWORD = "demonstration-2026"
SYNDICATE = "val-d-exemple"
COMMUNES = ("tilleul", "marronnier")
_MAIN = "etat-civil"

_STATEMENTS: dict[str, Any] = {
    "demo": True,
    "accessibility": {
        "conformity": "non conforme",
        "audit": "Aucun audit de conformité n’a encore été fait : l’état est donc « non conforme ».",
        "stated_on": "2026-11-01",
        "tested_with": ["Chromium, avec l’outil automatique axe", "Navigation au clavier seul"],
    },
    "legal": {
        "director": "Le maire",
        "host": ["Syndicat numérique du Val-d’Exemple", "1 place du Modèle", "99000 Exemple"],
        "security": "L’attestation de sécurité (RGS) de cette démonstration n’existe pas : tout y est inventé.",
    },
}


@dataclass(frozen=True)
class Colleague:
    email: str
    given_name: str
    family_name: str
    capacity: str
    role: str


@dataclass(frozen=True)
class _Commune:
    """sirets: its own, then its other establishments.

    service: who answers every demande, but those of others: by service that a procedure proposes, (slug, name).
    """

    slug: str
    name: str
    colour: str
    street: str
    service: str
    telephone: str
    sirets: tuple[str, ...]
    agents: tuple[Colleague, ...]
    others: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    overlays: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    """What the commune says otherwise than the catalogue, by procedure, as a file of overlays does."""
    granted: tuple[tuple[str, str, str], ...] = ()
    """Rights over one procedure: the agent's address, the role, the procedure's slug."""


_SYNDIC = Colleague("yann.essai@val-exemple.example", "Yann", "Essai", "responsable de la plateforme", "platform_admin")
_COMMUNES = (
    _Commune(
        slug="tilleul",
        name="Tilleul-sur-Exemple",
        colour="#1f5f8b",
        street="1 place des Tilleuls",
        service="Service de l’état civil",
        telephone="01 99 00 10 20",
        sirets=(proconnect.TILLEUL, proconnect.TILLEUL_SCHOOL),
        agents=(
            Colleague(
                "claire.modele@tilleul.example", "Claire", "Modèle", "officière d’état civil déléguée", "handler"
            ),
            Colleague("omar.fictif@tilleul.example", "Omar", "Fictif", "responsable de l’état civil", "supervisor"),
            Colleague("ada.essai@tilleul.example", "Ada", "Essai", "directrice générale des services", "administrator"),
            Colleague("nora.specimen@tilleul.example", "Nora", "Spécimen", "agente d’accueil", "front_desk"),
            Colleague("mona.essai@tilleul.example", "Mona", "Essai", "déléguée à la protection des données", "dpo"),
        ),
        others={
            "Vie locale": ("vie-locale", "Service de la vie locale"),
            "Petite enfance": ("petite-enfance", "Service de la petite enfance"),
            "Enfance et jeunesse": ("enfance", "Service de l’enfance et de la jeunesse"),
            "Action sociale": ("action-sociale", "Centre communal d’action sociale"),
            "Voirie": ("services-techniques", "Services techniques"),
            "Voirie et réseaux": ("services-techniques", "Services techniques"),
            "Eau et assainissement": ("services-techniques", "Services techniques"),
            "Déchets": ("services-techniques", "Services techniques"),
            "Services techniques": ("services-techniques", "Services techniques"),
            "Ressources humaines": ("ressources-humaines", "Service des ressources humaines"),
            "Urbanisme": ("urbanisme", "Service de l’urbanisme"),
            "Cabinet du maire": ("cabinet", "Cabinet du maire"),
        },
        granted=(
            ("omar.fictif@tilleul.example", "handler", "admission-creche"),
            ("omar.fictif@tilleul.example", "handler", "centre-de-loisirs"),
            ("omar.fictif@tilleul.example", "handler", "telealarme"),
        ),
    ),
    _Commune(
        slug="marronnier",
        name="Marronnier-le-Bois",
        colour="#7a4b12",
        street="3 rue du Marronnier",
        service="Secrétariat de la mairie",
        telephone="01 99 00 30 40",
        sirets=(proconnect.MARRONNIER,),
        agents=(
            Colleague(
                "lise.exemple@marronnier.example", "Lise", "Exemple", "secrétaire générale de mairie", "supervisor"
            ),
            Colleague("paul.essai@marronnier.example", "Paul", "Essai", "adjoint au numérique", "administrator"),
        ),
        overlays={
            "reservation-salle": {
                "procedure": {"price": "60 € par jour, gratuit pour les associations de la commune"},
                "parameter:notice_days": {"value": 30},
                "form:day": {"hint": "Le samedi et le dimanche seulement. Par exemple 27 3 2027."},
                "choice:needs/projector": {"hidden": True},
            }
        },
    ),
)


_VOUCHED = {
    "claire.modele@tilleul.example": "claire",
    "omar.fictif@tilleul.example": "omar",
    "lise.exemple@marronnier.example": "lise",
    "ada.essai@tilleul.example": "ada",
    "nora.specimen@tilleul.example": "nora",
    "paul.essai@marronnier.example": "paul",
}
"""By agent, the identity at the simulated ProConnect to which the account is attached."""


@dataclass(frozen=True)
class DemoClient:
    """A commune's registration at the simulated FranceConnect, and at the simulated ProConnect."""

    slug: str
    client_id: str
    secret: str


def clients() -> tuple[DemoClient, ...]:
    """One client for each commune: the demo's keys open nothing else."""
    return tuple(DemoClient(slug, f"demo-{slug}", f"secret-de-demonstration-de-{slug}-0000") for slug in COMMUNES)


def seed(database: Database, *, issuer: str, now: datetime, agents_issuer: str = "") -> None:
    """Creates the syndicate, its communes, services, agents and procedures; nothing when they are there already.

    issuer: of the simulated FranceConnect. agents_issuer: of the simulated ProConnect, "" for none.
    """
    with database.writing(scope=None) as session:
        if queries.authority_of_slug(session, SYNDICATE) is not None:
            return
        syndicate = _syndicate(session, now)
        keys = {commune.slug: _authority(session, commune, now) for commune in _COMMUNES}
    with database.writing(scope=syndicate) as session:
        commands.add_agent(session, syndicate, password=PASSWORD, now=now, **vars(_SYNDIC))
    procedures = loading.load_folder(resources.folder("form_catalogue"), messages=MESSAGES)
    for commune in _COMMUNES:
        with database.writing(scope=keys[commune.slug]) as session:
            _furnish(session, keys[commune.slug], commune, issuer=issuer, now=now)
            if agents_issuer:
                _vouch(session, keys[commune.slug], commune, issuer=agents_issuer)
            lists.furnish(session, keys[commune.slug], commune.slug, now=now)
            for procedure in procedures:
                _offer(session, keys[commune.slug], commune, procedure, now=now)
            _grant(session, keys[commune.slug], commune, now=now)


def _offer(session: Any, key: int, commune: _Commune, procedure: Procedure, *, now: datetime) -> None:
    """The procedure, with what the commune says otherwise."""
    overlay = overlaying.stated(procedure, commune.overlays.get(procedure.slug, {}))
    publishing.publish(
        session,
        key,
        overlaying.overlaid(procedure, overlay),
        service_slug=commune.others.get(procedure.service, (_MAIN, ""))[0],
        confirmed={"silence", "appeal", "dpia"},
        overlay=overlay,
        catalogue_sha256=definition.sha256(procedure.source),
        by="demo",
        now=now,
    )


def _grant(session: Any, key: int, commune: _Commune, *, now: datetime) -> None:
    """The rights without which nobody would see the demandes of a sensitive procedure."""
    for email, role, slug in commune.granted:
        agent = queries.agent_of_email(session, key, email)
        assert agent is not None and agent.id is not None
        given = granting.Given(role, procedure_id=catalogue.published(session, key, slug).procedure_id)
        granting.grant(session, key, agent.id, given, by=None, today=now.date(), now=now)


def agents() -> list[tuple[str, str, str]]:
    """Who can sign in where: slug of the commune, address, capacity."""
    theirs = [(commune.slug, agent.email, agent.capacity) for commune in _COMMUNES for agent in commune.agents]
    return [*theirs, (SYNDICATE, _SYNDIC.email, _SYNDIC.capacity)]


def _syndicate(session: Any, now: datetime) -> int:
    row = commands.add_authority(
        session,
        slug=SYNDICATE,
        name="Syndicat numérique du Val-d’Exemple",
        kind="syndicate",
        email="contact@val-exemple.example",
        telephone="01 99 00 70 80",
        postal_address=["1 place du Modèle", "99000 Exemple"],
        sender_address="ne-pas-repondre@val-exemple.example",
        data_protection_contact="dpo@val-exemple.example",
        texts={**_STATEMENTS, "legal": {**_STATEMENTS["legal"], "director": "Le président du syndicat"}},
        now=now,
    )
    assert row.id is not None
    return row.id


def _authority(session: Any, commune: _Commune, now: datetime) -> int:
    row = commands.add_authority(
        session,
        slug=commune.slug,
        name=commune.name,
        colour=commune.colour,
        logo=f"demo/{commune.slug}.svg",
        email=f"mairie@{commune.slug}.example",
        telephone=commune.telephone,
        siret=commune.sirets[0],
        establishments=list(commune.sirets[1:]) or None,
        postal_address=[f"Mairie de {commune.name}", commune.street, "99000 Exemple"],
        hours="Du lundi au vendredi, de 9 h à 12 h et de 14 h à 17 h",
        sender_address=f"demarches@{commune.slug}.example",
        data_protection_contact="dpo@val-exemple.example",
        texts=_STATEMENTS,
        now=now,
    )
    assert row.id is not None
    return row.id


def _furnish(session: Any, key: int, commune: _Commune, *, issuer: str, now: datetime) -> None:
    for slug, name in {_MAIN: commune.service, **dict(commune.others.values())}.items():
        commands.add_service(
            session,
            key,
            slug=slug,
            name=name,
            email=f"{slug}@{commune.slug}.example",
            telephone=commune.telephone,
            postal_address=[f"Mairie de {commune.name}", commune.street, "99000 Exemple"],
            hours="Du lundi au vendredi, de 9 h à 12 h",
        )
    for agent in commune.agents:
        commands.add_agent(session, key, password=PASSWORD, now=now, **vars(agent))
    client = next(client for client in clients() if client.slug == commune.slug)
    commands.set_identity_client(
        session,
        key,
        provider="franceconnect",
        issuer=issuer,
        client_id=client.client_id,
        secret=client.secret,
        algorithm="ES256",
        options={"scope": "openid identite_pivot email preferred_username idp_birthdate"},
    )


def _vouch(session: Any, key: int, commune: _Commune, *, issuer: str) -> None:
    """The commune's client at ProConnect, and its agents' accounts attached to their identities there."""
    client = next(client for client in clients() if client.slug == commune.slug)
    commands.set_identity_client(
        session,
        key,
        provider="proconnect",
        issuer=issuer,
        client_id=client.client_id,
        secret=client.secret,
        algorithm="ES256",
    )
    for email, name in _VOUCHED.items():
        agent = queries.agent_of_email(session, key, email)
        if agent is not None:
            agent.issuer, agent.subject = issuer, proconnect.subject(name)
            session.add(agent)
