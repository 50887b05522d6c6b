"""The commands of the lists that forms offer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from grc import clock
from grc.catalogue import queries as catalogue_queries
from grc.cli.group import noted, scoped
from grc.forms.items import Columns
from grc.forms.items import columns as columns_of
from grc.journal.acts import JournalAct
from grc.lists import importing
from grc.lists import queries as list_queries
from grc.submissions import holders


@click.group("list")
def lists() -> None:
    """Les listes que les formulaires proposent : salles, écoles, services."""


@lists.command("import")
@click.argument("authority")
@click.argument("source")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def list_import(authority: str, source: str, file: Path) -> None:
    """Remplace une liste par un tableau CSV ; ce qu’il ne nomme plus est fermé, rien n’est effacé.

    La première ligne nomme les colonnes : « id » (facultative), « label », puis les attributs. Toutes les fautes sont
    dites à la fois, avec leur ligne ; s’il y en a une, rien ne change.
    """
    database, key = scoped(authority)
    with database.reading(scope=key) as session:
        columns = _columns(session, key, source)
    found = importing.read(file.read_bytes(), columns, where=file.name)
    with database.writing(scope=key) as session:
        done, told = holders.replace_items(session, key, source, found, now=clock.now())
        noted(session, key, JournalAct.LIST_IMPORTED, ("list", source), added=done.added, closed=done.closed)
    click.echo(f"{columns.title} : {done.added} ajouté(s), {done.changed} modifié(s), {done.closed} fermé(s).")
    if told:
        click.echo(f"{told} demande(s) avaient pris ce qui a changé : une tâche y demande de prévenir l’usager.")


@lists.command("show")
@click.argument("authority")
@click.argument("source", required=False)
def list_show(authority: str, source: str | None) -> None:
    """Écrit une liste en CSV, telle que « grc list import » la lit ; sans SOURCE, nomme les listes."""
    database, key = scoped(authority)
    with database.reading(scope=key) as session:
        if source is None:
            for name, columns in sorted(_every_column(session, key).items()):
                click.echo(f"{name} : {columns.title}")
            return
        columns = _columns(session, key, source)
        click.echo(importing.written(list_queries.of_authority(session, key, [source])[source], columns), nl=False)


def _every_column(session: Any, key: int) -> dict[str, Columns]:
    return columns_of(each.procedure.form for each in catalogue_queries.all_published(session, key))


def _columns(session: Any, key: int, source: str) -> Columns:
    """What is known of each item of a list; a list that no published procedure offers is refused."""
    known = _every_column(session, key)
    if source not in known:
        told = ", ".join(sorted(known)) or "aucune"
        raise click.ClickException(f"Pas de liste « {source} ». Listes des démarches publiées : {told}.")
    return known[source]
