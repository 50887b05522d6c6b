"""The commands of communes, their services and their agents."""

from __future__ import annotations

from typing import Any

import click

from grc import clock, settings
from grc.authorities import commands as authorities
from grc.cli.group import noted, scoped
from grc.db.scopes import acting_for
from grc.deadlines.holidays import Place
from grc.journal.acts import JournalAct
from grc.opening import open_database


@click.group()
def authority() -> None:
    """Les communes et syndicats de l’installation."""


@authority.command("add")
@click.argument("slug")
@click.argument("name")
@click.option("--kind", type=click.Choice(["municipality", "intermunicipality", "syndicate"]), default="municipality")
@click.option("--sender", required=True, help="Adresse d’où partent les accusés de réception (R112-11-3).")
@click.option("--domain", default=None, help="Nom d’hôte propre, par exemple demarches.commune.fr.")
@click.option("--email", default="")
@click.option("--telephone", default="")
@click.option("--address", multiple=True, help="Une ligne de l’adresse postale ; à répéter.")
@click.option("--colour", default="#1f5f8b", show_default=True)
@click.option("--zone", default="Europe/Paris", show_default=True)
@click.option("--holidays", type=click.Choice([place.value for place in Place]), default="metropole", show_default=True)
@click.option("--hours", default="", help="Heures d’ouverture, telles que les pages les disent.")
@click.option("--dpo", "data_protection_contact", default="", help="Adresse du délégué à la protection des données.")
def authority_add(slug: str, name: str, sender: str, address: tuple[str, ...], **facts: Any) -> None:
    """Crée une commune : SLUG sert d’adresse, NAME est son nom."""
    with open_database(settings.load()).writing(scope=None) as session:
        row = authorities.add_authority(
            session,
            slug=slug,
            name=name,
            sender_address=sender,
            postal_address=list(address),
            now=clock.now(),
            **facts,
        )
        with acting_for(session, row.id or 0):
            noted(session, row.id or 0, JournalAct.AUTHORITY_ADDED, ("authority", row.slug))
        click.echo(f"Commune créée : {row.name} ({row.slug}).")


@click.group()
def service() -> None:
    """Les services d’une commune."""


@service.command("add")
@click.argument("authority")
@click.argument("slug")
@click.argument("name")
@click.option("--email", default="")
@click.option("--telephone", required=True)
@click.option("--address", multiple=True, help="Une ligne de l’adresse postale ; à répéter.")
@click.option("--hours", default="")
def service_add(authority: str, slug: str, name: str, address: tuple[str, ...], **facts: str) -> None:
    """Crée un service, avec ce que l’accusé de réception doit en dire (R112-11-1)."""
    database, key = scoped(authority)
    with database.writing(scope=key) as session:
        authorities.add_service(session, key, slug=slug, name=name, postal_address=list(address), **facts)
        noted(session, key, JournalAct.SERVICE_ADDED, ("service", slug))
    click.echo(f"Service créé : {name}.")


@authority.command("unused-accounts")
@click.argument("slug")
@click.argument("years", type=click.IntRange(0, 20))
def authority_unused_accounts(slug: str, years: int) -> None:
    """Ferme les comptes d’usagers inutilisés depuis tant d’années (3 sans cela), 0 pour jamais."""
    database, key = scoped(slug)
    with database.writing(scope=key) as session:
        authorities.close_accounts_unused_for(session, key, years=years)
        noted(session, key, JournalAct.UNUSED_ACCOUNTS_SET, ("authority", slug), years=years)
    click.echo(f"Fermés après {years} ans, prévenus trente jours avant." if years else "Jamais fermés.")


@authority.command("second-factor")
@click.argument("slug")
@click.argument("whom", type=click.Choice(["everyone", "administrators"]))
def authority_second_factor(slug: str, whom: str) -> None:
    """Dit qui a besoin d’un second moyen de se connecter : tous les agents, ou les administrateurs seuls."""
    database, key = scoped(slug)
    with database.writing(scope=key) as session:
        authorities.ask_second_factor(session, key, of_everyone=whom == "everyone")
        noted(session, key, JournalAct.SECOND_FACTOR_SET, ("authority", slug), whom=whom)
    click.echo("Demandé à tous les agents." if whom == "everyone" else "Demandé aux administrateurs.")
