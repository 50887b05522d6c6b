"""Signing in with ProConnect: who comes is told by ProConnect, who may come in and do what is ours alone."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import AgentActor, Visitor
from grc.authorities import attaching, clients, queries, vouching
from grc.authorities.attaching import PROVIDER
from grc.authorities.vouching import Vouched
from grc.db import keyring_of
from grc.errors import NotFound, Unavailable
from grc.franceconnect.callback import LoginRefused, Transaction, check_callback
from grc.franceconnect.provider import Provider, SignedIn
from grc.sessions import commands as sessions
from grc.sessions import records
from grc.sessions.commands import NewSession
from grc.sessions.models import BrowserSession
from grc.web import cookies, partners
from grc.web.agents import door
from grc.web.agents.proconnect_words import RefusalPage, code_of, name_of
from grc.web.framing import tenant_frame
from grc.web.links import safe_next
from grc.web.visit import A, Visit

BEGIN = "proconnect/connexion"
_LEAVING = "sortie-agent"
"""The cookie that holds the state of a logout under way."""
_CODE = "repere"
"""The cookie that holds the code to say to an administrator, until the page that shows it was seen."""
_CODE_SECONDS = 600
_REFUSED_LIFE = timedelta(minutes=30)
"""Of the session that only serves to close the one at ProConnect."""
_LOG = logging.getLogger("grc.proconnect")


async def begin(visit: Visit[Visitor]) -> Response:
    """Off to ProConnect, with a transaction kept in this browser's session. Nobody signed in is replaced."""
    posted = await visit.form()
    asked = safe_next(posted.text("next"), root=visit.tenant.root) or ""
    if await visit.read(_is_signed_in):
        return visit.redirect(asked or visit.links.agents())
    provider = await visit.read(_provider, partners.root_of(visit))
    if posted.one("autre") == "oui":
        provider = replace(provider, extra={**provider.extra, "prompt": "login"})
    try:
        begun = await visit.platform.franceconnect.authorization(provider)
    except Unavailable:
        return await _refused(visit, "unavailable", "indisponible", asked)
    new = await visit.write(partners.keep, begun, asked, provider=PROVIDER, public="agent", client=visit.client_address)
    response = visit.redirect(begun.url)
    return response if new is None else visit.with_session(response, new)


async def arrive(visit: Visit[Visitor]) -> Response:
    """Back from ProConnect: the transaction is used up first, then the code; a refusal ends no session."""
    taken: tuple[Transaction, str] | None = None
    if visit.actor.session_id is not None:
        taken = await visit.write(partners.take, visit.query.get("state", ""), provider=PROVIDER)
    transaction, asked = taken if taken is not None else (None, "")
    try:
        found = await _identified(visit, transaction)
    except LoginRefused as refusal:
        level = logging.ERROR if refusal.alerts_operators else logging.INFO
        _LOG.log(level, "sign-in %s refused: %s %s", visit.authority.slug, refusal.code, refusal.detail)
        if transaction is None:
            return partners.leak_nothing(await _not_begun(visit))
        return partners.leak_nothing(
            await _refused(visit, code_of(refusal), name_of(refusal), asked, detail=refusal.detail)
        )
    except Unavailable:
        return partners.leak_nothing(await _refused(visit, "unavailable", "indisponible", asked))
    return partners.leak_nothing(await _admitted(visit, found, asked))


async def show_refusal(visit: Visit[Visitor]) -> Response:
    """What an identity without account is told, whatever the reason; with the code to say, just after the arrival."""
    page = RefusalPage(
        begin=visit.links.agents(BEGIN),
        code=cookies.read(visit.request, visit.platform.config, visit.tenant, _CODE)[:20],
        telephone=visit.authority.telephone,
        email=visit.authority.email,
        leave=visit.links.agents("proconnect/sortie"),
        back=visit.links.agents("connexion"),
    )
    frame = tenant_frame(visit.tenant, space="Espace des agents")
    response = visit.page("agents/proconnect/refusal.html", frame=frame, page=page)
    response.headers["Cache-Control"] = "private, no-store"
    return response


async def sign_out(visit: Visit[Visitor]) -> Response:
    """Closes the session of this browser, then ProConnect's, for whom nothing was opened too."""
    await visit.form()
    return await leave(visit, await visit.write(_close))


async def leave(visit: Visit[A], sealed: str | None) -> Response:
    """The door, or ProConnect's logout first where our session, closed by now, came from there.

    sealed: the id_token that the session kept; None for none.
    """
    home = visit.links.agents("connexion")
    try:
        provider, id_token = await visit.read(_way_out, sealed, partners.root_of(visit))
    except NotFound:
        return visit.without_session(visit.redirect(home))
    return await partners.leave(visit, provider, id_token=id_token, home=home, cookie=_LEAVING)


async def signed_out(visit: Visit[Visitor]) -> Response:
    """Back from ProConnect's logout: the door."""
    home = visit.links.agents("connexion")
    return partners.returned(visit, home=home, told=visit.links.agents("connexion", fait="sortie"), cookie=_LEAVING)


@dataclass(frozen=True)
class _Verdict:
    """agent_id: who may come in; else None, with the code to say ("" for none) and the session of the logout."""

    agent_id: int | None
    code: str = ""
    new: NewSession | None = None


async def _admitted(visit: Visit[Visitor], found: SignedIn, asked: str) -> Response:
    """The agent's session, or the page of a refusal."""
    person = vouching.vouched(found.claims, issuer=found.identity.iss, acr=found.acr)
    verdict = await visit.write(_judged, person, found.id_token, device=door.device_of(visit))
    if verdict.agent_id is not None:
        return await door.admit(
            visit, verdict.agent_id, means=PROVIDER, following=asked, acr=found.acr, id_token=found.id_token
        )
    response = visit.redirect(visit.links.agents("proconnect/refus"))
    if verdict.new is not None:
        response = visit.with_session(response, verdict.new)
    config, tenant = visit.platform.config, visit.tenant
    cookies.write(response, config, tenant, _CODE, verdict.code, seconds=_CODE_SECONDS if verdict.code else 0)
    return response


async def _identified(visit: Visit[Visitor], transaction: Transaction | None) -> SignedIn:
    """Who ProConnect vouches for, once every check passed; raises LoginRefused or Unavailable."""
    code = check_callback(visit.request.query_params.multi_items(), transaction, now=visit.now)
    assert transaction is not None  # noqa: S101 - check_callback refuses None
    provider = await visit.read(_provider, partners.root_of(visit))
    if provider.issuer != transaction.issuer:
        raise LoginRefused("issuer")
    return await visit.platform.franceconnect.exchange(
        provider, code=code, nonce=transaction.nonce, verifier=transaction.verifier
    )


async def _not_begun(visit: Visit[Visitor]) -> Response:
    """A callback that no sign-in of this browser began, or a second one: it changes nothing."""
    if await visit.read(_is_signed_in):
        return visit.redirect(visit.links.agents())
    return visit.redirect(visit.links.agents("connexion", souci="expire"))


async def _refused(visit: Visit[Visitor], outcome: str, trouble: str, asked: str, *, detail: str = "") -> Response:
    """The door, which tells the trouble; the trace of it is kept, and no session ends."""
    await visit.write(_trace, outcome, detail, device=door.device_of(visit))
    told = {"souci": trouble} | ({"suite": asked} if asked else {})
    return visit.redirect(visit.links.agents("connexion", **told))


def _judged(session: Session, person: Vouched, id_token: str, *, device: str, by: Visitor, now: datetime) -> _Verdict:
    """Whether the organisation is the authority's and the identity an active agent's: both, at each sign-in."""
    client = queries.identity_client(session, by.authority_id, PROVIDER)
    organisation = attaching.organisation(session, by.authority_id, client) if client else None
    agent = attaching.agent_of(session, by.authority_id, person.issuer, person.subject)
    is_ours = organisation is not None and organisation.holds(person.siret)
    if is_ours and agent is not None:
        return _Verdict(agent.id)
    code = attaching.announce(session, by.authority_id, person, now=now) if is_ours else ""
    outcome = "unknown_agent" if is_ours else "organisation" if person.siret else "no_siret"
    records.record(
        session,
        by.authority_id,
        means=PROVIDER,
        outcome=outcome,
        now=now,
        agent_id=None if agent is None else agent.id,
        device=device,
    )
    _LOG.info("sign-in of an agent refused: %s", outcome)
    door.leave_behind(session, by.session_id, by.authority_id)
    sealed = keyring_of(session).seal(id_token)
    new = sessions.open_session(session, authority_id=by.authority_id, public="agent", now=now, sealed_id_token=sealed)
    kept = session.get_one(BrowserSession, new.id)
    kept.expires_at = now + _REFUSED_LIFE
    session.add(kept)
    return _Verdict(None, code, replace(new, expires_at=kept.expires_at))


def _trace(session: Session, outcome: str, detail: str, *, device: str, by: Visitor, now: datetime) -> None:
    records.record(session, by.authority_id, means=PROVIDER, outcome=outcome, now=now, detail=detail, device=device)


def _close(session: Session, *, by: Visitor, now: datetime) -> str | None:
    return door.leave_behind(session, by.session_id, by.authority_id)


def _way_out(session: Session, sealed: str | None, root: str, *, by: Visitor | AgentActor) -> tuple[Provider, str]:
    """Where the session at ProConnect is closed, and with what; raises NotFound where there is none to close."""
    if not sealed:
        raise NotFound
    try:
        return _provider(session, root, by=by), keyring_of(session).open(sealed)
    except ValueError as error:
        raise NotFound from error


def _is_signed_in(session: Session, *, by: Visitor) -> bool:
    """Whether the session of this browser is already an agent's."""
    if by.session_id is None:
        return False
    row = session.get(BrowserSession, by.session_id)
    return row is not None and row.agent_id is not None


def _provider(session: Session, root: str, *, by: Visitor | AgentActor) -> Provider:
    found = clients.provider(session, by.authority_id, PROVIDER, root=root)
    if found is None:
        raise NotFound("Cette collectivité ne propose pas ProConnect. Connectez-vous avec un mot de passe.")
    return found
