"""Another address for an account: asked for from its page, agreed to from both mailboxes, refused from either."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import Visitor
from grc.citizens import accounts, addresses
from grc.citizens import links as email_links
from grc.citizens.addresses import Outcome
from grc.errors import Problem
from grc.sessions import limits
from grc.web.citizen import account_views as views
from grc.web.citizen.account import require_account
from grc.web.frame import Problems
from grc.web.framing import citizen_frame
from grc.web.visit import Visit

_NOT_AN_ADDRESS = "Saisissez une adresse électronique, par exemple nom@exemple.fr."
_THE_SAME = "C’est déjà l’adresse de votre compte."


async def show(visit: Visit[Visitor]) -> Response:
    """Where another address is asked for."""
    require_account(visit)
    return await _page(visit)


async def ask(visit: Visit[Visitor]) -> Response:
    """Links on their way to both addresses; or the change under way, cancelled."""
    require_account(visit)
    posted = await visit.form()
    if posted.one("then") == "cancel":
        await visit.write(_cancel)
        return visit.redirect(f"{visit.links.account()}?fait=changement-annule")
    typed = posted.text("email")
    email = email_links.canonical(typed)
    if not email:
        return await _page(visit, typed=typed[:254], problem=_NOT_AN_ADDRESS)
    if not await visit.write(_ask, email, client=visit.client_address):
        return await _page(visit, typed=typed[:254], problem=_THE_SAME)
    visit.platform.wake()
    return visit.redirect(f"{visit.links.account()}?fait=changement-adresse")


async def show_half(visit: Visit[Visitor]) -> Response:
    """One half of a change, opened from its mail: to agree or to refuse; nothing happens by looking."""
    half = await visit.read(_half, visit.path["token"], now=visit.now)
    if half is None:
        return _done(visit, Outcome(addresses.GONE), code=404)
    page = views.HalfPage(
        action=visit.links.door("adresse"),
        token=visit.path["token"],
        old=half.email if half.is_old else half.other,
        new=half.other if half.is_old else half.email,
        is_old=half.is_old,
    )
    return visit.page("citizen/account/half.html", frame=citizen_frame(visit), page=page)


async def settle_half(visit: Visit[Visitor]) -> Response:
    """One half agreed to, or the whole refused."""
    posted = await visit.form()
    token = posted.one("token")[:100]
    outcome = await visit.write(
        _settled, addresses.refuse if posted.one("then") == "refuse" else addresses.confirm, token
    )
    codes = {addresses.GONE: 404, addresses.TAKEN: 409}
    return _done(visit, outcome, code=codes.get(outcome.what, 200))


def _ask(session: Session, email: str, *, client: str, by: Visitor, now: datetime) -> bool:
    """Whether another address than the present one was asked for."""
    assert by.citizen_id is not None  # noqa: S101 - require_account
    if accounts.view(session, by.authority_id, by.citizen_id).email == email:
        return False
    limits.hit(session, (limits.LINKS_FROM, client), authority_id=by.authority_id, now=now)
    addresses.ask(session, by.authority_id, by.citizen_id, email, now=now)
    return True


def _cancel(session: Session, *, by: Visitor, now: datetime) -> None:
    assert by.citizen_id is not None  # noqa: S101 - require_account
    addresses.cancel(session, by.authority_id, by.citizen_id, now=now)


def _half(session: Session, token: str, *, by: Visitor, now: datetime) -> addresses.Half | None:
    return addresses.half(session, by.authority_id, token, now=now)


def _settled(session: Session, settle: Callable[..., Outcome], token: str, *, by: Visitor, now: datetime) -> Outcome:
    return settle(session, by.authority_id, token, now=now)


def _done(visit: Visit[Visitor], outcome: Outcome, *, code: int) -> Response:
    page = views.HalfDonePage(outcome.what, outcome.email, outcome.other, visit.links.account())
    return visit.page("citizen/account/half_done.html", code=code, frame=citizen_frame(visit), page=page)


async def _page(visit: Visit[Visitor], *, typed: str = "", problem: str = "") -> Response:
    def known(session: Session, *, by: Visitor) -> accounts.AccountView:
        return accounts.view(session, by.authority_id, by.citizen_id or 0)

    account: accounts.AccountView = await visit.read(known)
    told = account.identity.email if account.identity is not None and not account.email else ""
    page = views.AddressPage(
        action=visit.links.account("adresse"),
        back=visit.links.account(),
        current=account.email,
        typed=typed or ("" if problem else told),
        telephone=visit.authority.telephone,
        problems=Problems([Problem("email", "format", problem)] if problem else []),
    )
    code = 422 if problem else 200
    return visit.page("citizen/account/address.html", code=code, frame=citizen_frame(visit), page=page)
