"""The last question before what cannot be undone: a demande withdrawn, an appointment cancelled, a place given back."""

from __future__ import annotations

from starlette.responses import Response

from grc.access.actors import Visitor
from grc.errors import Conflict
from grc.submissions import queries
from grc.submissions.queries import Whole
from grc.web.citizen import choices, views
from grc.web.framing import citizen_frame
from grc.web.openings import open_to, withdrawing
from grc.web.visit import Visit
from grc.workflow.definition import KNOWN_EVENTS, Transition

_TOLD = "Nous vous le confirmons par courriel."


async def before_withdrawing(visit: Visit[Visitor]) -> Response:
    """The last question before a demande is withdrawn."""
    found: Whole = await visit.read(queries.whole, visit.path["reference"])
    leaving = withdrawing(visit.actor, found)
    if leaving is None:
        raise Conflict("Cette demande a déjà sa réponse, ou vous l’avez déjà retirée. Il n’y a plus rien à retirer.")
    return _page(visit, found, leaving, "retrait")


async def before_choosing(visit: Visit[Visitor]) -> Response:
    """The last question before an event of their own; raises Conflict for one that is not open to them now."""
    found: Whole = await visit.read(queries.whole, visit.path["reference"])
    opened = (each for each in open_to(visit.actor, found) if each.event not in KNOWN_EVENTS and each.label)
    chosen = next((each for each in opened if each.event == visit.path["event"]), None)
    if chosen is None:
        raise Conflict("Cela ne se fait plus ici. Revenez à votre demande, pour voir où elle en est.")
    return _page(visit, found, chosen, choices.PAGE, event=chosen.event)


def _page(visit: Visit[Visitor], found: Whole, leaving: Transition, path: str, *, event: str = "") -> Response:
    row = found.submission
    page = views.WithdrawalPage(
        reference=row.reference,
        title=found.procedure.title,
        action=visit.links.submission(row.reference, path),
        back=visit.links.submission(row.reference),
        revision=row.revision,
        label=leaving.label,
        consequences=[
            each for each in (leaving.confirm, _TOLD if row.contact_email and _writes(leaving) else "") if each
        ],
        event=event,
    )
    return visit.page("citizen/withdrawal.html", frame=citizen_frame(visit), page=page)


def _writes(leaving: Transition) -> bool:
    return any(each.type == "mail" and each.params.get("to") == "citizen" for each in leaving.actions)
