"""One commune as its syndicate sees it: twelve months of counts, drawn and told, and what to look at."""

from __future__ import annotations

from sqlmodel import Session
from starlette.responses import Response

from grc import clock
from grc.access.actors import AgentActor
from grc.authorities import queries
from grc.authorities.views import AuthorityView
from grc.errors import NotFound
from grc.outbox import standing
from grc.outbox.delivery import Health
from grc.submissions import figures
from grc.submissions.figures import SYNDICATE, Monthly
from grc.web.framing import agent_frame
from grc.web.syndicate import bars, health, words
from grc.web.syndicate.communes import PATH, admit
from grc.web.syndicate.views import CommunePage, MonthRow
from grc.web.visit import Visit


async def show(visit: Visit[AgentActor]) -> Response:
    """The page of a commune; 404 for what is none of this installation."""
    admit(visit)
    slug = visit.path["slug"]
    one, months, mails = await visit.platform.db.read(lambda session: _found(session, slug), scope=None)
    shown = months[: figures.MONTHS]
    bars_of = [(words.short_month(each.month), each.counts.total, each.counts.decided) for each in reversed(shown)]
    page = CommunePage(
        name=one.name,
        kind=words.KINDS.get(one.kind, one.kind),
        back=visit.links.agents(PATH),
        csv=visit.links.agents(f"{PATH}/communes/{one.slug}/chiffres.csv"),
        months=[_row(each) for each in shown],
        drawing=bars.drawing(bars_of) if shown else None,
        remarks=health.remarks(one, mails, today=visit.today, now=visit.now),
        pending=mails.pending,
        dead=mails.dead,
        attestation=health.ends(one.texts),
        counted_at=clock.local(visit.authority.zone, shown[0].computed_at) if shown else None,
    )
    return visit.page("syndicate/commune.html", frame=agent_frame(visit), page=page)


def found_commune(session: Session, slug: str) -> AuthorityView:
    """A commune of the installation; raises NotFound, for the syndicate itself too."""
    one = queries.authority_of_slug(session, slug)
    if one is None or one.kind == SYNDICATE:
        raise NotFound("Cette collectivité n’est pas de cette installation.")
    return one


def _found(session: Session, slug: str) -> tuple[AuthorityView, list[Monthly], Health]:
    one = found_commune(session, slug)
    mails = standing.by_authority(session).get(one.id, Health(0, None, 0))
    return one, figures.months_of(session, one.id), mails


def _row(each: Monthly) -> MonthRow:
    counts = each.counts
    return MonthRow(
        name=words.month(each.month),
        received=counts.total,
        channels=words.channels(counts.received),
        decided=counts.decided,
        implied=counts.implied,
        withdrawn=counts.withdrawn,
        open=counts.open,
        overdue=counts.overdue,
        median=words.days(counts.median_days),
        p90=words.days(counts.p90_days),
        refused=counts.refused,
    )
