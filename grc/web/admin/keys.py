"""The keys of programs: made for some rights and procedures, shown once, revoked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session
from starlette.responses import Response

from grc import clock
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.authorities import api_keys, checking
from grc.authorities.api_keys import SCOPES, Wanted
from grc.authorities.models import ApiKey
from grc.errors import Conflict, Invalid, Problem
from grc.web.admin import forms, offered
from grc.web.admin.forms import Ask, FormPage
from grc.web.admin.offered import Box
from grc.web.admin.services import key_of
from grc.web.agents import fresh
from grc.web.flashes import with_flash
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.tiles import PATH as ADMINISTRATION
from grc.web.visit import Visit

PATH = f"{ADMINISTRATION}/cles"
_PURPOSE = "api-key"
_ASKS = (
    Ask("name", "À qui sert cette clé", hint="Par exemple « Portail de l’agglomération ».", required=True),
    Ask("expires_on", "Dernier jour", "day", hint="Laissez vide pour une clé sans fin."),
)


@dataclass(frozen=True)
class KeyRow:
    """A key in the list. state: "En service", "Expirée" or "Révoquée". revoke: the address of a POST, "" when over."""

    name: str
    prefix: str
    scopes: Sequence[str]
    procedures: Sequence[str]
    state: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoke: str


@dataclass(frozen=True)
class KeysPage(FormPage):
    """Every key, and the form of a new one. docs: where the API says itself."""

    rows: Sequence[KeyRow] = ()
    scopes: Sequence[Box] = ()
    procedures: Sequence[Box] = ()
    docs: str = ""


@dataclass(frozen=True)
class _Typed:
    """What the form said."""

    texts: Mapping[str, str] = field(default_factory=dict)
    scopes: Sequence[str] = ()
    procedures: Sequence[str] | None = None


async def index(visit: Visit[AgentActor]) -> Response:
    """Every key, and the form."""
    require(visit.actor, Permission.KEY_MANAGE)
    return await _page(visit, _Typed())


async def make(visit: Visit[AgentActor]) -> Response:
    """A new key, then the page that shows it; a fresh proof first: a key reads as long as it lives."""
    require(visit.actor, Permission.KEY_MANAGE)
    posted = await visit.form()
    stale = await fresh.needed(visit, visit.links.agents(PATH))
    if stale is not None:
        return stale
    choices = await visit.read(_procedures)
    typed = _Typed(
        forms.typed(posted, _ASKS),
        [scope for scope in posted.many("scopes") if scope in SCOPES],
        offered.ticked(posted, "procedures", choices),
    )
    try:
        wanted = Wanted(typed.texts["name"], typed.scopes, typed.procedures, _end(visit, typed.texts["expires_on"]))
        await visit.write(_make, wanted)
    except Invalid as invalid:
        return await _page(visit, typed, invalid.problems)
    except Conflict as conflict:
        return await _page(visit, typed, [Problem("", "most", conflict.message)])
    return visit.redirect(visit.links.agents(f"{PATH}/nouvelle"))


async def show_made(visit: Visit[AgentActor]) -> Response:
    """The key just made in this session, for ten minutes."""
    require(visit.actor, Permission.KEY_MANAGE)
    return await offered.show_secret(
        visit,
        _PURPOSE,
        title="Nouvelle clé",
        intro="Copiez cette clé et remettez-la, par un moyen sûr, à qui installe le logiciel. Personne ne la relira.",
        back=visit.links.agents(PATH),
        back_text="Clés des logiciels",
    )


async def revoke(visit: Visit[AgentActor]) -> Response:
    """The key good no more."""
    require(visit.actor, Permission.KEY_MANAGE)
    await visit.form()
    await visit.write(_revoke, key_of(visit, "key"))
    return visit.redirect(visit.links.agents(PATH, fait="cle-revoquee"))


async def _page(visit: Visit[AgentActor], typed: _Typed, problems: Sequence[Problem] = ()) -> Response:
    rows, choices = await visit.read(_found)
    page = KeysPage(
        title="Clés des logiciels",
        action=visit.links.agents(PATH),
        back=visit.links.agents(ADMINISTRATION),
        back_text="Administration",
        asks=_ASKS,
        typed=typed.texts,
        button="Créer la clé",
        problems=Problems(problems),
        rows=[_row(visit, row, choices) for row in rows],
        scopes=offered.boxes(SCOPES, typed.scopes),
        procedures=offered.boxes(choices, typed.procedures, everything=offered.NOT_SENSITIVE),
        docs=f"{visit.tenant.root}/api/v1/openapi.json",
    )
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    return visit.page("admin/keys.html", code=422 if problems else 200, frame=frame, page=page)


def _row(visit: Visit[AgentActor], row: ApiKey, choices: Mapping[str, str]) -> KeyRow:
    is_good, zone = api_keys.is_good(row, visit.now), visit.authority.zone
    return KeyRow(
        name=row.name,
        prefix=row.prefix,
        scopes=[SCOPES.get(scope, scope) for scope in row.scopes],
        procedures=[choices.get(slug, slug) for slug in row.procedures or ()],
        state="En service" if is_good else "Expirée" if row.revoked_at is None else "Révoquée",
        created_at=clock.local(zone, row.created_at),
        expires_at=None if row.expires_at is None else clock.local(zone, row.expires_at - timedelta(seconds=1)),
        used_at=None if row.used_at is None else clock.local(zone, row.used_at),
        revoke=visit.links.agents(f"{PATH}/{row.id}/revocation") if is_good else "",
    )


def _end(visit: Visit[AgentActor], typed: str) -> datetime | None:
    """The instant at which that last day is over; raises Invalid."""
    if not typed:
        return None
    day = checking.day(typed)
    if day is None or day == date.max:
        raise Invalid(problems=[Problem("expires_on", "date", "Saisissez une date, par exemple 30/06/2027.")])
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(visit.authority.zone))


def _found(session: Session, *, by: AgentActor) -> tuple[list[ApiKey], dict[str, str]]:
    return api_keys.every(session, by.authority_id), offered.procedures(session, by.authority_id)


def _procedures(session: Session, *, by: AgentActor) -> dict[str, str]:
    return offered.procedures(session, by.authority_id)


def _make(session: Session, wanted: Wanted, *, by: AgentActor, now: datetime) -> None:
    made = api_keys.make(session, by.authority_id, wanted, by=by, now=now)
    offered.keep_secret(session, by, _PURPOSE, made.key, now=now)


def _revoke(session: Session, key: int, *, by: AgentActor, now: datetime) -> None:
    api_keys.revoke(session, by.authority_id, key, by=by, now=now)
