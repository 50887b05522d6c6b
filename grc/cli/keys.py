"""The command that lets an old secret go: what it sealed is sealed again under the newest."""

from __future__ import annotations

import sys

import click

from grc import resealing, settings
from grc.authorities import queries
from grc.cli.group import noted
from grc.db import Database
from grc.journal.acts import JournalAct
from grc.opening import open_database


@click.group()
def keys() -> None:
    """Les secrets de l’installation (GRC_SECRET_KEY) et leur remplacement."""


@keys.command("reseal")
@click.option("--check", "is_trial", is_flag=True, help="Compte seulement : rien n’est changé.")
def keys_reseal(is_trial: bool) -> None:
    """Scelle à nouveau, sous le premier secret, ce que les anciens ont scellé ; peut s’interrompre et se relancer."""
    database = open_database(settings.load())
    with database.reading(scope=None) as session:
        every = [found.id for found in queries.every_authority(session)]
    lost = pending = 0
    for tally in resealing.reseal(database, every, is_trial=is_trial):
        lost, pending = lost + tally.lost, pending + tally.resealed
        if tally.resealed or tally.kept or tally.lost:
            words = f"{tally.resealed} {'à sceller' if is_trial else 'scellés à nouveau'}, {tally.kept} déjà à jour"
            click.echo(f"{tally.table}.{tally.column} : {words}{f', {tally.lost} illisibles' if tally.lost else ''}")
    if not is_trial:
        _tell_journals(database, every)
    oldest = resealing.oldest_code(database, every)
    database.close()
    if oldest is not None:
        click.echo(f"Le plus ancien code encore gardé date du {oldest:%Y-%m-%d} : gardez les secrets de son époque.")
    if lost:
        click.echo("Des valeurs ne s’ouvrent avec aucun secret : il en manque un dans GRC_SECRET_KEY.", err=True)
        sys.exit(1)
    click.echo(f"Il reste {pending} valeurs à sceller." if is_trial else "Tout est scellé sous le premier secret.")


def _tell_journals(database: Database, authority_ids: list[int]) -> None:
    """A line in each journal: the seal that follows is under the newest secret, and vouches for those before it."""
    for key in authority_ids:
        with database.writing(scope=key) as session:
            noted(session, key, JournalAct.KEYS_RESEALED, ("installation", "keys"))
