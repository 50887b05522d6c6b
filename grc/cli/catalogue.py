"""The commands of the catalogue: reading, judging, publishing procedures."""

from __future__ import annotations

from pathlib import Path

import click

from grc import clock, resources
from grc.catalogue import lint, loading, publishing
from grc.cli.group import scoped
from grc.errors import Misconfigured
from grc.notifications.emails import MESSAGES


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


@catalogue.command("publish")
@click.argument("authority")
@click.argument("slug")
@click.option("--service", required=True, help="Service chargé de la démarche.")
@click.option("--confirm", multiple=True, help="Ce que la commune prend sur elle : silence, appeal, lint.")
def catalogue_publish(authority: str, slug: str, service: str, confirm: tuple[str, ...]) -> None:
    """Publie une démarche dans une commune ; refusé si son accusé de réception perdrait une mention."""
    found = {one.slug: one for one in loading.load_folder(resources.folder("form_catalogue"), messages=MESSAGES)}
    if slug not in found:
        raise click.ClickException(f"Pas de démarche « {slug} ». Le catalogue a : {', '.join(found)}.")
    database, key = scoped(authority)
    with database.writing(scope=key) as session:
        version = publishing.publish(
            session, key, found[slug], service_slug=service, confirmed=confirm, by="operator", now=clock.now()
        )
        click.echo(f"Publiée : {slug}, version {version.number}.")
