"""The commands that install, overlay and update a procedure in an authority; each says first what it would do."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from sqlmodel import Session, col, select

from grc import clock, settings
from grc.app import open_database
from grc.authorities import queries as authorities
from grc.catalogue import installing, overlaying, shelf
from grc.catalogue.definition import Procedure
from grc.catalogue.installing import Plan, Wanted
from grc.catalogue.models import InstalledProcedure
from grc.catalogue.overlaying import shown
from grc.catalogue.updating import Choice
from grc.cli.group import scoped
from grc.errors import Misconfigured

_DRY = click.option("--dry-run", is_flag=True, help="Dit ce qui se ferait, et ne fait rien.")
CONFIRM = click.option(
    "--confirm", multiple=True, help="Ce que la commune prend sur elle : silence, appeal, dpia, sensitive, lint."
)


@click.command("install")
@click.argument("authority")
@click.argument("slug")
@click.option("--service", default="", help="Service chargé de la démarche.")
@click.option("--function", "functions", multiple=True, help="Service d’une fonction du circuit : handler=etat-civil.")
@CONFIRM
@_DRY
def catalogue_install(
    authority: str, slug: str, service: str, functions: tuple[str, ...], confirm: tuple[str, ...], dry_run: bool
) -> None:
    """Installe une démarche du catalogue dans une commune, ou change son service et ses fonctions."""
    wanted = Wanted(service=service, functions=_functions(functions), confirmed=frozenset(confirm))
    _do(authority, shelf.entry(slug), wanted, dry_run=dry_run)


@click.command("overlay")
@click.argument("authority")
@click.argument("slug")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@CONFIRM
@_DRY
def catalogue_overlay(authority: str, slug: str, file: Path, confirm: tuple[str, ...], dry_run: bool) -> None:
    """Remplace la surcharge d’une démarche installée par celle du fichier : {identifiant: {propriété: valeur}}."""
    found = shelf.entry(slug)
    if file.stat().st_size > overlaying.MOST_BYTES:
        raise click.ClickException(f"{file.name} est trop grand : {overlaying.MOST_BYTES // 1000} ko au plus.")
    stated = overlaying.stated(found, overlaying.parse(file.read_bytes(), file.name))
    database, key = scoped(authority)
    with database.reading(scope=key) as session:
        installing.require_installed(session, key, slug)
    _do(authority, found, Wanted(overlay=stated, confirmed=frozenset(confirm)), dry_run=dry_run)


@click.command("update")
@click.argument("authority", required=False)
@click.argument("slug", required=False)
@click.option("--all", "everywhere", is_flag=True, help="Toutes les communes de l’installation.")
@click.option("--keep", multiple=True, help="Conflit où la valeur de la commune reste (identifiant#propriété).")
@click.option("--take", multiple=True, help="Conflit où celle du catalogue est prise.")
@CONFIRM
@_DRY
def catalogue_update(
    authority: str | None,
    slug: str | None,
    everywhere: bool,
    keep: tuple[str, ...],
    take: tuple[str, ...],
    confirm: tuple[str, ...],
    dry_run: bool,
) -> None:
    """Passe des démarches installées à la version du catalogue ; un conflit arrête sa démarche, pas les autres."""
    if everywhere == bool(authority):
        raise click.UsageError("Nommez une commune, ou prenez --all.")
    settled: dict[str, Choice] = {**dict.fromkeys(keep, "keep"), **dict.fromkeys(take, "take")}
    if settled and slug is None:
        raise click.UsageError("--keep et --take vont avec une démarche.")
    wanted = Wanted(settled=settled, confirmed=frozenset(confirm))
    database, found = open_database(settings.load()), shelf.entries()
    if slug is not None:
        shelf.entry(slug)
    done = refused = 0
    for commune, key in _communes(database, authority):
        with database.reading(scope=key) as session:
            behind = [one for one in _behind(session, key, found) if slug in (None, one.slug)]
        updated = sum(_updated(database, commune, key, one, wanted, dry_run=dry_run) for one in behind)
        done, refused = done + updated, refused + len(behind) - updated
    word = "à mettre à jour" if dry_run else "mise(s) à jour"
    click.echo(f"{done} démarche(s) {word}, {refused} refusée(s).")
    if refused:
        sys.exit(2)


def _updated(database: Any, commune: str, key: int, one: Procedure, wanted: Wanted, *, dry_run: bool) -> bool:
    """Whether the procedure of the commune was updated, or would be; what happened is told."""
    try:
        made = _one(database, key, one, wanted, dry_run=dry_run)
    except Misconfigured as error:
        click.echo(f"{commune}, {one.slug} : pas mise à jour, {len(error.faults)} faute(s).", err=True)
        for fault in error.faults:
            click.echo(f"  - {fault}", err=True)
        return False
    click.echo(f"{commune}, {one.slug} : version {made.number} → {made.next_number}.")
    return True


def _communes(database: Any, named: str | None) -> Iterator[tuple[str, int]]:
    if named is not None:
        yield named, scoped(named)[1]
        return
    with database.reading(scope=None) as session:
        every = authorities.every_authority(session)
    yield from ((each.slug, each.id) for each in every)


def _behind(session: Session, key: int, found: Mapping[str, Procedure]) -> list[Procedure]:
    """The installed procedures whose catalogue has another version; those that left the catalogue stay as they are."""
    rows = session.exec(
        select(InstalledProcedure)
        .where(InstalledProcedure.authority_id == key, col(InstalledProcedure.version_id).is_not(None))
        .order_by(col(InstalledProcedure.slug))
    )
    return [found[row.slug] for row in rows if row.slug in found and installing.is_behind(row, found[row.slug])]


def _functions(written: tuple[str, ...]) -> dict[str, list[str]] | None:
    """The services of each function, from "handler=etat-civil" said once or more; None when nothing is said."""
    found: dict[str, list[str]] = {}
    for each in written:
        name, equals, service = each.partition("=")
        if not equals or not service:
            raise click.UsageError(f"--function {each} : écrivez fonction=service, par exemple handler=etat-civil.")
        found.setdefault(name, []).append(service)
    return found or None


def _do(authority: str, found: Procedure, wanted: Wanted, *, dry_run: bool) -> None:
    database, key = scoped(authority)
    made = _one(database, key, found, wanted, dry_run=dry_run)
    for line in _lines(made):
        click.echo(line)
    click.echo("Rien n’est fait : ôtez --dry-run pour le faire." if dry_run else "C’est fait.")


def _one(database: Any, key: int, found: Procedure, wanted: Wanted, *, dry_run: bool) -> Plan:
    """What is done, or would be; raises Misconfigured with every fault."""
    if not dry_run:
        with database.writing(scope=key) as session:
            return installing.install(session, key, found, wanted, by=None, now=clock.now())
    with database.reading(scope=key) as session:
        made = installing.plan(session, key, found, wanted)
    if made.every_fault:
        raise Misconfigured(made.every_fault)
    return made


def _lines(made: Plan) -> Iterator[str]:
    """What would happen, one sentence a line."""
    if made.number == made.next_number:
        yield f"{made.slug} : la version {made.number} publiée ne change pas."
    else:
        yield f"{made.slug} : version {made.next_number} publiée{f' après la {made.number}' if made.number else ''}."
    yield f"  service : {made.service or '(aucun)'}"
    for name, services in made.functions.items():
        yield f"  {name} : {', '.join(services)}{'' if name in made.bound else ' (par défaut)'}"
    if made.sensitivity:
        yield f"  {made.sensitivity}"
    for identifier, properties in made.overlay.items():
        for name, each in properties.items():
            yield f"  {identifier}#{name} : {shown(each['value'])} au lieu de {shown(each['over'])}"
    for key in made.agreed:
        yield f"  {key} : le catalogue dit maintenant comme vous."
