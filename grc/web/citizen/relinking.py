"""The code that a citizen tells an agent, so that an account of before is attached to the one that is signed in."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session
from starlette.responses import Response

from grc import clock
from grc.access.actors import Visitor
from grc.citizens import relinking
from grc.receipts import wording
from grc.sessions import limits
from grc.web.citizen.relinking_views import RelinkCodePage
from grc.web.framing import citizen_frame
from grc.web.site import SignInNeeded
from grc.web.visit import Visit

PAGE = "rattachement"


async def show(visit: Visit[Visitor]) -> Response:
    """How one finds the demandes of an account of before again."""
    _signed_in(visit)
    until = await visit.read(_pending, now=visit.now)
    return _page(visit, until=until)


async def give_code(visit: Visit[Visitor]) -> Response:
    """A code, shown once; a former one is void."""
    _signed_in(visit)
    posted = await visit.form()
    by = posted.one("by") if posted.one("by") in relinking.LASTS else "counter"
    code, until = await visit.write(_give, by)
    return _page(visit, code=code, until=until)


def _signed_in(visit: Visit[Visitor]) -> None:
    if visit.actor.citizen_id is None:
        raise SignInNeeded(visit.links.door(following=visit.links.account(PAGE)))


def _pending(session: Session, *, by: Visitor, now: datetime) -> datetime | None:
    assert by.citizen_id is not None  # noqa: S101 - _signed_in
    return relinking.pending_until(session, by.authority_id, by.citizen_id, now=now)


def _give(session: Session, by_way: str, *, by: Visitor, now: datetime) -> tuple[str, datetime]:
    assert by.citizen_id is not None  # noqa: S101 - _signed_in
    limits.hit(session, (limits.RELINK_CODES, f"citizen:{by.citizen_id}"), authority_id=by.authority_id, now=now)
    mine = (by.authority_id, by.citizen_id)
    return relinking.give_code(session, *mine, by=by_way, session_id=by.session_id, now=now)


def _page(visit: Visit[Visitor], *, code: str = "", until: datetime | None = None) -> Response:
    zone = visit.authority.zone
    page = RelinkCodePage(
        action=visit.links.account(PAGE),
        back=visit.links.my_submissions(),
        code=code,
        until=wording.moment(clock.local(zone, until), zone) if until else "",
        contact=visit.authority.address_lines,
        telephone=visit.authority.telephone,
    )
    return visit.page("citizen/relinking.html", frame=citizen_frame(visit), page=page)
