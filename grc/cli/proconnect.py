"""The commands of ProConnect: whose agents come in, identities attached, what is wrong with a registration."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click
from sqlmodel import Session

from grc import clock, settings
from grc.authorities import attaching, queries
from grc.cli.agents import agent
from grc.cli.authorities import authority
from grc.cli.clients import report
from grc.cli.group import noted, scoped
from grc.errors import NotFound
from grc.franceconnect.registration import PROCONNECT
from grc.journal.acts import JournalAct
from grc.opening import open_database
from grc.sessions import commands as sessions


@click.group()
def proconnect() -> None:
    """ProConnect, la connexion des agents."""


@proconnect.command("check")
@click.option("--authority", "slug", default=None, help="Une seule commune ; sinon toutes.")
def check(slug: str | None) -> None:
    """Essaie découverte, clés, adresses, secret et horloge, et dit quels SIRET entrent ; statut 1 si c’est à corriger.

    Personne n’est connecté, rien n’est changé chez le fournisseur.
    """
    shut = [text for text in _organisations(slug) if text]
    for text in shut:
        click.echo(text)
    try:
        report(PROCONNECT, slug)
    except SystemExit as ended:
        sys.exit(1 if shut else ended.code)


@proconnect.command("follow")
@click.argument("slug", metavar="AUTHORITY")
@click.option("--from", "former", required=True, help="L’ancien émetteur, à l’octet près.")
@click.option("--proof", required=True, help="D’où vous savez que c’est le même fournisseur ; gardé.")
def follow(slug: str, former: str, proof: str) -> None:
    """Déplace les identités vers l’émetteur enregistré, quand ProConnect a changé d’adresse seulement."""
    database, key = scoped(slug)
    with database.writing(scope=key) as session:
        client = queries.identity_client(session, key, PROCONNECT)
        if client is None:
            raise NotFound("Aucun client ProConnect. Enregistrez-en un avec « grc authority client ».")
        moved = attaching.follow(session, key, former=former, issuer=client.issuer, proof=proof, now=clock.now())
        noted(session, key, JournalAct.IDENTITIES_MOVED, ("client", PROCONNECT), agents=moved)
    click.echo(f"{moved} compte(s) déplacé(s).")


@authority.command("siret")
@click.argument("slug")
@click.argument("siret")
@click.option("--establishment", "establishments", multiple=True, help="SIRET d’un autre établissement ; à répéter.")
def authority_siret(slug: str, siret: str, establishments: tuple[str, ...]) -> None:
    """Dit le SIRET d’une commune et ceux de ses autres établissements, dont ProConnect amène les agents."""
    database, key = scoped(slug)
    with database.writing(scope=key) as session:
        attaching.set_organisation(session, key, siret=siret, establishments=establishments)
        noted(session, key, JournalAct.ESTABLISHMENTS_SET, ("authority", slug), others=len(establishments))
    click.echo(f"SIRET enregistré, avec {len(establishments)} autre(s) établissement(s).")


@agent.command("relink")
@click.argument("slug", metavar="AUTHORITY")
@click.argument("email")
@click.option("--code", required=True, help="Repère que l’agent a reçu en venant avec ProConnect.")
@click.option("--proof", required=True, help="Comment vous vous êtes assuré de son identité ; gardé.")
@click.option("--differs", is_flag=True, help="Le nom ou l’adresse de l’identité est autre, et c’est juste.")
def agent_relink(slug: str, email: str, code: str, proof: str, differs: bool) -> None:
    """Rattache une identité ProConnect au compte d’un agent, sur son repère, et ferme ses sessions."""
    _changed(slug, email, attaching.attach, JournalAct.IDENTITY_ATTACHED, code=code, proof=proof, differs=differs)
    click.echo(f"Identité rattachée : {email}.")


@agent.command("unlink")
@click.argument("slug", metavar="AUTHORITY")
@click.argument("email")
@click.option("--proof", required=True, help="Pourquoi ; gardé.")
def agent_unlink(slug: str, email: str, proof: str) -> None:
    """Détache l’identité ProConnect du compte d’un agent, et ferme ses sessions."""
    _changed(slug, email, attaching.detach, JournalAct.IDENTITY_DETACHED, proof=proof)
    click.echo(f"Identité détachée : {email}.")


def _changed(slug: str, email: str, change: Callable[..., int], act: JournalAct, **told: Any) -> None:
    database, key = scoped(slug)
    with database.writing(scope=key) as session:
        found = queries.agent_of_email(session, key, email)
        if found is None or found.id is None:
            raise NotFound("Aucun agent n’a cette adresse dans cette collectivité.")
        sessions.close_of_agent(session, change(session, key, agent_id=found.id, by=None, now=clock.now(), **told))
        noted(session, key, act, ("agent", found.id))


def _organisations(slug: str | None) -> list[str]:
    """For each authority with a client, what shuts every agent out; "" for nothing."""
    database = open_database(settings.load())
    with database.reading(scope=None) as session:
        every = [one for one in queries.every_authority(session) if slug in (None, one.slug)]
    found = []
    for one in every:
        with database.reading(scope=one.id) as session:
            found.append(_shut(session, one.id, one.slug))
    return found


def _shut(session: Session, key: int, slug: str) -> str:
    client = queries.identity_client(session, key, PROCONNECT)
    if client is None or attaching.organisation(session, key, client).sirets:
        return ""
    told = "aucun SIRET, donc aucun agent n’entre. Donnez-le"
    return f"à corriger organisation\u00a0: {told}\u00a0: grc authority siret {slug} SIRET"
