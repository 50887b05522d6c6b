"""What happens because time passes: one passage by hand, the lists for the visa, the journal replayed."""

from __future__ import annotations

import asyncio
import csv
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, time

import click

from grc import clock, settings
from grc.attachments.local import LocalStorage
from grc.authorities import queries
from grc.authorities.views import AuthorityView
from grc.cli.group import scoped
from grc.db import Database
from grc.forms import export
from grc.opening import open_database
from grc.submissions import replay, retention
from grc.sweeping import Sweeper, rehearsal, runs
from grc.sweeping.sweeps import SWEEPS, Sweep, named

REFUSED = {
    "clock_ahead": "l’horloge est loin après le dernier relevé : serveur arrêté longtemps, ou horloge fausse",
    "clock_behind": "l’horloge est avant le dernier relevé : elle a avancé par erreur, ou elle retarde",
}
_CONFIRM = "Vérifiez l’heure du serveur, puis lancez « grc sweep --as-of now »."


@click.command()
@click.option(
    "--as-of", "as_of", default=None, help="Instant, jour (AAAA-MM-JJ) ou « now » : dit que l’horloge est juste."
)
@click.option("--only", default=None, type=click.Choice([one.name for one in SWEEPS]), help="Un seul relevé.")
@click.option("--authority", "slug", default=None, help="Une seule commune.")
@click.option("--dry-run", is_flag=True, help="Dit ce qui serait fait, sans rien faire.")
def sweep(as_of: str | None, only: str | None, slug: str | None, dry_run: bool) -> None:
    """Fait une fois ce que le temps qui passe demande : décisions implicites, échéances, listes, purges.

    Le service le fait seul toutes les dix minutes. Relancer ne fait rien deux fois.
    """
    loaded, now = settings.load(), clock.now()
    instant = now if as_of is None else _instant(as_of, now)
    database = open_database(loaded)
    try:
        wanted = [one] if (one := named(only or "")) else list(SWEEPS)
        where = _where(database, slug)
        if dry_run:
            _rehearse(database, wanted, where, instant)
            return
        if instant > now:
            raise click.ClickException("Cet instant est à venir : ajoutez --dry-run, ou corrigez l’horloge.")
        sweeper = Sweeper(database, LocalStorage(loaded.storage))
        part = None if slug is None and only is None else (wanted, where)
        asyncio.run(_sweep(sweeper, instant, part, is_confirmed=as_of is not None))
    finally:
        database.close()


async def _sweep(
    sweeper: Sweeper,
    as_of: datetime,
    part: tuple[Sequence[Sweep], Sequence[AuthorityView]] | None,
    *,
    is_confirmed: bool,
) -> None:
    """Sweeps and prints; part: of the sweeps and of the authorities, None for a whole passage."""
    if part is None:
        passage = await sweeper.round(as_of, is_confirmed=is_confirmed)
        refused, done = passage.refused, list(passage.runs)
    else:
        last = await sweeper.db.read(runs.last, scope=None)
        refused = "" if is_confirmed else runs.jump(last, as_of)
        done = [] if refused else [await sweeper.sweep(one, as_of, only=part[1]) for one in part[0]]
    if refused:
        raise click.ClickException(f"Rien n’est fait : {REFUSED[refused]}. {_CONFIRM}")
    for run in done:
        click.echo(f"{run.name} : {run.done}{f' (échec : {run.fault})' if run.fault else ''}")
    if any(run.fault for run in done):
        sys.exit(1)


def _rehearse(database: Database, wanted: Sequence[Sweep], where: Sequence[AuthorityView], as_of: datetime) -> None:
    for one in wanted:
        tried = [(each.slug, rehearsal.rehearse(database, one, each, as_of)) for each in where]
        click.echo(f"{one.name} : {sum(found.done for _, found in tried)} ({one.does})")
        for slug, found in tried:
            for line in found.lines:
                click.echo(f"    {slug} {line}")


def _where(database: Database, slug: str | None) -> list[AuthorityView]:
    with database.reading(scope=None) as session:
        every = queries.every_authority(session)
    found = [one for one in every if slug in (None, one.slug)]
    if not found:
        raise click.ClickException(f"Pas de commune « {slug} ».")
    return found


def _instant(text: str, now: datetime) -> datetime:
    """The instant that an operator names; a day is taken at noon in Greenwich, its own day in every French zone."""
    if text == "now":
        return now
    try:
        if len(text) == 10:
            noon = datetime.combine(date.fromisoformat(text), time(12), UTC)
            return min(noon, now) if noon.date() == now.date() else noon
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.ClickException("Écrivez 2026-11-22, 2026-11-22T08:00:00+01:00 ou now.") from error
    if instant.tzinfo is None:
        raise click.ClickException("Dites le fuseau de cet instant, par exemple 2026-11-22T08:00:00+01:00.")
    return instant.astimezone(UTC)


@click.group("retention")
def kept() -> None:
    """Les durées de conservation."""


@kept.command("list")
@click.argument("authority")
def retention_list(authority: str) -> None:
    """Écrit en CSV les demandes proposées à la destruction, pour le visa des Archives ; rien n’est détruit."""
    database, key = scoped(authority)
    writer = csv.writer(sys.stdout, delimiter=";", lineterminator="\n")
    writer.writerow(_COLUMNS)
    with database.reading(scope=key) as session:
        for one in retention.proposals(session, key):
            days = (one.term.ended_on, one.term.appeal_until or "", one.term.answers_until, one.term.receipts_until)
            cells = (one.reference, one.procedure, *days, one.months, one.basis, one.source, one.proposed_on)
            writer.writerow([export.defused(str(cell)) for cell in cells])
    database.close()


_COLUMNS = (
    "demande",
    "démarche",
    "fin",
    "recours jusqu’au",
    "réponses jusqu’au",
    "accusés jusqu’au",
    "mois",
    "durée",
    "texte",
    "proposée le",
)


@click.group("events")
def events() -> None:
    """Le journal des demandes."""


@events.command("verify")
@click.argument("authority")
def events_verify(authority: str) -> None:
    """Rejoue le journal de chaque demande et dit celles dont l’état n’en découle pas ; statut 1 s’il y en a."""
    database, key = scoped(authority)
    read = wrong = 0
    with database.reading(scope=key) as session:
        for reference, faults in replay.verified(session, key):
            read += 1
            wrong += bool(faults)
            for fault in faults:
                click.echo(f"{reference} : {fault}")
    database.close()
    click.echo(f"{read} demande(s) rejouée(s), {wrong} en défaut.")
    sys.exit(1 if wrong else 0)
