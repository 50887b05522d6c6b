"""One's data in one demande, with its code or its account: taken away, and the rights exercised."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from grc.access.actors import Visitor
from grc.errors import Conflict, Invalid, Problem, TooMany
from grc.receipts import wording
from grc.submissions import queries, rights
from grc.submissions.queries import Whole
from grc.web.citizen import account_views as views
from grc.web.citizen import privacy
from grc.web.flashes import with_flash
from grc.web.frame import Problems
from grc.web.framing import citizen_frame
from grc.web.visit import Visit

PAGE, EXPORT = "donnees", "donnees.zip"


async def show(visit: Visit[Visitor]) -> Response:
    """What is kept, until when, and what may be asked."""
    found: Whole = await visit.read(queries.whole, visit.path["reference"])
    return await _page(visit, found)


async def ask(visit: Visit[Visitor]) -> Response:
    """A right exercised: the service owes an answer within a month."""
    posted = await visit.form()
    reference, right, words = visit.path["reference"], posted.one("right"), posted.text("text")
    try:
        await visit.write(rights.ask, visit.authority, reference, right, words, client=visit.client_address)
    except (Invalid, Conflict, TooMany) as refusal:
        found: Whole = await visit.read(queries.whole, reference)
        problems = list(refusal.problems) if isinstance(refusal, Invalid) else []
        code = 429 if isinstance(refusal, TooMany) else 409 if isinstance(refusal, Conflict) else 422
        problems = problems or [Problem("text", "refused", refusal.message)]
        return await _page(visit, found, chosen=right, typed=words, problems=problems, code=code)
    visit.platform.wake()
    return visit.redirect(f"{visit.links.submission(reference, PAGE)}?fait=droit")


async def _page(
    visit: Visit[Visitor],
    found: Whole,
    *,
    chosen: str = "",
    typed: str = "",
    problems: Sequence[Problem] = (),
    code: int = 200,
) -> Response:
    row, links = found.submission, visit.links
    page = views.RightsPage(
        reference=row.reference,
        title=found.procedure.title,
        action=links.submission(row.reference, PAGE),
        back=links.submission(row.reference),
        export=links.submission(row.reference, EXPORT),
        kept=_kept(found),
        officer=visit.authority.data_protection_contact,
        rights=[(name, one.ask, one.hint) for name, one in rights.RIGHTS.items()],
        asked=rights.asked(found.events),
        chosen=chosen,
        typed=typed,
        problems=Problems(problems),
        exercise=await privacy.where_to_exercise(visit),
    )
    frame = with_flash(citizen_frame(visit), visit.query.get("fait", ""))
    return visit.page("citizen/rights.html", code=code, frame=frame, page=page)


def _kept(found: Whole) -> list[str]:
    """How long this demande is kept: its procedure's words, and its own day once it has ended for good."""
    until = found.submission.retained_until
    said = [found.procedure.notice.retention_text]
    if until is not None and not found.procedure.workflow.state(found.submission.state).ongoing:
        said.append(f"Pour cette demande : jusqu’au {wording.short_date(until)}, puis sur l’accord des archives.")
    return said
