"""One's account: what is known, what is kept, who is signed in, and how to take everything away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session
from starlette.responses import Response

from grc import clock, cog
from grc.access.actors import Visitor
from grc.citizens import accounts, addresses
from grc.citizens.accounts import AccountView
from grc.franceconnect.claims import PivotIdentity
from grc.receipts import wording
from grc.sessions import held, records
from grc.submissions import closing, drafts, profile
from grc.web import uploads
from grc.web.citizen import account_views as views
from grc.web.flashes import with_flash
from grc.web.framing import citizen_frame
from grc.web.site import SignInNeeded
from grc.web.visit import Visit

_MEANS = {"franceconnect": "FranceConnect", "link": "Lien reçu par courriel", "password": "Mot de passe"}
_GENDERS = {"female": "Féminin", "male": "Masculin"}
_SHOWN = 20
"""How many sign-ins the page tells; the export has all that are kept."""


@dataclass(frozen=True)
class _Known:
    """Everything that the page shows, read in one transaction."""

    account: AccountView
    pending: str
    submissions: int
    drafts: int
    sessions: list[held.HeldSession]
    sign_ins: list[records.SignInView]


async def show(visit: Visit[Visitor]) -> Response:
    """The account, on one page."""
    require_account(visit)
    known: _Known = await visit.read(_known, now=visit.now)
    frame = with_flash(citizen_frame(visit), visit.query.get("fait", ""))
    return visit.page("citizen/account/account.html", frame=frame, page=_page(visit, known))


async def change_profile(visit: Visit[Visitor]) -> Response:
    """Consent given, or withdrawn: what was kept is then deleted at once."""
    require_account(visit)
    posted = await visit.form()
    if posted.one("then") == "withdraw":
        await visit.write(profile.withdraw)
        return visit.redirect(f"{visit.links.account()}?fait=profil-efface")
    if posted.one("accord") != "oui":
        return visit.redirect(visit.links.account())
    await visit.write(profile.consent)
    return visit.redirect(f"{visit.links.account()}?fait=profil-garde")


async def close_sessions(visit: Visit[Visitor]) -> Response:
    """One session ended, or all the others."""
    require_account(visit)
    posted = await visit.form()
    asked = posted.one("session")
    only = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    if only is None and asked != "autres":
        return visit.redirect(visit.links.account())
    await visit.write(_close_sessions, only)
    return visit.redirect(f"{visit.links.account()}?fait=sessions")


async def show_closing(visit: Visit[Visitor]) -> Response:
    """The last question before the account is closed, with what becomes of everything."""
    require_account(visit)
    known: _Known = await visit.read(_known, now=visit.now)
    page = views.ClosingPage(
        action=visit.links.account("fermeture"),
        back=visit.links.account(),
        export=visit.links.account("donnees.zip"),
        submissions=known.submissions,
        drafts=known.drafts,
        is_local=known.account.is_local,
    )
    return visit.page("citizen/account/closing.html", frame=citizen_frame(visit), page=page)


async def close(visit: Visit[Visitor]) -> Response:
    """The account closed: nothing of it is left but its demandes, which their codes still open."""
    require_account(visit)
    await visit.form()
    keys = await visit.write(closing.close_account)
    await uploads.forget(visit.platform.storage, keys)
    return visit.without_session(visit.redirect(f"{visit.links.home()}?fait=compte-ferme"))


def require_account(visit: Visit[Visitor]) -> int:
    """The key of the account that is signed in; raises SignInNeeded, which leads back to the page asked for."""
    if visit.actor.citizen_id is None:
        asked = visit.request.url.path if visit.request.method == "GET" else visit.links.account()
        raise SignInNeeded(visit.links.door(following=asked))
    return visit.actor.citizen_id


def _known(session: Session, *, by: Visitor, now: datetime) -> _Known:
    assert by.citizen_id is not None  # noqa: S101 - require_account
    mine = (session, by.authority_id, by.citizen_id)
    return _Known(
        account=accounts.view(*mine),
        pending=addresses.pending(*mine, now=now),
        submissions=closing.submissions_of(*mine),
        drafts=sum(draft.is_of_account for draft in drafts.mine(session, by=by)),
        sessions=list(held.of_citizen(*mine, now=now)),
        sign_ins=list(records.of_citizen(*mine, most=_SHOWN)),
    )


def _close_sessions(session: Session, only: int | None, *, by: Visitor, now: datetime) -> None:
    assert by.citizen_id is not None  # noqa: S101 - require_account
    if only != by.session_id:
        held.close_of_citizen(session, by.authority_id, by.citizen_id, only=only, but=by.session_id)


def _page(visit: Visit[Visitor], known: _Known) -> views.AccountPage:
    account, links, zone = known.account, visit.links, visit.authority.zone
    proposed = account.identity.email if account.identity is not None and not account.email else ""
    return views.AccountPage(
        is_local=account.is_local,
        email=account.email,
        proposed=proposed,
        pending=known.pending,
        identity=identity_lines(account.identity),
        submissions=known.submissions,
        drafts=known.drafts,
        mine=links.my_submissions(),
        address=links.account("adresse"),
        profile=links.account("profil"),
        password=links.account("mot-de-passe") if account.is_local else "",
        has_password=account.has_password,
        consented_on=clock.day_in(zone, account.profile_consented_at) if account.profile_consented_at else None,
        kept=[(profile.KEPT[role], profile.words(value)) for role, value in (account.profile or {}).items()],
        sessions_action=links.account("sessions"),
        sessions=[_session(visit, one) for one in known.sessions],
        sign_ins=[_sign_in(visit, one) for one in known.sign_ins],
        export=links.account("donnees.zip"),
        closing=links.account("fermeture"),
        former=links.account("rattachement"),
    )


def identity_lines(told: PivotIdentity | None) -> list[views.KnownDatum]:
    """What FranceConnect says of a person, each with what it serves for; nothing for a local account."""
    if told is None:
        return []
    born = wording.short_date(told.birthdate) if told.birthdate else ""
    if born and told.birthdate_is_uncertain:
        born = f"{born} (jour ou mois incertain)"
    place = cog.name_of(told.birthplace) or told.birthplace
    country = cog.name_of(told.birthcountry) or "" if told.born_abroad else ""
    rows = (
        ("Nom de naissance", told.family_name, "remplir vos demandes et certifier votre nom au service"),
        ("Prénoms", told.given_name, "remplir vos demandes et certifier vos prénoms au service"),
        ("Nom d’usage", told.preferred_username, "vous nommer sur ce site"),
        ("Date de naissance", born, "remplir les demandes d’état civil qui la demandent"),
        ("Lieu de naissance", ", ".join(part for part in (place, country) if part), "remplir les mêmes demandes"),
        ("Sexe", _GENDERS.get(told.gender, ""), "remplir les demandes qui le demandent"),
        ("Adresse électronique", told.email, "vous proposer une adresse ; vous pouvez en donner une autre"),
    )
    return [views.KnownDatum(label, value, use) for label, value, use in rows if value]


def _session(visit: Visit[Visitor], one: held.HeldSession) -> views.SessionRow:
    zone = visit.authority.zone
    return views.SessionRow(
        id=one.id,
        means=visit.tenant.named(means_in_words(one.means)),
        device=one.device or "Navigateur inconnu",
        opened_at=clock.local(zone, one.created_at),
        seen_at=clock.local(zone, one.seen_at),
        is_this=one.id == visit.actor.session_id,
    )


def _sign_in(visit: Visit[Visitor], one: records.SignInView) -> views.SignInRow:
    return views.SignInRow(
        at=clock.local(visit.authority.zone, one.at),
        means=visit.tenant.named(means_in_words(one.means)),
        device=one.device or "Navigateur inconnu",
        is_opened=one.outcome == records.OPENED,
    )


def means_in_words(means: str) -> str:
    """How somebody signed in, in words."""
    return _MEANS.get(means, "Autre moyen")
