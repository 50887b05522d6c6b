"""`grc outbox`: what was given up, listed without personal data, and tried again."""

from __future__ import annotations

import click

from grc import clock, settings
from grc.authorities import queries
from grc.opening import open_database
from grc.outbox import dead
from grc.outbox.delivery import health


@click.group()
def outbox() -> None:
    """Les envois : ce qui attend, ce qui est abandonné."""


@outbox.command("list")
def outbox_list() -> None:
    """Écrit ce qui attend, puis chaque envoi abandonné : ni nom, ni adresse."""
    database = open_database(settings.load())
    with database.reading(scope=None) as session:
        state, letters = health(session), dead.letters(session)
        slugs = {each.id: each.slug for each in queries.every_authority(session)}
    click.echo(f"{state.pending} en attente, {state.dead} abandonné(s).")
    for each in letters:
        last = "ne peut pas repartir" if not each.can_leave else f"{each.created_at:%Y-%m-%d %H:%M} UTC"
        words = (slugs[each.authority_id], each.kind, each.recipient, f"{each.tries} essai(s)", each.fault or "-", last)
        click.echo(f"{each.id:>8}  " + "  ".join(words))


@outbox.command("retry")
@click.argument("entry", type=int, required=False)
@click.option("--all-dead", is_flag=True, help="Tous ceux qui peuvent repartir.")
def outbox_retry(entry: int | None, all_dead: bool) -> None:
    """Remet en envoi, tel quel, un envoi abandonné (son numéro dans « grc outbox list »), ou tous."""
    if (entry is None) is not all_dead:
        raise click.UsageError("Donnez un numéro, ou --all-dead.")
    database, now = open_database(settings.load()), clock.now()
    with database.writing(scope=None) as session:
        if entry is None:
            click.echo(f"{dead.revive_all(session, now=now)} envoi(s) repris.")
        else:
            dead.revive(session, entry, now=now)
            click.echo(f"Envoi {entry} repris.")
