"""The consent to be notified of decisions electronically, with the effect of a registered letter (CRPA L112-15)."""

from __future__ import annotations

from starlette.responses import Response

from grc import clock
from grc.access.actors import Visitor
from grc.errors import Conflict
from grc.receipts import wording
from grc.submissions import consultations, phases, queries
from grc.submissions.queries import Whole
from grc.web.citizen import views
from grc.web.framing import citizen_frame
from grc.web.visit import Visit

PAGE = "notification"


def is_offered(found: Whole) -> bool:
    """Whether the choice is open: a demande not yet ended, with an address, whose decisions do not go on paper."""
    row = found.submission
    return row.phase in phases.OPEN and bool(row.contact_email) and not row.on_paper and not row.is_report


async def show(visit: Visit[Visitor]) -> Response:
    """What the consent means, and its button; or the way to end it."""
    found: Whole = await visit.read(queries.whole, visit.path["reference"])
    if not is_offered(found):
        raise Conflict("Ce choix n’est plus ouvert pour cette demande.")
    given_at = consultations.consented_at(found.events)
    row = found.submission
    page = views.NotificationPage(
        reference=row.reference,
        title=found.procedure.title,
        action=visit.links.submission(row.reference, PAGE),
        back=visit.links.submission(row.reference),
        email=row.contact_email,
        given=wording.moment(clock.local(visit.authority.zone, given_at), visit.authority.zone) if given_at else "",
    )
    return visit.page("citizen/notification.html", frame=citizen_frame(visit), page=page)


async def choose(visit: Visit[Visitor]) -> Response:
    """The consent given, or taken back."""
    posted = await visit.form()
    given, reference = posted.one("accord") == "oui", visit.path["reference"]
    await visit.write(consultations.consent, visit.authority, reference, given=given)
    return visit.redirect(f"{visit.links.submission(reference)}?fait={'accord' if given else 'accord-fin'}")
