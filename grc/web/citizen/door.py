"""The one way in for citizens: by FranceConnect, by a link sent to their address, or by a password."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import Visitor
from grc.citizens import accounts
from grc.db import keyring_of
from grc.sessions import commands as sessions
from grc.sessions import records
from grc.sessions.commands import NewSession
from grc.submissions import drafts
from grc.web import devices
from grc.web.visit import Visit

_LOG = logging.getLogger("grc.sign_in")


async def admit(
    visit: Visit[Visitor],
    citizen: int,
    *,
    means: str,
    shown_name: str,
    following: str,
    acr: str = "",
    id_token: str = "",
) -> Response:
    """The page asked for, with the cookie of the account's session, opened under a new token.

    citizen: key of the account. means: as in SignInRecord. following: a path that safe_next allowed. id_token: what
    the provider's logout asks for.
    """
    new = await visit.write(
        enter, citizen, means=means, shown_name=shown_name, acr=acr, id_token=id_token, device=device_of(visit)
    )
    return opened(visit, new, means=means, following=following)


def opened(visit: Visit[Visitor], new: NewSession, *, means: str, following: str) -> Response:
    """The page asked for, with the cookie of a session that `enter` has just opened."""
    _LOG.info("sign-in %s %s opened", visit.authority.slug, means)
    return visit.with_session(visit.redirect(following), new)


def enter(
    session: Session,
    citizen: int,
    *,
    means: str,
    shown_name: str,
    device: str,
    by: Visitor,
    now: datetime,
    acr: str = "",
    id_token: str = "",
) -> NewSession:
    """The account's session, under a new token, and the trace of it: for who is already in a transaction.

    Drafts and demandes that the browser had open stay open in it, and end with it: they do not enter the account,
    since the computer may be shared. What another account had open here does not follow: its session is closed. Raises
    NotFound for an account closed since its password was right.
    """
    follows = by.citizen_id in (None, citizen)
    account = accounts.open_row(session, by.authority_id, citizen)
    account.signed_in_at = now
    session.add(account)
    new = sessions.open_session(
        session,
        authority_id=by.authority_id,
        public="citizen",
        now=now,
        citizen_id=citizen,
        shown_name=shown_name[:300],
        granted=tuple(sorted(by.granted)) if follows else (),
        sealed_id_token=keyring_of(session).seal(id_token) if id_token else None,
        means=means,
        acr=acr,
        device=device,
    )
    records.record(
        session, by.authority_id, means=means, outcome=records.OPENED, now=now, citizen_id=citizen, device=device
    )
    if by.session_id is not None:
        if follows:
            drafts.follow(session, old_session_id=by.session_id, new_session_id=new.id)
        sessions.close(session, by.session_id)
    return new


def refuse(
    session: Session,
    *,
    means: str,
    outcome: str,
    device: str,
    by: Visitor,
    now: datetime,
    citizen: int | None = None,
    detail: str = "",
) -> None:
    """The trace of a sign-in that opened nothing. outcome: our code; detail: the provider's, "" for none."""
    records.record(
        session,
        by.authority_id,
        means=means,
        outcome=outcome,
        now=now,
        citizen_id=citizen,
        detail=detail,
        device=device,
    )


def device_of(visit: Visit[Visitor]) -> str:
    """The browser of this request, in words."""
    return devices.words(visit.request.headers.get("user-agent", ""))
