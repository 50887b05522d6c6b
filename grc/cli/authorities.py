"""The commands of communes, their services and their agents."""

from __future__ import annotations

from typing import Any

import click

from grc import clock, settings
from grc.access.permissions import ROLES
from grc.app import open_database
from grc.authorities import commands as authorities
from grc.cli.group import scoped
from grc.deadlines.holidays import Place
from grc.sessions import commands as sessions


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
    click.echo(f"Service créé : {name}.")


@click.group()
def agent() -> None:
    """Les agents d’une commune."""


@agent.command("add")
@click.argument("authority")
@click.argument("email")
@click.option("--given-name", required=True)
@click.option("--family-name", required=True)
@click.option("--capacity", required=True, help="Qualité, telle que les courriers l’impriment (L111-2).")
@click.option("--role", type=click.Choice(sorted(ROLES)), default="handler", show_default=True)
@click.password_option(prompt="Mot de passe", confirmation_prompt="Encore une fois")
def agent_add(authority: str, email: str, password: str, **facts: Any) -> None:
    """Crée le compte local d’un agent ; le mot de passe est demandé."""
    database, key = scoped(authority)
    with database.writing(scope=key) as session:
        authorities.add_agent(session, key, email=email, password=password, now=clock.now(), **facts)
    click.echo(f"Compte créé : {email}.")


@agent.command("close")
@click.argument("authority")
@click.argument("email")
def agent_close(authority: str, email: str) -> None:
    """Ferme le compte d’un agent et ses sessions ; ce qu’il a fait reste à son nom."""
    database, key = scoped(authority)
    with database.writing(scope=key) as session:
        sessions.close_of_agent(session, authorities.close_agent(session, key, email))
    click.echo(f"Compte fermé : {email}.")


@agent.command("password")
@click.argument("authority")
@click.argument("email")
@click.password_option(prompt="Nouveau mot de passe", confirmation_prompt="Encore une fois")
def agent_password(authority: str, email: str, password: str) -> None:
    """Change le mot de passe d’un agent et ferme ses sessions."""
    database, key = scoped(authority)
    with database.writing(scope=key) as session:
        sessions.close_of_agent(session, authorities.change_password(session, key, email, password))
    click.echo(f"Mot de passe changé : {email}.")
