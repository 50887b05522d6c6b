"""Signing in with FranceConnect, and out of both sessions. Never the only door."""

from __future__ import annotations

import logging
from datetime import datetime
from urllib.parse import urlencode

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import Visitor
from grc.authorities import clients
from grc.citizens import commands as citizens
from grc.db import keyring_of
from grc.errors import Forbidden, Unavailable
from grc.franceconnect.callback import Ending, LoginRefused, Transaction, check_callback
from grc.franceconnect.claims import PivotIdentity
from grc.franceconnect.provider import Provider, SignedIn
from grc.sessions import commands as sessions
from grc.sessions import limits
from grc.sessions.commands import NewSession
from grc.web import partners, troubles
from grc.web.citizen import door
from grc.web.links import safe_next
from grc.web.visit import Visit

_PROVIDER = "franceconnect"
_LEAVING = "sortie"
"""The cookie that holds the state of a logout under way."""
_LOG = logging.getLogger("grc.franceconnect")


async def begin(visit: Visit[Visitor]) -> Response:
    """Off to the provider, with a transaction kept in this browser's session. Begun by a POST of ours."""
    await visit.form()
    asked = safe_next(visit.query.get("suite", ""), root=visit.tenant.root) or visit.links.my_submissions()
    if visit.actor.citizen_id is not None:
        return visit.redirect(asked)
    provider = await _provider(visit)
    try:
        authorization = await visit.platform.franceconnect.authorization(provider)
    except Unavailable:
        await visit.write(_not_begun, client=visit.client_address, device=door.device_of(visit))
        return visit.redirect(_trouble(asked, Ending.UNAVAILABLE))
    new = await visit.write(
        partners.keep, authorization, asked, provider=_PROVIDER, public="citizen", client=visit.client_address
    )
    response = visit.redirect(authorization.url)
    return response if new is None else visit.with_session(response, new)


async def arrive(visit: Visit[Visitor]) -> Response:
    """Back from the provider: the transaction is used up first, then the code; a refusal ends no session."""
    taken: tuple[Transaction, str] | None = None
    if visit.actor.session_id is not None:
        taken = await visit.write(partners.take, visit.query.get("state", ""), provider=_PROVIDER)
    transaction, kept = taken if taken is not None else (None, "")
    asked = safe_next(kept, root=visit.tenant.root) or visit.links.my_submissions()
    try:
        found = await _identified(visit, transaction)
    except LoginRefused as refusal:
        await _trace(
            visit, refusal.code, refusal.detail, began=transaction is not None, alerts=refusal.alerts_operators
        )
        return partners.leak_nothing(visit.redirect(_after(visit, asked, refusal.ending)))
    except Unavailable:
        await _trace(visit, "unavailable", "", began=True)
        return partners.leak_nothing(visit.redirect(_after(visit, asked, Ending.UNAVAILABLE)))
    new = await visit.write(_open, found, device=door.device_of(visit))
    _LOG.info("sign-in %s %s opened", visit.authority.slug, _PROVIDER)
    return partners.leak_nothing(visit.with_session(visit.redirect(asked), new))


async def _identified(visit: Visit[Visitor], transaction: Transaction | None) -> SignedIn:
    """Who the provider vouches for, once every check passed; raises LoginRefused or Unavailable."""
    code = check_callback(visit.request.query_params.multi_items(), transaction, now=visit.now)
    assert transaction is not None  # noqa: S101 - check_callback refuses None
    provider = await _provider(visit)
    if provider.issuer != transaction.issuer:
        raise LoginRefused("issuer")
    return await visit.platform.franceconnect.exchange(
        provider, code=code, nonce=transaction.nonce, verifier=transaction.verifier
    )


async def sign_out(visit: Visit[Visitor]) -> Response:
    """Closes our session, then the provider's: one button for both."""
    await visit.form()
    home = f"{visit.links.home()}?fait=sortie"
    id_token = await visit.write(_close)
    provider = await visit.read(_registered, partners.root_of(visit)) if id_token else None
    if provider is None:
        return visit.without_session(visit.redirect(home))
    return await partners.leave(visit, provider, id_token=id_token, home=home, cookie=_LEAVING)


async def signed_out(visit: Visit[Visitor]) -> Response:
    """Back from the provider's logout, with the state that left; leads home, whatever the query says."""
    home = visit.links.home()
    return partners.returned(visit, home=home, told=f"{home}?fait=sortie", cookie=_LEAVING)


def _registered(session: Session, root: str, *, by: Visitor) -> Provider | None:
    return clients.provider(session, by.authority_id, _PROVIDER, root=root)


async def _provider(visit: Visit[Visitor]) -> Provider:
    """The authority's client; raises Forbidden where it has none."""
    found: Provider | None = await visit.read(_registered, partners.root_of(visit))
    if found is None:
        raise Forbidden("Cette commune ne propose pas cette connexion. Continuez sans compte.")
    return found


def _not_begun(session: Session, *, client: str, device: str, by: Visitor, now: datetime) -> None:
    """The trace of a sign-in that the provider's silence ended before it began, within the limit of sign-ins."""
    limits.hit(session, (limits.SIGN_INS, client), authority_id=by.authority_id, now=now)
    door.refuse(session, means=_PROVIDER, outcome="unavailable", device=device, by=by, now=now)


def _open(session: Session, found: SignedIn, *, device: str, by: Visitor, now: datetime) -> NewSession:
    """The account's session, its identity refreshed."""
    account = citizens.signed_in(session, by.authority_id, found.identity, now=now)
    assert account.id is not None  # noqa: S101 - it was just flushed
    return door.enter(
        session,
        account.id,
        means=_PROVIDER,
        shown_name=_shown_name(found.identity),
        device=device,
        by=by,
        now=now,
        acr=found.acr,
        id_token=found.id_token,
    )


def _close(session: Session, *, by: Visitor, now: datetime) -> str:
    sealed = None if by.session_id is None else sessions.close(session, by.session_id)
    return keyring_of(session).open(sealed) if sealed else ""


def _shown_name(identity: PivotIdentity) -> str:
    first = identity.given_names[0] if identity.given_names else identity.given_name
    return f"{first} {identity.preferred_username or identity.family_name}".strip()[:300]


def _after(visit: Visit[Visitor], asked: str, ending: Ending) -> str:
    """Where a sign-in that opened nothing leads. A callback seen twice is no trouble for who is signed in already."""
    if ending is Ending.EXPIRED and visit.actor.citizen_id is not None:
        return asked
    return _trouble(asked, ending)


def _trouble(asked: str, ending: Ending) -> str:
    return f"{asked}{'&' if '?' in asked else '?'}{urlencode({'souci': troubles.NAMES[ending]})}"


async def _trace(visit: Visit[Visitor], code: str, detail: str, *, began: bool, alerts: bool = False) -> None:
    """Each sign-in that opened nothing leaves a trace: our code and the provider's, never a name nor a token.

    A callback that no sign-in of this browser began is told to the log alone: anybody can send any number of them.
    """
    level = logging.ERROR if alerts else logging.INFO
    _LOG.log(level, "sign-in %s refused: %s %s", visit.authority.slug, code, detail)
    if began:
        device = door.device_of(visit)
        await visit.write(door.refuse, means=_PROVIDER, outcome=code, device=device, detail=detail)
