"""All demandes of all procedures of the authority, in one list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from grc import clock
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, may, require
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Procedure
from grc.catalogue.queries import Published
from grc.receipts import wording
from grc.submissions import inboxes, timers
from grc.submissions.helpers import Helper
from grc.submissions.inboxes import Inbox, InboxRow
from grc.submissions.models import Submission
from grc.web import channels, journalling, tiles
from grc.web.agents import holding, views
from grc.web.framing import agent_frame
from grc.web.visit import Visit

_VIEWS = {
    "a-traiter": "À traiter",
    inboxes.AWAITING: "Messages et tâches",
    "en-attente": "En attente de l’usager",
    "a-suivre": "À suivre",
    "closes": "Décidées et closes",
}
_EMPTY = {
    "a-traiter": "Rien à traiter. Les nouvelles demandes arrivent ici.",
    inboxes.AWAITING: "Aucun message à lire, aucune tâche à faire.",
    "en-attente": "Aucune demande n’attend un document de l’usager.",
    "a-suivre": "Aucune demande décidée n’attend de suite : passage, remise, travaux.",
    "closes": "Aucune demande décidée ni close.",
}
_SOON_DAYS = 10


async def show(visit: Visit[AgentActor]) -> Response:
    """A view of the inbox, filtered as the address says; who reads no demande is led to what is theirs."""
    if not may(visit.actor, Permission.SUBMISSION_READ):
        return visit.redirect(visit.links.agents(tiles.PATH if tiles.administers(visit.actor) else "compte"))
    view, slug = visit.query.get("vue", "a-traiter"), visit.query.get("demarche", "")
    words = visit.query.get("q", "").strip()[:100]
    after = visit.query.get("apres", "")
    found, counts, offered, procedures = await visit.read(_inbox, view, slug, words, after)
    await journalling.listed(visit, view, [row.reference for row in found.rows])
    filters = {name: value for name, value in (("demarche", slug), ("q", words)) if value}
    page = views.InboxPage(
        action=visit.links.agents(),
        view=view,
        views=[_view(visit, name, counts, filters, current=name == view) for name in _VIEWS],
        rows=[_row(visit, row, procedures[row.version_id]) for row in found.rows],
        procedures=[
            views.Option(one.procedure.slug, one.procedure.title, selected=one.procedure.slug == slug)
            for one in offered
        ],
        query=words,
        next=visit.links.agents(vue=view, **filters, apres=found.following) if found.following else "",
        first=visit.links.agents(vue=view, **filters) if after else "",
        empty="Aucune demande ne correspond à cette recherche." if filters else _EMPTY[view],
        reset=visit.links.agents(vue=view) if filters else "",
        standing_in=holding.standing_in(visit.actor),
    )
    return visit.page("agents/inbox.html", frame=agent_frame(visit), page=page)


def applicant(row: Submission | InboxRow) -> str:
    """Who asks, as agents' lists say it."""
    return row.applicant_name or ("Anonyme" if row.is_report else "Sans nom")


def helped_by(stored: Mapping[str, Any] | None) -> str:
    """Who filed it for the applicant, as agents' lists say it; "" for the applicant."""
    helper = Helper.of(stored)
    return "" if helper is None else f"par {helper.words}"


def due(row: Any, today: date) -> views.Due | None:
    """When silence would decide, in words and as a level: an answer must be notified before (L112-12).

    Once it has decided, that it did and on which day, for as long as nobody has answered.
    """
    if row.implied_on is not None and row.phase in ("received", "examined", "waiting"):
        what = "Refus implicite né" if row.silence_rule == "rejection" else "Acceptation implicite née"
        return views.Due("late", f"{what} le", row.implied_on)
    if row.silence_on is None or row.phase not in ("received", "examined", "waiting"):
        return None
    days = (row.silence_on - today).days
    if days <= 0:
        text = "Le délai est passé" if days == 0 else f"En retard de {-days}\u00a0j"
        return views.Due("late", text, row.silence_on)
    return _ahead(row.silence_on, days)


def first_due(row: InboxRow, today: date, zone: str) -> views.Due | None:
    """The first date of a demande: when silence would decide, or the last day of a clock of its workflow."""
    silence = due(row, today)
    if row.clock_at is None:
        return silence
    clocked = due_of_clock(row.clock_at, today, zone)
    return silence if silence is not None and (silence.on <= clocked.on or silence.level == "late") else clocked


def due_of_clock(over: datetime, today: date, zone: str) -> views.Due:
    """The last day of a clock that is over at that instant, in words and as a level."""
    on = timers.last_day_before(over, zone)
    days = (on - today).days
    if days < 0:
        return views.Due("late", f"En retard de {-days}\u00a0j", on)
    return _ahead(on, days)


def _ahead(on: date, days: int) -> views.Due:
    level = "soon" if days <= _SOON_DAYS else "far"
    return views.Due(level, f"Dans {wording.days(days)}" if days else "Aujourd’hui", on)


def _inbox(
    session: Session, view: str, slug: str, words: str, after: str, *, by: AgentActor
) -> tuple[Inbox, dict[str, int], list[Published], dict[int, Procedure]]:
    require(by, Permission.SUBMISSION_READ)
    found = inboxes.inbox(session, view=view, slug=slug, words=words, after=after, by=by)
    versions = {row.version_id for row in found.rows}
    procedures = {key: catalogue.version(session, by.authority_id, key) for key in versions}
    offered = catalogue.all_published(session, by.authority_id)
    return found, inboxes.counts(session, by=by), offered, procedures


def _view(
    visit: Visit[AgentActor], name: str, counts: dict[str, int], filters: dict[str, str], *, current: bool
) -> views.InboxView:
    number = counts[name]
    return views.InboxView(
        label=_VIEWS[name],
        href=visit.links.agents(vue=name, **filters),
        count=min(number, inboxes.COUNT_CAP),
        capped=number > inboxes.COUNT_CAP,
        current=current,
    )


def _row(visit: Visit[AgentActor], row: InboxRow, procedure: Procedure) -> views.InboxRow:
    return views.InboxRow(
        reference=row.reference,
        href=visit.links.agent_submission(row.reference),
        procedure=procedure.title,
        applicant=applicant(row),
        state=procedure.workflow.state(row.state).label,
        received_on=clock.day_in(visit.authority.zone, row.received_at),
        due=first_due(row, visit.today, visit.authority.zone),
        agent=row.case_agent,
        alert=_alert(row),
        kind=_kind(row),
        helper=helped_by(row.helper),
    )


def _kind(row: InboxRow) -> str:
    """That it is a report, and how it came where an agent typed it."""
    return ", ".join(
        said for said in ("Signalement" if row.is_report else "", channels.DESK.get(row.channel, "")) if said
    )


def _alert(row: InboxRow) -> str:
    waiting = [
        said for said, is_so in (("un message à lire", row.has_message), ("une tâche à faire", row.has_task)) if is_so
    ]
    return ", ".join(waiting).capitalize()
