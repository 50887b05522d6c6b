"""The syndicate's table of its communes: counts of the month, and what to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session
from starlette.responses import Response

from grc import clock
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, may, require
from grc.authorities import queries
from grc.authorities.views import AuthorityView
from grc.cog.folding import fold
from grc.errors import NotFound
from grc.outbox import standing
from grc.outbox.delivery import Health
from grc.submissions import figures
from grc.submissions.figures import SYNDICATE, Monthly
from grc.sweeping import runs
from grc.web.framing import agent_frame
from grc.web.operators_views import age
from grc.web.syndicate import health, words
from grc.web.syndicate.views import CommuneRow, CommunesPage, Total
from grc.web.visit import Visit

PATH = "syndicat"
MOST_SHOWN = 200
"""Rows of one page; beyond it, a name is looked for."""


@dataclass(frozen=True)
class Standing:
    """What is known of every commune at once. passed_at: the end of the last passage of the sweeps."""

    communes: Sequence[AuthorityView]
    latest: dict[int, Monthly]
    mails: dict[int, Health]
    passed_at: datetime | None


async def show(visit: Visit[AgentActor]) -> Response:
    """The table, or the part of it that was looked for; who only keeps the syndicate's accounts is led to them."""
    is_theirs = visit.authority.kind == SYNDICATE
    if is_theirs and not may(visit.actor, Permission.FIGURES_READ) and may(visit.actor, Permission.AGENT_MANAGE):
        return visit.redirect(visit.links.agents("collegues"))
    admit(visit)
    found = await visit.platform.db.read(_standing, scope=None)
    rows = [_row(visit, one, found) for one in found.communes]
    words_asked, only = visit.query.get("q", "")[:100].strip(), visit.query.get("vue") == "a-voir"
    kept = [row for row in rows if fold(words_asked) in fold(row.name) and (row.remarks or not only)]
    counted = [one.computed_at for one in found.latest.values()]
    page = CommunesPage(
        month=words.month(f"{visit.today:%Y-%m}"),
        totals=_totals(rows, found, visit.now),
        rows=kept[:MOST_SHOWN],
        found=len(kept),
        every=len(rows),
        counted_at=clock.local(visit.authority.zone, min(counted)) if counted else None,
        here=visit.links.agents(PATH),
        csv=visit.links.agents(f"{PATH}/chiffres.csv"),
        words=words_asked,
        only=only,
    )
    return visit.page("syndicate/communes.html", frame=agent_frame(visit), page=page)


def admit(visit: Visit[AgentActor]) -> None:
    """Nothing for an agent of the syndicate who may read figures; raises Forbidden, or NotFound in a commune."""
    require(visit.actor, Permission.FIGURES_READ)
    if visit.authority.kind != SYNDICATE:
        raise NotFound("Cette page n’existe que chez le syndicat.")


def _standing(session: Session) -> Standing:
    last = runs.last(session)
    return Standing(
        queries.municipalities(session),
        figures.latest(session),
        standing.by_authority(session),
        None if last is None else last.ended_at,
    )


def _row(visit: Visit[AgentActor], one: AuthorityView, found: Standing) -> CommuneRow:
    kept = found.latest.get(one.id)
    is_present = kept is not None and kept.month == f"{clock.day_in(one.zone, visit.now):%Y-%m}"
    counts = kept.counts if kept is not None and is_present else None
    return CommuneRow(
        name=one.name,
        href=visit.links.agents(f"{PATH}/communes/{one.slug}"),
        received=None if counts is None else counts.total,
        open=None if counts is None else counts.open,
        overdue=None if counts is None else counts.overdue,
        refused=None if counts is None else counts.refused,
        remarks=health.remarks(one, found.mails.get(one.id), today=visit.today, now=visit.now),
    )


def _totals(rows: Sequence[CommuneRow], found: Standing, now: datetime) -> list[Total]:
    """What the communes add up to, then how the installation stands."""
    overdue = sum(row.overdue or 0 for row in rows)
    dead, late = sum(one.dead for one in found.mails.values()), any(one.is_late(now) for one in found.mails.values())
    passed = "jamais" if found.passed_at is None else f"il y a {age(now - found.passed_at)}"
    is_recent = found.passed_at is not None and now - found.passed_at <= runs.LATE_AFTER
    return [
        Total("Reçues ce mois-ci", words.number(sum(row.received or 0 for row in rows))),
        Total("En cours", words.number(sum(row.open or 0 for row in rows))),
        Total("En retard", words.number(overdue), is_well=not overdue),
        Total("Envois abandonnés", words.number(dead), is_well=not dead),
        Total("Courriels", "en retard" if late else "à l’heure", is_well=not late),
        Total("Dernier passage des relevés", passed, is_well=is_recent),
    ]
