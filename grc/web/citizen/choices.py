"""The buttons that a workflow gives to who made the demande, on its page: one post each.

What gives back or closes has a page between (`asking`), as withdrawing has.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.responses import Response

from grc.access.actors import Visitor
from grc.submissions import choosing
from grc.submissions.queries import Whole
from grc.web.citizen import views
from grc.web.openings import open_to
from grc.web.visit import Visit
from grc.workflow.definition import KNOWN_EVENTS, Transition

PAGE = "choix"


def offers(visit: Visit[Visitor], found: Whole) -> Iterator[views.Offer]:
    """One for each event of their own that they may choose now, in the order of the workflow."""
    for each in open_to(visit.actor, found):
        if each.event in KNOWN_EVENTS or not each.label:
            continue
        yield views.Offer(
            id=f"{PAGE}-{each.event}",
            title=each.question or each.label,
            sentences=[each.confirm] if each.confirm else [],
            button=each.label,
            **_way(visit, found, each),
        )


def _way(visit: Visit[Visitor], found: Whole, each: Transition) -> dict[str, Any]:
    """Where the button leads: to the last question, or straight to the act."""
    row = found.submission
    if choosing.asks_first(found.procedure.workflow, each):
        return {"href": visit.links.submission(row.reference, f"{PAGE}/{each.event}")}
    action = visit.links.submission(row.reference, PAGE)
    return {"action": action, "fields": [("event", each.event), ("revision", str(row.revision))]}


async def choose(visit: Visit[Visitor]) -> Response:
    """The event, taken; the page tells where it led."""
    posted = await visit.form()
    reference, event = visit.path["reference"], posted.one("event")
    await visit.write(choosing.choose, visit.authority, reference, event, revision=posted.revision)
    visit.platform.wake()
    return visit.redirect(f"{visit.links.submission(reference)}?fait={PAGE}")
