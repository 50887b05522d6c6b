"""The commands of programs: their keys, and where they are told what happens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from grc import clock, settings
from grc.authorities import api_keys
from grc.authorities.api_keys import SCOPES
from grc.calling import webhooks
from grc.cli.group import scoped


@click.group("api-key")
def api_key() -> None:
    """Les clés par lesquelles des logiciels déposent et lisent des demandes."""


@api_key.command("add")
@click.argument("authority")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(list(SCOPES)), help="À répéter.")
@click.option("--procedure", "procedures", multiple=True, help="À répéter ; sans elle, toutes sauf les sensibles.")
@click.option("--days", type=click.IntRange(1, 3660), help="Nombre de jours avant la fin ; sans lui, aucune fin.")
def api_key_add(authority: str, name: str, scopes: tuple[str, ...], procedures: tuple[str, ...], days: int) -> None:
    """Crée une clé pour une commune, et l’affiche : personne ne pourra la relire."""
    database, key = scoped(authority)
    now = clock.now()
    ends = now + timedelta(days=days) if days else None
    wanted = api_keys.Wanted(name, scopes, procedures or None, ends)
    with database.writing(scope=key) as session:
        made = api_keys.make(session, key, wanted, by=None, now=now)
    click.echo(f"Clé {made.id} créée. Elle n’est affichée qu’ici :")
    click.echo(made.key)


@api_key.command("list")
@click.argument("authority")
def api_key_list(authority: str) -> None:
    """Dit les clés d’une commune : numéro, début, état, droits, démarches, dernier usage."""
    database, key = scoped(authority)
    with database.reading(scope=key) as session:
        found = api_keys.every(session, key)
    for row in found:
        state = "en service" if api_keys.is_good(row, clock.now()) else "hors service"
        used = "jamais" if row.used_at is None else row.used_at.isoformat(timespec="minutes")
        procedures = "toutes" if row.procedures is None else ",".join(row.procedures)
        click.echo(f"{row.id}  {row.prefix}…  {state}  {','.join(row.scopes)}  {procedures}  {used}  {row.name}")
    if not found:
        click.echo("Aucune clé.")


@api_key.command("revoke")
@click.argument("authority")
@click.argument("number", type=int)
def api_key_revoke(authority: str, number: int) -> None:
    """Révoque une clé, par son numéro : le logiciel qui l’a n’entre plus."""
    database, key = scoped(authority)
    with database.writing(scope=key) as session:
        api_keys.revoke(session, key, number, by=None, now=clock.now())
    click.echo(f"Clé {number} révoquée.")


@click.group("webhook")
def webhook() -> None:
    """Les logiciels prévenus de ce qui arrive aux demandes."""


@webhook.command("add")
@click.argument("authority")
@click.argument("name")
@click.argument("url")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(list(webhooks.KINDS)), help="À répéter.")
@click.option("--procedure", "procedures", multiple=True, help="À répéter ; sans elle, toutes sauf les sensibles.")
def webhook_add(authority: str, name: str, url: str, kinds: tuple[str, ...], procedures: tuple[str, ...]) -> None:
    """Prévient un logiciel, et affiche le secret par lequel il vérifie nos messages."""
    database, key = scoped(authority)
    wanted = webhooks.Wanted(name, url, kinds or None, procedures or None)
    plain = settings.load().demo
    with database.writing(scope=key) as session:
        made = webhooks.add(session, key, wanted, allows_plain=plain, by=None, now=clock.now())
    click.echo(f"Notification {made.id} ajoutée. Son secret n’est affiché qu’ici :")
    click.echo(made.secret)


@webhook.command("list")
@click.argument("authority")
def webhook_list(authority: str) -> None:
    """Dit les notifications d’une commune, ce qui attend et ce qui est abandonné."""
    database, key = scoped(authority)
    with database.reading(scope=key) as session:
        found = webhooks.every(session, key)
    for each in found:
        row = each.webhook
        state = "en service" if row.is_active else "en pause"
        counts = f"{each.waiting} en attente, {each.abandoned} abandonnés"
        failing = "" if row.failing_since is None else f", en panne depuis {row.failing_since:%Y-%m-%dT%H:%MZ}"
        click.echo(f"{row.id}  {state}, {counts}{failing}  {row.name}  {row.url}")
    if not found:
        click.echo("Aucune notification.")


@webhook.command("replay")
@click.argument("authority")
@click.argument("number", type=int)
@click.argument("since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]))
def webhook_replay(authority: str, number: int, since: datetime) -> None:
    """Renvoie à un logiciel ce qui est arrivé depuis un instant (UTC), dans l’ordre et sous les mêmes numéros."""
    database, key = scoped(authority)
    with database.writing(scope=key) as session:
        count = webhooks.replay(session, key, number, since.replace(tzinfo=UTC), by=None, now=clock.now())
    click.echo(f"{count} messages repartent.")


@webhook.command("remove")
@click.argument("authority")
@click.argument("number", type=int)
def webhook_remove(authority: str, number: int) -> None:
    """Cesse de prévenir un logiciel ; ce qui l’attend est oublié."""
    database, key = scoped(authority)
    with database.writing(scope=key) as session:
        webhooks.remove(session, key, number, by=None, now=clock.now())
    click.echo(f"Notification {number} supprimée.")
