"""The commands that install, overlay and update a procedure in an authority; each says first what it would do."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from sqlmodel import Session, col, select

from grc import clock, settings
from grc.authorities import queries as authorities
from grc.calling import lifting
from grc.catalogue import installing, overlaying, shelf, telling
from grc.catalogue.definition import Procedure
from grc.catalogue.differences import Difference
from grc.catalogue.installing import Plan, PlanChanged, Wanted
from grc.catalogue.models import InstalledProcedure
from grc.catalogue.updating import Choice
from grc.cli.group import scoped
from grc.errors import Fault, Misconfigured
from grc.opening import open_database

_SIGNS = {"added": "+", "removed": "-", "words": "~", "rules": "~"}
_DRY = click.option("--dry-run", is_flag=True, help="Dit ce qui se ferait, et ne fait rien.")
YES = click.option("--yes", is_flag=True, help="Fait ce qui vient d’être dit, sans le demander.")
CONFIRM = click.option(
    "--confirm", multiple=True, help="Ce que la commune prend sur elle : silence, appeal, dpia, sensitive, lint."
)


@click.command("install")
@click.argument("authority")
@click.argument("slug")
@click.option("--service", default="", help="Service chargé de la démarche.")
@click.option(
    "--function",
    "functions",
    multiple=True,
    help="Service d’une fonction du circuit : handler=etat-civil ; handler= la rend au service de la démarche.",
)
@CONFIRM
@_DRY
@YES
def catalogue_install(
    authority: str, slug: str, service: str, functions: tuple[str, ...], confirm: tuple[str, ...], **how: bool
) -> None:
    """Installe une démarche du catalogue dans une commune, ou change son service et ses fonctions."""
    wanted = Wanted(service=service, functions=_functions(functions), confirmed=frozenset(confirm))
    do(authority, shelf.entry(slug), wanted, **how)


@click.command("overlay")
@click.argument("authority")
@click.argument("slug")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@CONFIRM
@_DRY
@YES
def catalogue_overlay(authority: str, slug: str, file: Path, confirm: tuple[str, ...], **how: bool) -> None:
    """Remplace la surcharge d’une démarche installée par celle du fichier : {identifiant: {propriété: valeur}}."""
    found = shelf.entry(slug)
    if file.stat().st_size > overlaying.MOST_BYTES:
        raise click.ClickException(f"{file.name} est trop grand : {overlaying.MOST_BYTES // 1000} ko au plus.")
    stated = overlaying.stated(found, overlaying.parse(file.read_bytes(), file.name))
    database, key = scoped(authority)
    with database.reading(scope=key) as session:
        installing.require_installed(session, key, slug)
    do(authority, found, Wanted(overlay=stated, confirmed=frozenset(confirm)), **how)


@click.command("update")
@click.argument("authority", required=False)
@click.argument("slug", required=False)
@click.option("--all", "everywhere", is_flag=True, help="Toutes les communes de l’installation.")
@click.option("--keep", multiple=True, help="Conflit où la valeur de la commune reste (identifiant#propriété).")
@click.option("--take", multiple=True, help="Conflit où celle du catalogue est prise.")
@CONFIRM
@_DRY
@YES
def catalogue_update(
    authority: str | None,
    slug: str | None,
    everywhere: bool,
    keep: tuple[str, ...],
    take: tuple[str, ...],
    confirm: tuple[str, ...],
    dry_run: bool,
    yes: bool,
) -> None:
    """Passe des démarches installées à la version du catalogue ; un conflit arrête sa démarche, pas les autres."""
    if everywhere == bool(authority):
        raise click.UsageError("Nommez une commune, ou prenez --all.")
    settled: dict[str, Choice] = {**dict.fromkeys(keep, "keep"), **dict.fromkeys(take, "take")}
    if settled and slug is None:
        raise click.UsageError("--keep et --take vont avec une démarche.")
    if confirm and slug is None:
        raise click.UsageError("--confirm va avec une démarche : ce que la commune prend sur elle se dit de chacune.")
    wanted = Wanted(settled=settled, confirmed=frozenset(confirm))
    database, found = open_database(settings.load()), shelf.entries()
    if slug is not None:
        shelf.entry(slug)
    waiting, refused = _waiting(database, authority, {slug: found[slug]} if slug else found, wanted)
    is_done = bool(waiting) and agreed(dry_run=dry_run, yes=yes)
    if is_done:
        refused += sum(not _updated(database, each, wanted) for each in waiting)
    word = "mise(s) à jour" if is_done else "à mettre à jour"
    click.echo(f"{len(waiting)} démarche(s) {word}, {refused} refusée(s).")
    if refused:
        sys.exit(2)


@dataclass(frozen=True)
class _Update:
    """A procedure that would be updated. key: of the commune. seen: the digest of the plan that was told."""

    commune: str
    key: int
    procedure: Procedure
    seen: str


def _waiting(
    database: Any, named: str | None, found: Mapping[str, Procedure], wanted: Wanted
) -> tuple[list[_Update], int]:
    """The updates that may be made, each told with what it changes, and how many may not."""
    waiting, refused, told = list[_Update](), 0, dict[tuple[str, ...], str]()
    for commune, key in _communes(database, named):
        with database.reading(scope=key) as session:
            for one in _behind(session, key, found):
                try:
                    made = _planned(session, key, one, wanted)
                except Misconfigured as error:
                    refused += 1
                    _refused(commune, one.slug, error.faults)
                    continue
                waiting.append(_Update(commune, key, one, made.digest))
                click.echo(f"{commune}, {one.slug} : version {made.number} → {made.next_number}.")
                opened = lifting.sentence(session, key, made, clock.now())
                lines = (*_held(made, opened), *_changes(installing.changes(session, key, made)))
                same = told.setdefault((one.slug, *lines), commune)
                for line in lines if same == commune else (f"  les mêmes changements qu’à {same}.",):
                    click.echo(line)
    return waiting, refused


def _updated(database: Any, one: _Update, wanted: Wanted) -> bool:
    """Whether the procedure of the commune was updated; why not is told."""
    try:
        _install(database, one.key, one.procedure, wanted, one.seen)
    except Misconfigured as error:
        _refused(one.commune, one.procedure.slug, error.faults)
        return False
    except PlanChanged as error:
        _refused(one.commune, one.procedure.slug, [Fault(one.procedure.slug, error.message)])
        return False
    return True


def _refused(commune: str, slug: str, faults: Sequence[Fault]) -> None:
    click.echo(f"{commune}, {slug} : pas mise à jour, {len(faults)} faute(s).", err=True)
    for fault in faults:
        click.echo(f"  - {fault}", err=True)


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
    """The services of each function, from "handler=etat-civil" said once or more; None when nothing is said.

    "handler=" gives the function back to the service in charge.
    """
    found: dict[str, list[str]] = {}
    for each in written:
        name, equals, service = each.partition("=")
        if not equals or not name or (not service and name in found) or found.get(name) == []:
            raise click.UsageError(f"--function {each} : écrivez fonction=service, par exemple handler=etat-civil.")
        found[name] = [*found.get(name, []), service] if service else []
    return found or None


def do(authority: str, found: Procedure, wanted: Wanted, *, dry_run: bool = False, yes: bool) -> None:
    """Tells what would be done, then does it when that is agreed; raises Misconfigured with every fault."""
    database, key = scoped(authority)
    with database.reading(scope=key) as session:
        made = _planned(session, key, found, wanted)
        opened = lifting.sentence(session, key, made, clock.now())
        lines = [*_lines(made, opened), *_changes(installing.changes(session, key, made))]
    for line in lines:
        click.echo(line)
    if agreed(dry_run=dry_run, yes=yes):
        _install(database, key, found, wanted, made.digest)
        click.echo("C’est fait.")


def agreed(*, dry_run: bool, yes: bool) -> bool:
    """Whether what was told is to be done: by --yes, or asked on a terminal; ends with 1 where nobody said so."""
    if dry_run:
        click.echo("Rien n’est fait : ôtez --dry-run pour le faire.")
        return False
    if yes or (sys.stdin.isatty() and click.confirm("Le faire ?")):
        return True
    click.echo("Rien n’est fait : ajoutez --yes pour le faire.", err=True)
    sys.exit(1)


def _planned(session: Session, key: int, found: Procedure, wanted: Wanted) -> Plan:
    """What would be done; raises Misconfigured with every fault."""
    made = installing.plan(session, key, found, wanted)
    if made.every_fault:
        raise Misconfigured(made.every_fault)
    return made


def _install(database: Any, key: int, found: Procedure, wanted: Wanted, seen: str) -> None:
    with database.writing(scope=key) as session:
        installing.install(session, key, found, wanted, seen=seen, by=None, now=clock.now())


def _held(made: Plan, opened: str) -> Iterator[str]:
    """Who holds each function, and to whom the demandes open. opened: a sentence, or ""."""
    for name, services in made.functions.items():
        yield f"  {name} : {', '.join(services)}{'' if name in made.bound else ' (par défaut)'}"
    if opened:
        yield f"  {opened}"


def _lines(made: Plan, opened: str) -> Iterator[str]:
    """What would happen, one sentence a line. opened: as for `_held`."""
    if made.number == made.next_number:
        yield f"{made.slug} : la version {made.number} publiée ne change pas."
    else:
        yield f"{made.slug} : version {made.next_number} publiée{f' après la {made.number}' if made.number else ''}."
    yield f"  service : {made.service or '(aucun)'}"
    yield from _held(made, opened)
    for identifier, properties in made.overlay.items():
        for name, each in properties.items():
            yield f"  {identifier}#{name} : {' au lieu de '.join(telling.quoted(each['value'], each['over']))}"
    for key in made.agreed:
        yield f"  {key} : le catalogue dit maintenant comme vous."


def _changes(found: Sequence[Difference]) -> Iterator[str]:
    """What changes of the version that is published, one thing a line."""
    for each in found:
        told = f"  {_SIGNS[each.kind]} {each.key}"
        if each.kind in ("added", "removed"):
            told = f"{told}, {each.what} « {each.title} »"
        else:
            told = f"{told} : {' → '.join(telling.quoted(each.before, each.after))}"
        yield told
