"""Where a citizen’s page leads next: pages to edit, a link, other demandes, what agents let them read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from grc import clock
from grc.access.actors import Visitor
from grc.catalogue import queries as catalogue
from grc.errors import NotFound
from grc.forms import summary
from grc.submissions import edits, surroundings
from grc.submissions.linking import Linked
from grc.submissions.queries import Whole
from grc.submissions.surroundings import Surroundings
from grc.web import appointments
from grc.web.appointments import Fixed
from grc.web.visit import Visit

_TO_CITIZEN = "citizen"


@dataclass(frozen=True)
class Step:
    """Another procedure or demande. posts: whether it begins by a POST."""

    text: str
    href: str
    posts: bool


@dataclass(frozen=True)
class Told:
    """A form of agents that the workflow lets the citizen read."""

    title: str
    at: datetime
    lines: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Onward:
    """edit: where pages are edited, or ""; pages: their titles. url, label: a link of the workflow, or ""."""

    edit: str = ""
    pages: Sequence[str] = ()
    url: str = ""
    label: str = ""
    steps: Sequence[Step] = ()
    told: Sequence[Told] = ()
    appointment: Fixed | None = None


async def of(visit: Visit[Visitor], found: Whole) -> Onward:
    """What stands beside the citizen's demande."""

    def read(session: Session, *, by: Visitor) -> tuple[Surroundings, dict[str, str]]:
        around = surroundings.of(session, found.submission, found.procedure, visit.authority.zone)
        slugs = {each.slug for each in around.links if each.leads and not each.reference}
        return around, {slug: title for slug in slugs if (title := _title(session, by.authority_id, slug, visit.today))}

    around, titles = await visit.read(read)
    row = found.submission
    pages = edits.opened(row, found.procedure)
    leads = row.redirect or {}
    return Onward(
        edit=visit.links.submission(row.reference, "modification") if pages else "",
        pages=[page.title for page in pages],
        url=str(leads.get("url", "")),
        label=str(leads.get("label", "")),
        steps=[step for each in around.links if (step := _step(visit, found, each, titles)) is not None],
        told=_told(visit, found, around),
        appointment=appointments.of(visit, found, page=visit.links.submission(row.reference)),
    )


def _title(session: Session, authority_id: int, slug: str, day: date) -> str:
    """The title of a procedure that is published and open, "" for any other."""
    try:
        offered = catalogue.published(session, authority_id, slug)
    except NotFound:
        return ""
    return offered.procedure.title if offered.is_open_on(day) else ""


def _step(visit: Visit[Visitor], found: Whole, link: Linked, titles: dict[str, str]) -> Step | None:
    if link.reference:
        word = "La demande que vous avez faite ensuite" if link.leads else "La demande qui a mené à celle-ci"
        return Step(f"{word} : {link.reference}", visit.links.submission(link.reference), posts=False)
    if link.leads and link.slug in titles:
        href = visit.links.submission(found.submission.reference, f"suites/{link.id}")
        return Step(f"Faire la démarche « {titles[link.slug]} »", href, posts=True)
    return None


def _told(visit: Visit[Visitor], found: Whole, around: Surroundings) -> list[Told]:
    known, declared = found.procedure.agent_forms, found.procedure.workflow.forms
    return [
        Told(
            title=known[each.form].pages[0].title,
            at=clock.local(visit.authority.zone, each.at),
            lines=[
                (line.label, line.text)
                for section in summary.sections(known[each.form], each.answers)
                for line in section.lines
            ],
        )
        for each in around.forms
        if each.form in known and declared[each.form].shown == _TO_CITIZEN
    ]
