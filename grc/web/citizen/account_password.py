"""The password of a local account: chosen, changed or taken away by who is signed in. A link always works beside it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import Visitor
from grc.authorities import passwords
from grc.citizens import accounts
from grc.citizens.accounts import AccountView
from grc.errors import NotFound, Problem, TooMany
from grc.sessions import commands as sessions
from grc.sessions import held, limits
from grc.sessions.commands import NewSession
from grc.web.citizen import account_views as views
from grc.web.citizen.account import require_account
from grc.web.frame import Problems
from grc.web.framing import citizen_frame
from grc.web.visit import Visit

_WRONG = "Ce n’est pas votre mot de passe actuel. Oublié ? Déconnectez-vous, puis demandez un lien."


async def show(visit: Visit[Visitor]) -> Response:
    """Where a password is chosen."""
    account, needs_current = await _account(visit)
    return _page(visit, account, needs_current=needs_current)


async def change(visit: Visit[Visitor]) -> Response:
    """The password kept, or taken away; every other session ends, and this one goes on under a new token."""
    account, needs_current = await _account(visit)
    posted = await visit.form()
    is_removal, chosen = posted.one("then") == "remove", posted.one("password")
    problem = None if is_removal else _problem(visit, chosen, account.email)
    if problem is None and needs_current:
        stored = await visit.write(_stored, account.email)
        if not await visit.platform.hashing(passwords.matches, stored, posted.one("current")):
            problem = Problem("current", "refused", _WRONG)
    if problem is not None:
        return _page(visit, account, needs_current=needs_current, problem=problem)
    hashed = "" if is_removal else await visit.platform.hashing(passwords.hashed, chosen)
    new = await visit.write(_set, hashed)
    done = visit.redirect(f"{visit.links.account()}?fait=mot-de-passe{'-efface' if is_removal else ''}")
    return visit.with_session(done, new)


async def _account(visit: Visit[Visitor]) -> tuple[AccountView, bool]:
    """The local account that is signed in, and whether its present password is asked for.

    Not where a link opened this session: it is how a forgotten password is replaced.
    """
    require_account(visit)
    account: AccountView
    account, means = await visit.read(_read, now=visit.now)
    if not account.is_local:
        raise NotFound("Ce compte s’ouvre sans mot de passe de ce site : il n’y en a pas à changer.")
    return account, account.has_password and means != "link"


def _read(session: Session, *, by: Visitor, now: datetime) -> tuple[AccountView, str]:
    assert by.citizen_id is not None  # noqa: S101 - require_account
    open_ones = held.of_citizen(session, by.authority_id, by.citizen_id, now=now)
    means = next((one.means for one in open_ones if one.id == by.session_id), "")
    return accounts.view(session, by.authority_id, by.citizen_id), means


def _stored(session: Session, email: str, *, by: Visitor, now: datetime) -> str | None:
    """The hash to compare with, once the try is counted."""
    account = f"{email} {by.citizen_id}"
    if limits.count(session, limits.PASSWORDS, account, authority_id=by.authority_id, now=now) > limits.PASSWORDS.hits:
        raise TooMany("Trop d’essais. Attendez dix minutes, puis réessayez.", retry_after=600)
    return accounts.password_of(session, by.authority_id, email)[1]


def _set(session: Session, hashed: str, *, by: Visitor, now: datetime) -> NewSession:
    assert by.citizen_id is not None and by.session_id is not None  # noqa: S101 - require_account
    accounts.set_password(session, by.authority_id, by.citizen_id, hashed)
    held.close_of_citizen(session, by.authority_id, by.citizen_id, but=by.session_id)
    return sessions.rotate(session, by.session_id, granted=tuple(sorted(by.granted)), now=now)


def _problem(visit: Visit[Visitor], chosen: str, email: str) -> Problem | None:
    found = passwords.problems(chosen, known=(email, visit.authority.name))
    return found[0] if found else None


def _page(
    visit: Visit[Visitor], account: AccountView, *, needs_current: bool, problem: Problem | None = None
) -> Response:
    page = views.PasswordPage(
        action=visit.links.account("mot-de-passe"),
        back=visit.links.account(),
        email=account.email,
        minimum=passwords.MINIMUM_LENGTH,
        has_password=account.has_password,
        needs_current=needs_current,
        problems=Problems([problem] if problem else []),
    )
    code = 422 if problem else 200
    return visit.page("citizen/account/password.html", code=code, frame=citizen_frame(visit), page=page)
