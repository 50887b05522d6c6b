"""Where other programs are told what happens: added, changed, read try by try, told anew, removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Self
from zoneinfo import ZoneInfo

from sqlmodel import Session
from starlette.responses import Response

from grc import clock
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.authorities import checking
from grc.authorities.merging import Meanwhile, Values
from grc.calling import webhooks
from grc.calling.webhooks import KINDS, Count, Told, Wanted
from grc.errors import Conflict, Invalid, Problem
from grc.submissions.partner_models import Webhook
from grc.web import journalling
from grc.web.admin import forms, offered
from grc.web.admin.forms import Ask, FormPage
from grc.web.admin.offered import Box
from grc.web.admin.services import key_of
from grc.web.agents import fresh
from grc.web.bodies import Posted
from grc.web.flashes import with_flash
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.tiles import PATH as ADMINISTRATION
from grc.web.visit import Visit

PATH = f"{ADMINISTRATION}/webhooks"
_PURPOSE = "webhook"
_TITLE = "Notifications aux logiciels"
_EVERY_KIND = "Tous"
_STATES = {
    webhooks.WAITING: "En attente",
    webhooks.DELIVERED: "Reçue",
    webhooks.ABANDONED: "Abandonnée",
}
_ASKS = (
    Ask("name", "Nom", hint="Qui reçoit, par exemple « Portail de l’agglomération ».", required=True),
    Ask("url", "Adresse", "web", hint="Commence par https://.", required=True),
)


@dataclass(frozen=True)
class HookRow:
    """A webhook in the list. failing_since: since when nothing is taken, None when all is well."""

    name: str
    url: str
    href: str
    is_active: bool
    waiting: int
    abandoned: int
    failing_since: datetime | None


@dataclass(frozen=True)
class TryRow:
    """One try. outcome: the status of the answer, or what went wrong."""

    at: datetime
    outcome: str


@dataclass(frozen=True)
class ToldRow:
    """An event told, or to be told, with its tries."""

    reference: str
    href: str
    kind: str
    at: datetime
    state: str
    due_at: datetime | None
    tries: Sequence[TryRow]


@dataclass(frozen=True)
class HooksPage(FormPage):
    """Every webhook, and the form of a new one."""

    rows: Sequence[HookRow] = ()
    kinds: Sequence[Box] = ()
    procedures: Sequence[Box] = ()


@dataclass(frozen=True)
class HookPage(HooksPage):
    """One webhook: what it was told, and its form. replay, remove: addresses of POSTs."""

    told: Sequence[ToldRow] = ()
    is_active: bool = True
    replay: str = ""
    remove: str = ""
    since: str = ""
    failing_since: datetime | None = None


@dataclass(frozen=True)
class _Typed:
    """What a form said."""

    texts: Mapping[str, str] = field(default_factory=dict)
    kinds: Sequence[str] | None = None
    procedures: Sequence[str] | None = None
    is_active: bool = True

    @classmethod
    def of(cls, wanted: Wanted) -> Self:
        return cls({"name": wanted.name, "url": wanted.url}, wanted.kinds, wanted.procedures, wanted.is_active)

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.texts["name"], self.texts["url"], self.kinds, self.procedures, self.is_active)


async def index(visit: Visit[AgentActor]) -> Response:
    """Every webhook, and the form."""
    require(visit.actor, Permission.KEY_MANAGE)
    return await _index(visit, _Typed())


async def add(visit: Visit[AgentActor]) -> Response:
    """A new webhook, then the page that shows its secret."""
    require(visit.actor, Permission.KEY_MANAGE)
    typed = await _typed(visit, await visit.form(), ())
    stale = await fresh.needed(visit, visit.links.agents(PATH))
    if stale is not None:
        return stale
    try:
        await visit.write(_add, typed.wanted)
    except (Invalid, Conflict) as error:
        return await _index(visit, typed, _problems(error))
    return visit.redirect(visit.links.agents(f"{PATH}/secret"))


async def show_secret(visit: Visit[AgentActor]) -> Response:
    """The secret of the webhook just added in this session."""
    require(visit.actor, Permission.KEY_MANAGE)
    return await offered.show_secret(
        visit,
        _PURPOSE,
        title="Secret de la notification",
        intro="Remettez ce secret à qui reçoit, par un moyen sûr : il prouve que nos messages viennent d’ici.",
        back=visit.links.agents(PATH),
        back_text=_TITLE,
    )


async def show(visit: Visit[AgentActor]) -> Response:
    """One webhook: every try, and its form."""
    require(visit.actor, Permission.KEY_MANAGE)
    return await _show(visit, None)


async def change(visit: Visit[AgentActor]) -> Response:
    """The webhook otherwise, paused or not."""
    require(visit.actor, Permission.KEY_MANAGE)
    posted, key = await visit.form(), key_of(visit, "webhook")
    stale = await fresh.needed(visit, visit.links.agents(f"{PATH}/{key}"))
    if stale is not None:
        return stale
    row, _, choices = await visit.read(_one, key)
    typed = await _typed(visit, posted, row.procedures or ())
    seen = {name: posted.text(f"{forms.SEEN}{name}") for name in webhooks.FIELDS}
    try:
        await visit.write(_change, key, typed.wanted, seen)
    except Meanwhile as meanwhile:
        row, _, _ = await visit.read(_one, key)
        problems = _compared(meanwhile, webhooks.told(row), choices)
        return await _show(visit, _Typed.of(webhooks.wanted_of(meanwhile.values)), problems, code=409)
    except Invalid as error:
        return await _show(visit, typed, _problems(error), seen=seen)
    return visit.redirect(visit.links.agents(f"{PATH}/{key}", fait="webhook-modifie"))


async def replay(visit: Visit[AgentActor]) -> Response:
    """What happened since that day told anew."""
    require(visit.actor, Permission.KEY_MANAGE)
    posted, key = await visit.form(), key_of(visit, "webhook")
    day = checking.day(posted.text("since"))
    if day is None or not 2000 <= day.year < 9000:
        return await _show(visit, None, [Problem("since", "date", "Saisissez une date, par exemple 22/11/2026.")])
    since = datetime.combine(day, time.min, ZoneInfo(visit.authority.zone))
    await visit.write(_replay, key, since)
    return visit.redirect(visit.links.agents(f"{PATH}/{key}", fait="webhook-renvoi"))


async def remove(visit: Visit[AgentActor]) -> Response:
    """The webhook forgotten, with what waits for it."""
    require(visit.actor, Permission.KEY_MANAGE)
    await visit.form()
    await visit.write(_remove, key_of(visit, "webhook"))
    return visit.redirect(visit.links.agents(PATH, fait="webhook-supprime"))


async def _typed(visit: Visit[AgentActor], posted: Posted, named: Sequence[str]) -> _Typed:
    """What was posted. named: the procedures that the webhook names today, some of them here no more."""
    choices = await visit.read(_procedures)
    return _Typed(
        forms.typed(posted, _ASKS),
        offered.ticked(posted, "kinds", KINDS),
        offered.ticked(posted, "procedures", [*choices, *named]),
        posted.one("is_paused") != "yes",
    )


async def _index(visit: Visit[AgentActor], typed: _Typed, problems: Sequence[Problem] = ()) -> Response:
    rows, choices = await visit.read(_every)
    page = HooksPage(
        title=_TITLE,
        action=visit.links.agents(PATH),
        back=visit.links.agents(ADMINISTRATION),
        back_text="Administration",
        asks=_ASKS,
        typed=typed.texts,
        button="Ajouter",
        problems=Problems(problems),
        rows=[_row(visit, row) for row in rows],
        kinds=offered.boxes(KINDS, typed.kinds, everything=_EVERY_KIND),
        procedures=offered.boxes(choices, typed.procedures, everything=offered.NOT_SENSITIVE),
    )
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    return visit.page("admin/webhooks.html", code=422 if problems else 200, frame=frame, page=page)


async def _show(
    visit: Visit[AgentActor],
    typed: _Typed | None,
    problems: Sequence[Problem] = (),
    *,
    seen: Values | None = None,
    code: int = 422,
) -> Response:
    """The page. seen: what its form showed at first, None for what is stored now. code: where there are problems."""
    row, told, choices = await visit.read(_one, key_of(visit, "webhook"))
    await journalling.listed(visit, "webhook", [one.reference for one in told], beyond_reach=True)
    here = f"{PATH}/{row.id}"
    shown = typed or _Typed.of(webhooks.wanted_of(webhooks.told(row)))
    page = HookPage(
        title=row.name,
        action=visit.links.agents(here),
        back=visit.links.agents(PATH),
        back_text=_TITLE,
        asks=_ASKS,
        typed=shown.texts,
        problems=Problems(problems),
        seen=webhooks.told(row) if seen is None else seen,
        kinds=offered.boxes(KINDS, shown.kinds, everything=_EVERY_KIND),
        procedures=offered.boxes(choices, shown.procedures, everything=offered.NOT_SENSITIVE),
        told=[_told(visit, one) for one in told],
        is_active=shown.is_active,
        replay=visit.links.agents(f"{here}/renvoi"),
        remove=visit.links.agents(f"{here}/suppression"),
        since=visit.today.isoformat(),
        failing_since=_local(visit, row.failing_since),
    )
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    return visit.page("admin/webhook.html", code=code if problems else 200, frame=frame, page=page)


def _problems(error: Invalid | Conflict) -> Sequence[Problem]:
    return error.problems if isinstance(error, Invalid) else [Problem("", "most", error.message)]


def _compared(stale: Meanwhile, stored: Values, choices: Mapping[str, str]) -> list[Problem]:
    """What somebody else changed meanwhile, boxes by their labels."""
    known = {"kinds": {**KINDS, webhooks.EVERYTHING: _EVERY_KIND}}
    known["procedures"] = {**choices, webhooks.EVERYTHING: offered.NOT_SENSITIVE}
    found = []
    for one in stale.problems:
        labels = [known.get(one.field, {}).get(each, each) for each in stored[one.field].split(",")]
        said = f"Quelqu’un a changé ce choix entre-temps\u00a0: {', '.join(labels)}. Comparez, puis enregistrez."
        found.append(Problem(one.field, one.code, said) if one.field in known else one)
    return found


def _row(visit: Visit[AgentActor], found: Count) -> HookRow:
    row = found.webhook
    return HookRow(
        name=row.name,
        url=row.url,
        href=visit.links.agents(f"{PATH}/{row.id}"),
        is_active=row.is_active,
        waiting=found.waiting,
        abandoned=found.abandoned,
        failing_since=_local(visit, row.failing_since),
    )


def _told(visit: Visit[AgentActor], one: Told) -> ToldRow:
    row, zone = one.delivery, visit.authority.zone
    return ToldRow(
        reference=one.reference,
        href=visit.links.agent_submission(one.reference),
        kind=KINDS.get(row.kind, row.kind),
        at=clock.local(zone, row.created_at),
        state=_STATES.get(row.state, row.state),
        due_at=clock.local(zone, row.due_at) if row.state == webhooks.WAITING and row.tries else None,
        tries=[
            TryRow(clock.local(zone, datetime.fromisoformat(each["at"])), str(each["status"] or each["fault"]))
            for each in row.log or ()
        ],
    )


def _local(visit: Visit[AgentActor], instant: datetime | None) -> datetime | None:
    return None if instant is None else clock.local(visit.authority.zone, instant)


def _every(session: Session, *, by: AgentActor) -> tuple[list[Count], dict[str, str]]:
    return webhooks.every(session, by.authority_id), offered.procedures(session, by.authority_id)


def _one(session: Session, key: int, *, by: AgentActor) -> tuple[Webhook, list[Told], dict[str, str]]:
    row = webhooks.find(session, by.authority_id, key)
    return row, webhooks.last(session, row), offered.procedures(session, by.authority_id)


def _procedures(session: Session, *, by: AgentActor) -> dict[str, str]:
    return offered.procedures(session, by.authority_id)


def _add(session: Session, wanted: Wanted, *, by: AgentActor, now: datetime) -> None:
    made = webhooks.add(session, by.authority_id, wanted, by=by, now=now)
    offered.keep_secret(session, by, _PURPOSE, made.secret, now=now)


def _change(session: Session, key: int, wanted: Wanted, seen: Values, *, by: AgentActor, now: datetime) -> None:
    webhooks.change(session, by.authority_id, key, wanted, seen=seen, by=by, now=now)


def _replay(session: Session, key: int, since: datetime, *, by: AgentActor, now: datetime) -> None:
    webhooks.replay(session, by.authority_id, key, since, by=by, now=now)


def _remove(session: Session, key: int, *, by: AgentActor, now: datetime) -> None:
    webhooks.remove(session, by.authority_id, key, by=by, now=now)
