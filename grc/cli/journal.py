"""`grc journal`: the journal of access and administration, verified, given away, purged at its term."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grc import clock, settings
from grc.authorities import queries
from grc.authorities.views import AuthorityView
from grc.cli.group import Group
from grc.db import Database
from grc.journal import exporting, purging
from grc.journal.acts import JournalAct
from grc.journal.recording import record
from grc.journal.verifying import Report, verify
from grc.opening import open_database


@click.group(cls=Group)
def journal() -> None:
    """Le journal des accès et de l’administration, enchaîné et scellé."""


@journal.command("verify")
@click.argument("authority", required=False)
def journal_verify(authority: str | None) -> None:
    """Relit le journal d’une commune, ou de toutes, et dit chaque faute avec sa place ; statut 1 s’il y en a."""
    database, wrong = open_database(settings.load()), 0
    for one in _named(database, authority):
        with database.reading(scope=one.id) as session:
            report = verify(session, one.id, as_of=clock.now())
        wrong += len(report.faults) + report.more
        _tell(one.slug, report)
    database.close()
    sys.exit(1 if wrong else 0)


@journal.command("export")
@click.argument("authority")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--month", default="", help="Un seul mois, par exemple 2026-11.")
def journal_export(authority: str, file: Path, month: str) -> None:
    """Écrit le journal d’une commune en lignes JSON, avec sa chaîne : docs/operating.md dit comment la vérifier."""
    database = open_database(settings.load())
    one = _named(database, authority)[0]
    with file.open("x", encoding="utf-8") as out, database.reading(scope=one.id) as session:
        number = sum(bool(out.write(f"{line}\n")) for line in exporting.lines(session, one.id, month=month))
    with database.writing(scope=one.id) as session:
        subject = ("journal", month or "all")
        record(session, one.id, JournalAct.JOURNAL_EXPORTED, subject, by=None, now=clock.now())
    database.close()
    click.echo(f"{number} ligne(s) écrites dans {file}.")


@journal.command("purge")
@click.argument("authority")
@click.option("--before", default="", help="Premier mois gardé, par exemple 2025-01 ; sinon les 36 derniers mois.")
@click.option("--dry-run", is_flag=True, help="Dit les mois, sans rien effacer.")
def journal_purge(authority: str, before: str, dry_run: bool) -> None:
    """Efface les mois du journal qui sont à leur terme, jamais avant douze mois ; leurs sceaux restent.

    Sur PostgreSQL, avec le rôle de GRC_DATABASE_OWNER_URL : celui qui sert ne peut rien effacer du journal.
    """
    loaded, now = settings.load(), clock.now()
    owner = loaded.database_url if loaded.is_sqlite else loaded.database_owner_url
    if not owner:
        raise click.ClickException("GRC_DATABASE_OWNER_URL manque : le rôle qui sert n’efface rien du journal.")
    database = open_database(loaded.model_copy(update={"database_url": owner}))
    one = _named(database, authority)[0]
    kept = before or purging.before_months(now, purging.KEPT_MONTHS)
    with database.reading(scope=one.id) as session:
        months = purging.due(session, one.id, before=kept, now=now)
        faults = verify(session, one.id, as_of=now).faults if months else []
    if faults:
        raise click.ClickException(f"{faults[0]}. Rien n’est effacé : « grc journal verify » dit tout.")
    for month in months:
        number = 0
        if not dry_run:
            with database.writing(scope=one.id) as session:
                number = purging.purge(session, one.id, month, now=now)
        click.echo(f"{month} : {'à effacer' if dry_run else f'{number} ligne(s) effacées, sceaux gardés'}")
    database.close()
    if not months:
        click.echo(f"Rien avant {kept}.")


def _named(database: Database, slug: str | None) -> list[AuthorityView]:
    """The authority of that slug, or every one; says so when there is none."""
    with database.reading(scope=None) as session:
        every = [one for one in queries.every_authority(session) if slug in (None, one.slug)]
    if slug is not None and not every:
        raise click.ClickException(f"Pas de commune « {slug} ».")
    return every


def _tell(slug: str, report: Report) -> None:
    for fault in report.faults:
        click.echo(f"{slug} : {fault}")
    if report.more:
        click.echo(f"{slug} : et {report.more} autre(s) faute(s)")
    head = "aucun sceau" if report.last is None else "dernier sceau {} n° {}, {}".format(*_head(report))
    purged = f", {len(report.purged)} mois purgé(s)" if report.purged else ""
    waiting = f", {report.waiting} à enchaîner" if report.waiting else ""
    wrong = len(report.faults) + report.more
    click.echo(f"{slug} : {report.entries} ligne(s), {head}{purged}{waiting}, {wrong} faute(s).")


def _head(report: Report) -> tuple[str, int, str]:
    assert report.last is not None  # noqa: S101 - asked by whoever calls
    return report.last.month, report.last.position, report.last.hash
