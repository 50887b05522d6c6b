"""`grc simulate`: the timeline of a demande that was never filed, from a procedure and a few dates."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from grc import resources
from grc.authorities import queries as authorities
from grc.catalogue import loading
from grc.catalogue import queries as catalogue_queries
from grc.catalogue.definition import DESK_CHANNELS, Procedure
from grc.cli.group import scoped
from grc.deadlines import parameters
from grc.deadlines.administrative_appeals import AdministrativeAppeal
from grc.deadlines.holidays import Place
from grc.deadlines.transfers import Reception
from grc.errors import Invalid
from grc.notifications.emails import MESSAGES
from grc.receipts import timeline, wording
from grc.receipts.course import Asked, Decided, Facts, Line
from grc.receipts.sentences import period
from grc.submissions import timelines

_RULES = {"acceptance": "acceptation", "rejection": "refus"}


class _Day(click.ParamType[date]):
    """A legal day, written 2026-11-25."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"« {value} » n’est pas une date. Écrivez par exemple 2026-11-25.", param, ctx)


class _Event(click.ParamType[tuple[str, date]]):
    """An event of the workflow and its day: take_charge=2026-12-01."""

    name = "événement=date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, date]:
        name, _, day = str(value).partition("=")
        return name, _Day().convert(day, param, ctx)


@click.command()
@click.argument("procedure")
@click.option("--received", type=_Day(), required=True, help="Jour de réception par la collectivité.")
@click.option("--authority", default="", help="Commune : sa version publiée, ses jours fériés. Sinon le catalogue.")
@click.option("--place", type=click.Choice([one.value for one in Place]), default=None, help="Jours fériés du lieu.")
@click.option("--answers", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Réponses, en JSON.")
@click.option(
    "--channel",
    type=click.Choice(["online", *DESK_CHANNELS]),
    default="online",
    show_default=True,
    help="Comment la demande est venue : en ligne, au guichet, par téléphone, sur papier.",
)
@click.option("--first-received", type=_Day(), help="Jour où une autre administration l’avait reçue (L114-3).")
@click.option("--notice", type=_Day(), multiple=True, help="Jour d’une demande de pièces ; à répéter.")
@click.option("--deadline", type=_Day(), multiple=True, help="Dernier jour laissé pour ces pièces ; un par --notice.")
@click.option("--pieces", type=_Day(), multiple=True, help="Jour où sont venues les pièces de chaque --notice.")
@click.option("--decided", type=_Day(), help="Jour de la décision.")
@click.option("--outcome", type=click.Choice(["accepted", "refused"]), default="refused", show_default=True)
@click.option("--notified", type=_Day(), help="Jour de sa notification ; sinon celui de la décision.")
@click.option("--appeal", type=_Day(), help="Jour d’un recours gracieux.")
@click.option("--reasons", type=_Day(), help="Jour où les motifs d’un refus implicite sont demandés.")
@click.option("--given", type=_Day(), help="Jour où ils sont donnés.")
@click.option("--event", type=_Event(), multiple=True, help="Étape du circuit d’où part un délai ; à répéter.")
@click.option("--brief", is_flag=True, help="Sans le calcul de chaque date.")
def simulate(procedure: str, authority: str, place: str | None, answers: Path | None, brief: bool, **days: Any) -> None:
    """Écrit les échéances d’une demande de PROCEDURE reçue un jour donné, avec le calcul de chaque date.

    Rien n’est enregistré. Sans --authority, aucune base n’est lue.
    """
    found, local = (_published if authority else _of_catalogue)(procedure, authority)
    given = {} if answers is None else _answers(answers)
    where = Place(place) if place else local
    figures = parameters.in_force(days["received"])
    try:
        facts = _facts(found, given, days, where)
        terms = timelines.terms_of(found, given, has_receipts=None if days["channel"] == "online" else False)
        lines = timeline.lines(terms, facts, place=where, parameters=figures)
    except ValueError as error:
        raise Invalid("Ces dates ne se suivent pas : relisez-les dans l’ordre où les faits arrivent.") from error
    for text in _written(found, given, where, figures.version, lines, brief=brief):
        click.echo(text)


def written(lines: Sequence[Line], *, brief: bool = False) -> Iterator[str]:
    """The timeline as text: a line for each date, its steps numbered beneath."""
    for line in lines:
        yield f"{line.on.isoformat() if line.on else '-':<10}  {timeline.KINDS[line.kind]:<12}  {line.label}"
        for number, step in enumerate(() if brief else line.steps, start=1):
            yield f"{'':28}{number}. {step}"


def _written(
    found: Procedure, answers: Mapping[str, Any], place: Place, version: str, lines: Sequence[Line], *, brief: bool
) -> Iterator[str]:
    rule = found.silence_for(answers)
    yield f"{found.title} ({found.slug})"
    if rule.rule == "none":
        yield f"Silence : ne décide rien ({rule.source})."
    else:
        yield f"Silence : {_RULES[rule.rule]} au bout de {period(rule.period, rule.unit)} ({rule.source})."
    yield wording.typeset(f"Jours fériés : {place.value}. Paramètres légaux : version du {version}.")
    yield ""
    yield from written(lines, brief=brief)


def _facts(found: Procedure, answers: Mapping[str, Any], days: Mapping[str, Any], place: Place) -> Facts:
    received_on, decided_on, appeal_on = days["received"], days["decided"], days["appeal"]
    started = dict(days["event"])
    since = {
        one.name: received_on if one.start == "received" else started.get(one.start)
        for one in found.workflow.clocks.values()
    }
    return Facts(
        reception=Reception(days["first_received"] or received_on, received_on),
        asked=tuple(_asked(days["notice"], days["deadline"], days["pieces"])),
        decided=decided_on and Decided(decided_on, days["outcome"], days["notified"]),
        clocks=timelines.clocks_of(
            found.workflow,
            {name: day for name, day in since.items() if day is not None},
            context={"answers": answers, "channel": days["channel"], "labels": [], "variables": {}},
            place=place,
        ),
        appeals=(AdministrativeAppeal("gracieux", appeal_on),) if appeal_on else (),
        reasons_asked_on=days["reasons"],
        reasons_given_on=days["given"],
        closed_on=decided_on,
    )


def _asked(notices: Sequence[date], deadlines: Sequence[date], pieces: Sequence[date]) -> Iterator[Asked]:
    if len(notices) != len(deadlines) or len(pieces) > len(notices):
        raise click.UsageError("Donnez un --deadline pour chaque --notice, et au plus un --pieces.")
    for number, (noticed_on, deadline_on) in enumerate(zip(notices, deadlines, strict=True)):
        yield Asked(noticed_on, deadline_on, pieces[number] if number < len(pieces) else None)


def _of_catalogue(slug: str, _: str) -> tuple[Procedure, Place]:
    found = {one.slug: one for one in loading.load_folder(resources.folder("form_catalogue"), messages=MESSAGES)}
    if slug not in found:
        raise click.ClickException(f"Pas de démarche « {slug} ». Le catalogue a : {', '.join(found)}.")
    return found[slug], Place.METROPOLE


def _published(slug: str, authority: str) -> tuple[Procedure, Place]:
    database, key = scoped(authority)
    with database.reading(scope=key) as session:
        found = {each.procedure.slug: each.procedure for each in catalogue_queries.all_published(session, key)}
        view = authorities.authority(session, key)
    if slug not in found:
        raise click.ClickException(f"Pas de « {slug} » à « {authority} ». Elle offre : {', '.join(found) or 'rien'}.")
    return found[slug], Place(view.holidays)


def _answers(path: Path) -> dict[str, Any]:
    """The answers of a file: the object itself, or that of an example of the catalogue (its "answers")."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.ClickException(f"{path.name} n’est pas du JSON : {error}.") from error
    if not isinstance(document, dict):
        raise click.ClickException(f"{path.name} : un objet JSON est attendu.")
    inner = document.get("answers")
    return inner if isinstance(inner, dict) else document
