"""What every command shares: failures that end with a message and a status, the commune that is named."""

from __future__ import annotations

import sys
from typing import Any

import click
from sqlmodel import Session

from grc import clock, settings
from grc.authorities import queries
from grc.errors import GrcError, Invalid, Misconfigured
from grc.journal.acts import JournalAct
from grc.journal.recording import record
from grc.opening import open_database


class Group(click.Group):
    """A group whose commands end with a message and a status, never with a trace."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Misconfigured as error:
            click.echo(f"{len(error.faults)} faute(s) à corriger :", err=True)
            for fault in error.faults:
                click.echo(f"  - {fault}", err=True)
            sys.exit(2)
        except Invalid as error:
            click.echo(error.message, err=True)
            for problem in error.problems:
                click.echo(f"  - {problem.field} : {problem.message}", err=True)
            sys.exit(2)
        except GrcError as error:
            click.echo(error.message or type(error).__name__, err=True)
            sys.exit(1)


def noted(session: Session, authority_id: int, act: JournalAct, subject: tuple[str, str | int], **data: Any) -> None:
    """Writes in the authority's journal what a command just did, in its transaction."""
    record(session, authority_id, act, subject, by=None, now=clock.now(), data=data)


def scoped(slug: str) -> tuple[Any, int]:
    """The database of the settings and the key of the authority; says so when there is none of that slug."""
    database = open_database(settings.load())
    with database.reading(scope=None) as session:
        found = queries.authority_of_slug(session, slug)
    if found is None:
        raise click.ClickException(f"Pas de commune « {slug} ». Créez-la avec « grc authority add ».")
    return database, found.id
