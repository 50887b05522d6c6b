"""What a sign-in at an identity provider needs for either public: kept, taken back once, no leak, the way out."""

from __future__ import annotations

import hmac
from datetime import datetime

from sqlmodel import Session
from starlette.responses import Response

from grc import references
from grc.access.actors import Visitor
from grc.citizens import commands as sign_ins
from grc.errors import Unavailable
from grc.franceconnect.callback import Transaction
from grc.franceconnect.provider import Authorization, Provider
from grc.sessions import commands as sessions
from grc.sessions import limits
from grc.sessions.commands import NewSession
from grc.web import cookies
from grc.web.visit import A, Visit

_LEAVING_SECONDS = 600


def root_of(visit: Visit[A]) -> str:
    """The absolute address where the authority's pages begin, on which its registered addresses stand."""
    base = visit.platform.config.base_url
    if visit.authority.domain and not visit.tenant.outside:
        base = f"{base.split('://', 1)[0]}://{visit.authority.domain}"
    return base + visit.tenant.outside


def keep(
    session: Session,
    begun: Authorization,
    asked: str,
    *,
    provider: str,
    public: str,
    client: str,
    by: Visitor,
    now: datetime,
) -> NewSession | None:
    """Stores the transaction in the browser's session; gives the session where there was none and one was opened.

    asked: the page of ours that the sign-in leads to. Raises TooMany.
    """
    limits.hit(session, (limits.SIGN_INS, client), authority_id=by.authority_id, now=now)
    new = None
    session_id = by.session_id
    if session_id is None:
        new = sessions.open_session(session, authority_id=by.authority_id, public=public, now=now)
        session_id = new.id
    sign_ins.begin_sign_in(
        session,
        authority_id=by.authority_id,
        session_id=session_id,
        provider=provider,
        issuer=begun.issuer,
        state=begun.state,
        nonce=begun.nonce,
        next_path=asked,
        now=now,
        verifier=begun.verifier,
        requires_iss=begun.requires_iss,
    )
    return new


def take(session: Session, state: str, *, provider: str, by: Visitor, now: datetime) -> tuple[Transaction, str] | None:
    """The transaction of this state, begun in this browser, and the page it leads to; used up by this."""
    return sign_ins.take_sign_in(
        session, authority_id=by.authority_id, session_id=by.session_id, provider=provider, state=state
    )


def leak_nothing(response: Response) -> Response:
    """The response to an address that holds a code: nothing may repeat it or keep it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


async def leave(visit: Visit[A], provider: Provider, *, id_token: str, home: str, cookie: str) -> Response:
    """To the provider's logout, once our session is closed; home where it has none or does not answer.

    cookie: the name that keeps, for ten minutes, the state compared at the return.
    """
    state = references.new_token()
    try:
        url = await visit.platform.franceconnect.logout_url(provider, id_token=id_token, state=state)
    except Unavailable:
        return visit.without_session(visit.redirect(home))
    response = visit.without_session(visit.redirect(url))
    cookies.write(response, visit.platform.config, visit.tenant, cookie, state, seconds=_LEAVING_SECONDS)
    return response


def returned(visit: Visit[A], *, home: str, told: str, cookie: str) -> Response:
    """Back from the provider's logout: `told` when the state is the one that left, else home."""
    left = cookies.read(visit.request, visit.platform.config, visit.tenant, cookie)
    is_ours = bool(left) and hmac.compare_digest(left.encode(), visit.query.get("state", "").encode())
    response = visit.redirect(told if is_ours else home)
    cookies.forget(response, visit.platform.config, visit.tenant, cookie)
    return response
