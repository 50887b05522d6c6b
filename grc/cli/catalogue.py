"""The commands of the catalogue: reading, judging, publishing procedures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from grc import clock, resources
from grc.access.actors import System
from grc.authorities import queries as authorities
from grc.catalogue import lint, loading, shelf
from grc.catalogue.installing import Wanted
from grc.cli import installations
from grc.cli.group import noted, scoped
from grc.errors import Misconfigured
from grc.journal.acts import JournalAct
from grc.notifications.emails import MESSAGES
from grc.submissions import migrating


@click.group()
def catalogue() -> None:
    """Les démarches du catalogue."""


@catalogue.command("lint")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
def catalogue_lint(folder: Path | None) -> None:
    """Lit le catalogue et liste toutes ses fautes, de format puis de fond : fichier, endroit, remède."""
    found = loading.load_folder(folder or resources.folder("form_catalogue"), messages=MESSAGES)
    faults = [fault for procedure in found for fault in lint.faults_of(procedure)] + [*lint.faults_between(found)]
    if faults:
        raise Misconfigured(faults)
    click.echo(f"{len(found)} démarche(s) sans faute.")


@catalogue.command("migrate")
@click.argument("authority")
@click.argument("slug")
@click.option(
    "--map",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="Fichier JSON : où va chaque état, et chaque délai qui court.",
)
@click.option("--apply", is_flag=True, help="Déplace les demandes ; sans cela, dit seulement ce qui changerait.")
def catalogue_migrate(authority: str, slug: str, file: Path, apply: bool) -> None:
    """Passe les demandes en cours d’une démarche à sa version publiée ; sans --apply, dit ce qui changerait."""
    document = _json(file)
    database, key = scoped(authority)
    with database.reading(scope=key) as session:
        commune = authorities.authority(session, key)
        changes = migrating.plan(session, commune, slug, document, where=file.name)
    moved = 0
    for change in changes:
        _tell(change)
        if apply and not change.blocked:
            with database.writing(scope=key) as session:
                migrating.migrate(session, commune, change.reference, document, by=System(key), now=clock.now())
                noted(session, key, JournalAct.SUBMISSIONS_MIGRATED, ("submission", change.reference), procedure=slug)
            moved += 1
    blocked = sum(bool(change.blocked) for change in changes)
    done = f"{moved} déplacée(s)" if apply else "rien n’est fait (ajoutez --apply)"
    click.echo(f"{len(changes)} demande(s) en cours sur une autre version, {blocked} à laisser : {done}.")


def _json(file: Path) -> dict[str, Any]:
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.ClickException(f"{file.name} n’est pas du JSON : {error}.") from None
    if not isinstance(read, dict):
        raise click.ClickException(f"{file.name} : un objet est attendu, avec « states » et « events ».")
    return read


def _tell(change: migrating.Change) -> None:
    """One submission: its version and state, then what is not done, stops being possible, or keeps it where it is."""
    versions = f"version {change.version_before} → {change.version_after}"
    click.echo(f"{change.reference} : {versions}, {change.state_before} → {change.state_after}")
    told = (
        ("ne peut être déplacée", (change.blocked,) if change.blocked else ()),
        ("actions non exécutées", change.unrun),
        ("ne sera plus possible", change.lost),
        ("délais", change.timers),
    )
    for title, lines in told:
        if lines:
            click.echo(f"  {title} : {' ; '.join(lines)}")


@catalogue.command("publish")
@click.argument("authority")
@click.argument("slug")
@click.option("--service", required=True, help="Service chargé de la démarche.")
@installations.CONFIRM
@installations.YES
def catalogue_publish(authority: str, slug: str, service: str, confirm: tuple[str, ...], yes: bool) -> None:
    """Publie une démarche, surcharge comprise ; refusé si son accusé de réception perdrait une mention."""
    installations.do(authority, shelf.entry(slug), Wanted(service=service, confirmed=frozenset(confirm)), yes=yes)


for _command in (
    installations.catalogue_install,
    installations.catalogue_overlay,
    installations.catalogue_update,
):
    catalogue.add_command(_command)
