"""The first time a citizen opens a decision, on its page or as its letter, is noted (CRPA L112-15)."""

from __future__ import annotations

from starlette.responses import Response

from grc.access.actors import Visitor
from grc.submissions import consultations, queries
from grc.submissions.models import Decision
from grc.submissions.queries import Whole
from grc.web import downloads
from grc.web.citizen import messages, tracking
from grc.web.visit import Visit


async def show(visit: Visit[Visitor]) -> Response:
    """A demande: what to do first, where it is, what was said; a decision shown for the first time is noted."""
    found: Whole = await visit.read(queries.whole, visit.path["reference"])
    response = await tracking.page_of(visit, found, messages.panel(visit, found))
    await _note(visit, consultations.unread(found))
    return response


async def letter(visit: Visit[Visitor]) -> Response:
    """A letter; that of a decision, opened for the first time, is noted as consulted."""
    response = await downloads.letter(visit)
    found: Whole = await visit.read(queries.whole, visit.path["reference"])
    await _note(visit, consultations.of_letter(found, int(visit.path["letter"])))
    return response


async def _note(visit: Visit[Visitor], decision: Decision | None) -> None:
    """Records the consultation; not for a page fetched ahead by a browser, nor for its headers alone."""
    asked = visit.request
    is_ahead = "prefetch" in f"{asked.headers.get('sec-purpose', '')} {asked.headers.get('purpose', '')}"
    if decision is None or decision.id is None or is_ahead or asked.method != "GET":
        return
    await visit.write(consultations.consult, visit.authority, visit.path["reference"], decision.id)
