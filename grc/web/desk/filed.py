"""A demande just filed at the desk: the receipt to print or to be mailed, the tracking code on a page of its own."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from grc.access.actors import Visitor
from grc.errors import NotFound
from grc.receipts import PaperReceipt, wording
from grc.submissions import notices
from grc.submissions.queries import Whole
from grc.web import channels
from grc.web.citizen import filing
from grc.web.desk import views
from grc.web.framing import citizen_frame
from grc.web.links import Links
from grc.web.visit import Visit

EXEMPT = {
    "mere_issue": "Aucun accusé n’est dû : la demande tend à la seule délivrance d’un document ou d’un service.",
    "short_period": "Aucun accusé n’est dû : la décision est acquise au bout de quinze jours au plus.",
}
_SILENCE = {
    "rejection": " Sans réponse, la demande est refusée.",
    "acceptance": " Sans réponse, la demande est acceptée.",
}
"""What silence decides, by rule, after the day on which it does."""


async def confirm(visit: Visit[Visitor]) -> Response:
    """What to hand over, and what the person receives."""
    found, code = await visit.read(filing.confirmed, visit.path["draft"], now=visit.now)
    row, links = found.submission, visit.links
    data: dict[str, Any] = found.events[0].data
    page = views.FiledPage(
        reference=row.reference,
        procedure=found.procedure.title,
        applicant=row.applicant_name,
        how=channels.DESK.get(row.channel, row.channel),
        received_on=row.first_received_on,
        href=links.agent_submission(row.reference),
        next=links.agents("saisies"),
        letter=_letter(visit, found),
        email=row.contact_email,
        exempt=EXEMPT.get(str(data.get("exempt")), ""),
        code=links.draft(visit.path["draft"], "code") if code else "",
        is_report=row.is_report,
        due=_due(found),
    )
    return visit.page("agents/desk/filed.html", frame=citizen_frame(visit), page=page)


async def show_code(visit: Visit[Visitor]) -> Response:
    """The tracking code to hand over, for an hour; never on the receipt."""
    found, code = await visit.read(filing.confirmed, visit.path["draft"], now=visit.now)
    if not code:
        raise NotFound("Le code de suivi ne s’affiche qu’une heure. La personne peut téléphoner au service.")
    base = visit.platform.config.base_url
    if visit.authority.domain and not visit.tenant.root:
        base = f"{base.split('://', 1)[0]}://{visit.authority.domain}"
    page = views.CodePage(
        authority=visit.authority.name,
        reference=found.submission.reference,
        procedure=found.procedure.title,
        code=code,
        where=base + Links(visit.tenant.root).track(),
        back=visit.links.draft(visit.path["draft"], "confirmation"),
    )
    return visit.page("agents/desk/code.html", frame=citizen_frame(visit), page=page)


def _letter(visit: Visit[Visitor], found: Whole) -> str:
    """The address of the receipt to print, "" where no task asks for it."""
    printed = {task.notice_id for task in found.tasks if task.kind == notices.PRINT_LETTER}
    receipt = next((one for one in found.notices if one.kind == PaperReceipt.KIND and one.id in printed), None)
    if receipt is None:
        return ""
    return visit.links.agent_submission(found.submission.reference, f"lettres/{receipt.id}")


def _due(found: Whole) -> tuple[str, ...]:
    if found.submission.silence_on is None:
        return ()
    day = wording.long_date(found.submission.silence_on)
    return (wording.typeset(f"La commune répond avant le {day}.{_SILENCE.get(found.submission.silence_rule, '')}"),)
