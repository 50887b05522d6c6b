"""What a citizen writes to the service: posted, refused with its words kept, or sent."""

from __future__ import annotations

from starlette.responses import Response

from grc.access.actors import Visitor
from grc.errors import Conflict, Invalid, NotFound, Problem, TooMany
from grc.submissions import queries, thread
from grc.submissions.queries import Whole
from grc.web import exchange, uploads
from grc.web.citizen import messages, tracking
from grc.web.exchange import Taken
from grc.web.visit import Visit


async def send(visit: Visit[Visitor]) -> Response:
    """A message to the service; whatever is refused, the words stay in the form."""
    await visit.form(max_files=uploads.MOST_AT_ONCE)
    reference = visit.path["reference"]
    try:
        found: Whole = await visit.read(queries.whole, reference)
    except NotFound:
        return tracking.ask_code(visit, written=visit.request.state.posted.text(exchange.TEXT))
    if not thread.may_be_written_to(found.submission):
        return await _again(visit, found, Taken(visit.request.state.posted.text(exchange.TEXT)), code=409)
    taken = await exchange.take(visit, found, sender="citizen", what="votre message")
    if taken.problems:
        return await _again(visit, found, taken)
    try:
        async with uploads.kept_by(visit.platform.storage, taken.kept):
            added = await visit.write(
                thread.send, visit.authority, reference, taken.written, client=visit.client_address
            )
    except (Invalid, TooMany, Conflict) as refusal:
        return await _refused(visit, taken, refusal)
    if not added:
        await uploads.forget(visit.platform.storage, [file.key for file in taken.kept])
    visit.platform.wake()
    return visit.redirect(f"{visit.links.submission(reference)}?fait=message")


async def _refused(visit: Visit[Visitor], taken: Taken, refusal: Invalid | TooMany | Conflict) -> Response:
    found: Whole = await visit.read(queries.whole, visit.path["reference"])
    problems = list(refusal.problems) if isinstance(refusal, Invalid) else []
    problems = problems or [Problem(exchange.TEXT, "refused", refusal.message)]
    code = 422 if isinstance(refusal, Invalid) else 429 if isinstance(refusal, TooMany) else 409
    return await _again(visit, found, Taken(taken.text, problems=problems), code=code)


async def _again(visit: Visit[Visitor], found: Whole, taken: Taken, *, code: int = 422) -> Response:
    """The demande once more, with the words in the form, or beside it when nothing may be written any more."""
    return await tracking.page_of(visit, found, messages.panel(visit, found, taken), code=code)
