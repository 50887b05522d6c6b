"""The citizens' own door: a link sent by e-mail, or a password. The same page, statements and time for any address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col
from starlette.responses import Response

from grc.access.actors import Visitor
from grc.authorities import passwords
from grc.citizens import accounts
from grc.citizens import links as email_links
from grc.citizens.models import EmailLink
from grc.errors import Problem, TooMany
from grc.sessions import commands as sessions
from grc.sessions import limits
from grc.sessions.commands import NewSession
from grc.web.citizen import account_views as views
from grc.web.citizen import door
from grc.web.frame import Problems
from grc.web.framing import citizen_frame
from grc.web.links import safe_next
from grc.web.visit import Visit

_LINK, _PASSWORD = "link", "password"
_NOT_AN_ADDRESS = "Saisissez une adresse électronique, par exemple nom@exemple.fr."
_REFUSED = "Cette adresse et ce mot de passe ne vont pas ensemble. Vérifiez-les, ou demandez un lien."
_GONE = "Ce lien ne fonctionne plus : il a servi, ou il a plus de trente minutes. Demandez-en un autre."
_UNUSABLE, _WRONG = "link_unusable", "refused"


async def show(visit: Visit[Visitor]) -> Response:
    """How to sign in; who is signed in goes where they wanted."""
    following = safe_next(visit.query.get("suite", ""), root=visit.tenant.root) or ""
    if visit.actor.citizen_id is not None:
        return visit.redirect(following or visit.links.account())
    return _door(visit, following=following)


async def ask(visit: Visit[Visitor]) -> Response:
    """A link on its way, whether or not the address has an account: it opens one if it must."""
    posted = await visit.form()
    following, typed = _following(visit, posted.text("suite")), posted.text("email")
    email = email_links.canonical(typed)
    if not email:
        problem = Problem("email", "format", _NOT_AN_ADDRESS)
        return _door(visit, following=following, typed=typed[:254], problem=problem)
    new = await visit.write(_ask, email, following, client=visit.client_address)
    visit.platform.wake()
    response = visit.redirect(visit.links.door("lien-envoye"))
    return response if new is None else visit.with_session(response, new)


async def show_sent(visit: Visit[Visitor]) -> Response:
    """That the link was sent, to the address typed in this browser."""
    email = await visit.read(_asked_here, now=visit.now)
    minutes = int(email_links.SIGN_IN_LASTS.total_seconds() // 60)
    page = views.LinkSentPage(email=email, minutes=minutes, back=visit.links.door())
    return visit.page("citizen/account/link_sent.html", frame=citizen_frame(visit), page=page)


async def show_link(visit: Visit[Visitor]) -> Response:
    """One button: programs that read mails open links, and must not use them up."""
    row = await visit.read(_link, visit.path["token"], now=visit.now)
    if row is None:
        return _door(visit, trouble=_GONE, code=404)
    page = views.LinkPage(
        action=visit.links.door("ouverture"),
        token=visit.path["token"],
        email=row.email,
        elsewhere=row.session_id is None or row.session_id != visit.actor.session_id,
        person=visit.actor.shown_name if visit.actor.citizen_id is not None else "",
    )
    return visit.page("citizen/account/link.html", frame=citizen_frame(visit), page=page)


async def open_link(visit: Visit[Visitor]) -> Response:
    """The link used up, and the account's session opened."""
    posted = await visit.form()
    opened = await visit.write(_open, posted.one("token")[:100], device=door.device_of(visit))
    if opened is None:
        return _door(visit, trouble=_GONE, code=404)
    new, following = opened
    return door.opened(visit, new, means=_LINK, following=following or visit.links.my_submissions())


async def enter(visit: Visit[Visitor]) -> Response:
    """The account's session, by its password; the same words and the same work for any wrong answer."""
    posted = await visit.form()
    following, typed = _following(visit, posted.text("suite")), posted.text("email")
    email = email_links.canonical(typed)
    citizen, stored = await visit.write(_stored_hash, email, client=visit.client_address)
    is_right = await visit.platform.hashing(passwords.matches, stored, posted.one("password"))
    if citizen is None or not is_right:
        device = door.device_of(visit)
        await visit.write(door.refuse, means=_PASSWORD, outcome=_WRONG, device=device, citizen=citizen)
        problem = Problem("password", "refused", _REFUSED)
        return _door(visit, following=following, typed=typed[:254], problem=problem, is_password=True)
    there = following or visit.links.my_submissions()
    return await door.admit(visit, citizen, means=_PASSWORD, shown_name=email, following=there)


def _ask(session: Session, email: str, following: str, *, client: str, by: Visitor, now: datetime) -> NewSession | None:
    """Posts the link, bound to this browser's session, opened if there is none.

    An address that was sent enough this half-hour gets no more, and nobody is told: those sent in it still open.
    """
    limits.hit(session, (limits.LINKS_FROM, client), authority_id=by.authority_id, now=now)
    new, session_id = None, by.session_id
    if session_id is None:
        new = sessions.open_session(session, authority_id=by.authority_id, public="citizen", now=now)
        session_id = new.id
    sent = limits.count(session, limits.LINKS_TO, email, authority_id=by.authority_id, now=now)
    if sent <= limits.LINKS_TO.hits:
        email_links.send(
            session,
            by.authority_id,
            purpose=email_links.SIGN_IN,
            email=email,
            lasts=email_links.SIGN_IN_LASTS,
            session_id=session_id,
            next_path=following,
            now=now,
        )
    return new


def _asked_here(session: Session, *, by: Visitor, now: datetime) -> str:
    mine = (col(EmailLink.authority_id) == by.authority_id, col(EmailLink.session_id) == (by.session_id or 0))
    open_ones = (col(EmailLink.purpose) == email_links.SIGN_IN, col(EmailLink.expires_at) > now)
    statement = select(col(EmailLink.email)).where(*mine, *open_ones).order_by(col(EmailLink.id).desc()).limit(1)
    return str(session.execute(statement).scalar_one_or_none() or "")


def _link(session: Session, token: str, *, by: Visitor, now: datetime) -> EmailLink | None:
    return email_links.find(session, by.authority_id, token, email_links.SIGN_IN, now=now)


def _open(session: Session, token: str, *, device: str, by: Visitor, now: datetime) -> tuple[NewSession, str] | None:
    row = email_links.take(session, by.authority_id, token, email_links.SIGN_IN, now=now)
    if row is None:
        door.refuse(session, means=_LINK, outcome=_UNUSABLE, device=device, by=by, now=now)
        return None
    email_links.use_up(session, by.authority_id, row.email, now=now)
    citizen = accounts.local(session, by.authority_id, row.email, now=now)
    new = door.enter(session, citizen, means=_LINK, shown_name=row.email, device=device, by=by, now=now)
    return new, row.next_path


def _stored_hash(
    session: Session, email: str, *, client: str, by: Visitor, now: datetime
) -> tuple[int | None, str | None]:
    """The account and the hash to compare with, once the try is counted (see the agents' door for the three counts)."""
    counted = (
        (limits.PASSWORDS, f"{email} {client}"),
        (limits.PASSWORDS_FROM, client),
        (limits.PASSWORDS_TO, email),
    )
    for limit, subject in counted:
        if limits.count(session, limit, subject, authority_id=by.authority_id, now=now) > limit.hits:
            raise TooMany("Trop d’essais de connexion. Attendez dix minutes, ou demandez un lien.", retry_after=600)
    return accounts.password_of(session, by.authority_id, email)


def _following(visit: Visit[Visitor], asked: str) -> str:
    return safe_next(asked, root=visit.tenant.root) or ""


def _door(
    visit: Visit[Visitor],
    *,
    following: str = "",
    typed: str = "",
    problem: Problem | None = None,
    trouble: str = "",
    is_password: bool = False,
    code: int = 200,
) -> Response:
    page = views.DoorPage(
        ask=visit.links.door("lien"),
        enter=visit.links.door("mot-de-passe"),
        franceconnect=visit.links.sign_in(following or visit.links.my_submissions()) if visit.tenant.provider else "",
        following=following,
        trouble=trouble,
        typed=typed,
        is_password=is_password,
        problems=Problems([problem] if problem else []),
    )
    code = 422 if problem else code
    return visit.page("citizen/account/door.html", code=code, frame=citizen_frame(visit), page=page)
