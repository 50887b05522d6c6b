"""What is settled once at start: no demonstration data in production, FranceConnect of a single commune."""

from __future__ import annotations

from grc.authorities import commands, queries
from grc.authorities.views import AuthorityView
from grc.db import Database
from grc.db.schema import serves_as_owner
from grc.errors import Fault, Misconfigured
from grc.settings import Settings


def prepare(database: Database, settings: Settings) -> None:
    """Refuses a database of the demonstration, and seeds an installation of one commune with its FranceConnect client.

    Raises Misconfigured. A client already registered is left as it is: the environment only seeds.
    """
    with database.reading(scope=None) as session:
        every = queries.every_authority(session)
        sees_everything = not database.is_sqlite and serves_as_owner(session)
    if sees_everything:
        text = "ce rôle possède les tables ou passe outre la sécurité par ligne."
        raise Misconfigured([Fault("GRC_DATABASE_URL", text, "Servez avec un rôle qui ne possède rien.")])
    if not settings.demo and any(authority.texts.get("demo") for authority in every):
        text = "cette base contient les données inventées de la démonstration."
        raise Misconfigured([Fault("GRC_DATABASE_URL", text, "Servez une base neuve : « grc migrate » la crée.")])
    if settings.franceconnect_issuer:
        _seed_franceconnect(database, settings, [one for one in every if one.kind != "syndicate"])


def _seed_franceconnect(database: Database, settings: Settings, communes: list[AuthorityView]) -> None:
    if len(communes) != 1:
        text = "ces variables n’équipent qu’une installation d’une seule commune."
        raise Misconfigured([Fault("GRC_FRANCECONNECT_…", text, "Enregistrez un client pour chaque commune.")])
    key = communes[0].id
    with database.writing(scope=key) as session:
        if queries.identity_client(session, key, "franceconnect") is None:
            commands.set_identity_client(
                session,
                key,
                provider="franceconnect",
                issuer=settings.franceconnect_issuer,
                client_id=settings.franceconnect_client_id,
                secret=settings.franceconnect_client_secret,
                algorithm=settings.franceconnect_algorithm,
            )
