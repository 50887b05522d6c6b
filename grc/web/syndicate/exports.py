"""The figures to take away: a line for each month of each commune, separated by semicolons."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.authorities import queries
from grc.forms.export import defused
from grc.submissions import figures
from grc.submissions.figures import Monthly
from grc.web import security
from grc.web.syndicate.commune import found_commune
from grc.web.syndicate.communes import admit
from grc.web.syndicate.words import CHANNELS
from grc.web.visit import Visit

_BOM = "\ufeff"
_COUNTS = {
    "decided": "Décidées",
    "implied": "dont par le silence",
    "withdrawn": "Retirées",
    "open": "En cours à la fin du mois",
    "overdue": "dont en retard",
    "median_days": "Délai médian (jours)",
    "p90_days": "Délai dépassé par une sur dix (jours)",
    "refused": "Courriels refusés",
}


async def as_csv(visit: Visit[AgentActor]) -> Response:
    """Every commune, over a year."""
    admit(visit)
    since = f"{visit.today.year - 1}-{visit.today.month:02d}"
    names, months = await visit.platform.db.read(lambda session: _everything(session, since), scope=None)
    return _attachment(_written(names, months), "chiffres.csv")


async def commune_as_csv(visit: Visit[AgentActor]) -> Response:
    """One commune, every month that was counted."""
    admit(visit)
    slug = visit.path["slug"]
    names, months = await visit.platform.db.read(lambda session: _of_commune(session, slug), scope=None)
    return _attachment(_written(names, months), f"chiffres-{slug}.csv")


def _everything(session: Session, since: str) -> tuple[dict[int, str], list[Monthly]]:
    names = {one.id: one.name for one in queries.municipalities(session)}
    return names, [each for each in figures.everything(session, since=since) if each.authority_id in names]


def _of_commune(session: Session, slug: str) -> tuple[dict[int, str], list[Monthly]]:
    one = found_commune(session, slug)
    return {one.id: one.name}, list(reversed(figures.months_of(session, one.id)))


def _written(names: Mapping[int, str], months: Iterable[Monthly]) -> str:
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=";", lineterminator="\r\n")
    received = [f"Reçues {words}" for words in CHANNELS.values()]
    writer.writerow(["Collectivité", "Mois", "Reçues", *received, *_COUNTS.values()])
    for each in months:
        counts = each.counts
        by_channel = [counts.received.get(channel, 0) for channel in CHANNELS]
        told = ["" if (value := getattr(counts, name)) is None else value for name in _COUNTS]
        writer.writerow([defused(names[each.authority_id]), each.month, counts.total, *by_channel, *told])
    return _BOM + lines.getvalue()


def _attachment(text: str, name: str) -> Response:
    headers = {**security.DOWNLOAD, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode(), media_type="text/csv; charset=utf-8", headers=headers)
