"""Lists for the archives and their visas, by the operator; what they cover is destroyed by the sweeps, never here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import click
from sqlmodel import Session

from grc import clock
from grc.authorities import queries
from grc.authorities.views import AuthorityView
from grc.cli.group import scoped
from grc.submissions import visas
from grc.submissions.kept_models import Visa
from grc.submissions.visas import Granted

_DAY = click.DateTime(formats=["%Y-%m-%d"])


def _answer(command: Callable[..., None]) -> Callable[..., None]:
    """The options of the archives' answer."""
    for option in (
        click.option("--on", "granted_on", type=_DAY, required=True, help="Jour du visa (AAAA-MM-JJ)."),
        click.option("--by", "granted_by", required=True, help="Qui a donné le visa."),
        click.option("--number", required=True, help="Numéro du visa, comme les Archives l’ont écrit."),
    ):
        command = option(command)
    return command


@click.command("draw-up")
@click.argument("authority")
@click.argument("procedure")
def draw_up(authority: str, procedure: str) -> None:
    """Dresse la liste de ce qu’une démarche propose à la destruction, et l’écrit en CSV pour les Archives."""
    visa = _written(authority, lambda session, mine, now: visas.draw_up(session, mine, procedure, by=None, now=now))
    sys.stdout.buffer.write(visas.as_csv(visa))
    click.echo(f"Liste n° {visa.id} : {len(visa.listed or [])} demande(s), empreinte {visa.sha256}.", err=True)


@click.command("visa")
@click.argument("authority")
@click.argument("number_of_list", metavar="LISTE", type=int)
@_answer
def visa(authority: str, number_of_list: int, number: str, granted_by: str, granted_on: datetime) -> None:
    """Enregistre le visa d’une liste : le prochain relevé détruit ce qu’elle nomme."""
    granted = Granted(number, granted_by, granted_on.date())
    _written(
        authority,
        lambda session, mine, now: visas.record(session, mine, number_of_list, granted, by=None, now=now),
    )
    click.echo("Visa enregistré. La destruction se fait au prochain relevé.")


@click.command("standing")
@click.argument("authority")
@click.argument("procedure")
@_answer
@click.option("--until", "until_on", type=_DAY, default=None, help="Dernier jour ; sans lui, jusqu’à son retrait.")
def standing(
    authority: str, procedure: str, number: str, granted_by: str, granted_on: datetime, until_on: datetime | None
) -> None:
    """Enregistre un visa permanent : ce que la démarche propose est détruit sans liste."""
    granted, until = Granted(number, granted_by, granted_on.date()), None if until_on is None else until_on.date()
    made = _written(
        authority,
        lambda session, mine, now: visas.stand(session, mine, procedure, granted, until, by=None, now=now),
    )
    click.echo(f"Visa permanent n° {made.id} enregistré.")


@click.command("withdraw")
@click.argument("authority")
@click.argument("number_of_list", metavar="LISTE", type=int)
def withdraw(authority: str, number_of_list: int) -> None:
    """Retire un visa, ou renonce à une liste : plus rien n’est détruit dessus."""
    _written(authority, lambda session, mine, now: visas.withdraw(session, mine, number_of_list, by=None, now=now))
    click.echo("C’est retiré.")


@click.command("visas")
@click.argument("authority")
def listed(authority: str) -> None:
    """Dit les listes et les visas, et ce qui a été détruit sur chacun."""
    database, key = scoped(authority)
    with database.reading(scope=key) as session:
        for one, gone in visas.every(session, key):
            click.echo(_told(one, gone))
    database.close()


def _told(one: Visa, gone: int) -> str:
    what = "visa permanent" if one.listed is None else f"liste de {len(one.listed)}"
    state = f"visa {one.number} du {one.granted_on}" if one.recorded_at else "attend le visa"
    ended = " ; retiré" if one.withdrawn_at else " ; terminé" if one.done_at else ""
    until = f" ; jusqu’au {one.until_on}" if isinstance(one.until_on, date) else ""
    return f"{one.id} : {one.procedure_slug}, {what}, {state}{until}{ended} ; {gone} détruite(s)"


def _written(authority: str, do: Callable[[Session, AuthorityView, datetime], Visa]) -> Any:
    """What the command made."""
    database, key = scoped(authority)
    try:
        with database.writing(scope=key) as session:
            return do(session, queries.authority(session, key), clock.now())
    finally:
        database.close()
