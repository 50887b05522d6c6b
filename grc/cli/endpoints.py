"""The commands of endpoints: the other systems that workflows call, or that signal back."""

from __future__ import annotations

import click

from grc import settings
from grc.calling import endpoints
from grc.cli.group import noted, scoped
from grc.journal.acts import JournalAct


@click.group()
def endpoint() -> None:
    """Les autres systèmes que les circuits appellent, ou dont ils attendent un signal."""


@endpoint.command("add")
@click.argument("authority")
@click.argument("name")
@click.argument("url")
@click.option(
    "--secret", prompt="Secret partagé", hide_input=True, help="32 caractères au moins, connus des deux côtés."
)
def endpoint_add(authority: str, name: str, url: str, secret: str) -> None:
    """Ajoute un point d’accès, ou change son adresse et son secret ; le secret est demandé, puis scellé."""
    database, key = scoped(authority)
    with database.writing(scope=key) as session:
        endpoints.put(session, key, name, url, secret, allows_plain=settings.load().demo)
        noted(session, key, JournalAct.ENDPOINT_SET, ("endpoint", name))
    click.echo(f"Point d’accès enregistré : {name}.")


@endpoint.command("list")
@click.argument("authority")
def endpoint_list(authority: str) -> None:
    """Dit les points d’accès d’une commune, sans leurs secrets."""
    database, key = scoped(authority)
    with database.reading(scope=key) as session:
        found = endpoints.every(session, key)
    for name, url in found:
        click.echo(f"{name}  {url}")
    if not found:
        click.echo("Aucun point d’accès.")


@endpoint.command("remove")
@click.argument("authority")
@click.argument("name")
def endpoint_remove(authority: str, name: str) -> None:
    """Retire un point d’accès : les appels qui l’attendent échouent au bout de 72 heures, ses signaux sont refusés."""
    database, key = scoped(authority)
    with database.writing(scope=key) as session:
        endpoints.remove(session, key, name)
        noted(session, key, JournalAct.ENDPOINT_REMOVED, ("endpoint", name))
    click.echo(f"Point d’accès retiré : {name}.")
