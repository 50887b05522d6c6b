"""The webhooks of an authority: where other programs are told what happens to demandes; added, changed, replayed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlmodel import Session, col

from grc.access.actors import AgentActor
from grc.authorities import api_keys, merging
from grc.authorities.merging import Values
from grc.calling import signing
from grc.calling.endpoints import LONGEST_URL, is_address
from grc.db import keyring_of
from grc.errors import Conflict, Invalid, NotFound, Problem
from grc.journal.acts import JournalAct
from grc.journal.recording import record
from grc.submissions import events
from grc.submissions.models import Submission
from grc.submissions.partner_models import Webhook, WebhookDelivery

WAITING, DELIVERED, ABANDONED = "waiting", "delivered", "abandoned"
MOST = 10
"""Of one authority: each adds a row to every act."""
LONGEST_NAME = 100
KINDS: dict[str, str] = {str(kind): events.LABELS.get(kind, kind) for kind in events.Kind if kind not in events.PRIVATE}
"""What a webhook may be told, with the words of the pages."""
EVERYTHING = "*"
"""In `told`, for a webhook that names no kind, or no procedure."""
FIELDS: dict[str, str] = {
    "name": "Nom",
    "url": "Adresse",
    "kinds": "Événements",
    "procedures": "Démarches",
    "is_active": "En service",
}
"""What may be changed of a webhook, with the words of the pages."""
_MINE = "Cette notification n’existe pas."


@dataclass(frozen=True)
class Wanted:
    """A webhook to add or to change. kinds: of events, None for all. procedures: slugs, None: all not sensitive."""

    name: str
    url: str
    kinds: Sequence[str] | None = None
    procedures: Sequence[str] | None = None
    is_active: bool = True


@dataclass(frozen=True)
class Made:
    """A new webhook: its number, and the secret that the receiver verifies with, shown once."""

    id: int
    secret: str


@dataclass(frozen=True)
class Count:
    """A webhook with how much waits for it, and was given up."""

    webhook: Webhook
    waiting: int
    abandoned: int


@dataclass(frozen=True)
class Told:
    """A delivery with the reference of its demande."""

    delivery: WebhookDelivery
    reference: str


def add(
    session: Session,
    authority_id: int,
    wanted: Wanted,
    *,
    allows_plain: bool = False,
    by: AgentActor | None,
    now: datetime,
) -> Made:
    """The new webhook, told from the next event on; raises Invalid with what is wrong, Conflict beyond MOST.

    allows_plain: whether http is taken on this machine, for demonstrations.
    """
    _check(wanted, allows_plain=allows_plain)
    mine = select(func.count()).select_from(Webhook).where(col(Webhook.authority_id) == authority_id)
    if session.execute(mine).scalar_one() >= MOST:
        raise Conflict(f"Il y a déjà {MOST} notifications. Supprimez celles qui ne servent plus.")
    secret = signing.new_secret()
    row = Webhook(
        authority_id=authority_id,
        name="",
        url="",
        sealed_secret=keyring_of(session).seal(secret),
        created_by_id=None if by is None else by.id,
        created_at=now,
    )
    _write(session, row, wanted)
    opened = _opened(row)
    record(session, authority_id, JournalAct.WEBHOOK_ADDED, ("webhook", row.id or 0), by=by, now=now, data=opened)
    return Made(row.id or 0, secret)


def change(
    session: Session,
    authority_id: int,
    webhook_id: int,
    wanted: Wanted,
    *,
    seen: Values | None = None,
    allows_plain: bool = False,
    by: AgentActor | None,
    now: datetime,
) -> None:
    """The webhook otherwise; told again at once when it was paused. Raises NotFound, Invalid.

    seen: as `told` said when the form was shown, so that what somebody else changed since stays; None: all as wanted.
    Raises `merging.Meanwhile` where both changed the same.
    """
    row = find(session, authority_id, webhook_id, for_change=True)
    _check(wanted, allows_plain=allows_plain)
    before = told(row)
    if seen is not None:
        wanted = wanted_of(merging.merged(seen=seen, typed=told(wanted), stored=before, labels=FIELDS))
    _write(session, row, wanted)
    if wanted.is_active:
        _hasten(session, row, now)
    data = {**_opened(row), "changed": merging.changed(told(row), before)}
    record(session, authority_id, JournalAct.WEBHOOK_CHANGED, ("webhook", webhook_id), by=by, now=now, data=data)


def told(row: Webhook | Wanted) -> Values:
    """What a form shows of a webhook, for each of FIELDS; EVERYTHING where it names none."""
    return {
        "name": row.name.strip(),
        "url": row.url.strip(),
        "kinds": EVERYTHING if row.kinds is None else ",".join(sorted(set(row.kinds))),
        "procedures": EVERYTHING if row.procedures is None else ",".join(sorted(set(row.procedures))),
        "is_active": "yes" if row.is_active else "",
    }


def wanted_of(values: Values) -> Wanted:
    """The webhook that a form says, as `told` writes it."""
    kinds, procedures = (
        None if values[name] == EVERYTHING else values[name].split(",") for name in ("kinds", "procedures")
    )
    return Wanted(values["name"], values["url"], kinds, procedures, values["is_active"] == "yes")


def _opened(row: Webhook) -> dict[str, object]:
    """What the journal keeps of a webhook: what it is told, never where."""
    return {
        "kinds": [EVERYTHING] if row.kinds is None else row.kinds,
        "procedures": [EVERYTHING] if row.procedures is None else row.procedures,
        "active": row.is_active,
    }


def remove(session: Session, authority_id: int, webhook_id: int, *, by: AgentActor | None, now: datetime) -> None:
    """Forgets the webhook and what waits for it; raises NotFound."""
    row = find(session, authority_id, webhook_id, for_change=True)
    session.execute(delete(WebhookDelivery).where(*_of(row)))
    session.delete(row)
    session.flush()
    record(session, authority_id, JournalAct.WEBHOOK_REMOVED, ("webhook", webhook_id), by=by, now=now)


def replay(
    session: Session, authority_id: int, webhook_id: int, since: datetime, *, by: AgentActor | None, now: datetime
) -> int:
    """How many events, told or given up since that instant, will be told again, in their order and under their ids."""
    row = find(session, authority_id, webhook_id, for_change=True)
    again = update(WebhookDelivery).where(
        *_of(row), col(WebhookDelivery.created_at) >= since, col(WebhookDelivery.state) != WAITING
    )
    done = session.execute(again.values(state=WAITING, tries=0, due_at=now, delivered_at=None))
    count = int(done.rowcount)  # type: ignore[attr-defined]
    _hasten(session, row, now)
    told = {"since": since.isoformat(), "count": count}
    record(session, authority_id, JournalAct.WEBHOOK_REPLAYED, ("webhook", webhook_id), by=by, now=now, data=told)
    return count


def find(session: Session, authority_id: int, webhook_id: int, *, for_change: bool = False) -> Webhook:
    """The webhook; raises NotFound."""
    statement = select(Webhook).where(col(Webhook.authority_id) == authority_id, col(Webhook.id) == webhook_id)
    row: Webhook | None = session.execute(
        statement.with_for_update(key_share=True) if for_change else statement
    ).scalar_one_or_none()
    if row is None:
        raise NotFound(_MINE)
    return row


def every(session: Session, authority_id: int) -> list[Count]:
    """Every webhook of the authority, in the order of their names."""
    rows = session.execute(
        select(Webhook).where(col(Webhook.authority_id) == authority_id).order_by(col(Webhook.name), col(Webhook.id))
    ).scalars()
    return [Count(row, _count(session, row, WAITING), _count(session, row, ABANDONED)) for row in rows]


def last(session: Session, row: Webhook, limit: int = 100) -> list[Told]:
    """What it was told, or will be, the newest first."""
    statement = (
        select(WebhookDelivery, col(Submission.reference))
        .join(Submission, col(Submission.id) == col(WebhookDelivery.submission_id))
        .where(*_of(row))
        .order_by(col(WebhookDelivery.id).desc())
        .limit(limit)
    )
    return [Told(delivery, reference) for delivery, reference in session.execute(statement)]


def _write(session: Session, row: Webhook, wanted: Wanted) -> None:
    row.name, row.url, row.is_active = wanted.name.strip(), wanted.url.strip(), wanted.is_active
    row.kinds = None if wanted.kinds is None else sorted(set(wanted.kinds))
    row.procedures = None if wanted.procedures is None else sorted(set(wanted.procedures))
    session.add(row)
    session.flush()


def _hasten(session: Session, row: Webhook, now: datetime) -> None:
    """What waits is due: a pause, or the time between two tries, is over."""
    waiting = update(WebhookDelivery).where(*_of(row), col(WebhookDelivery.state) == WAITING)
    session.execute(waiting.values(due_at=now))


def _count(session: Session, row: Webhook, state: str) -> int:
    mine = select(func.count()).select_from(WebhookDelivery).where(*_of(row), col(WebhookDelivery.state) == state)
    return int(session.execute(mine).scalar_one())


def _of(row: Webhook) -> tuple[ColumnElement[bool], ...]:
    return (col(WebhookDelivery.authority_id) == row.authority_id, col(WebhookDelivery.webhook_id) == row.id)


def _check(wanted: Wanted, *, allows_plain: bool) -> None:
    name, url, found = wanted.name.strip(), wanted.url.strip(), []
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        found.append(Problem("name", "name", f"Donnez un nom, de {LONGEST_NAME} caractères au plus."))
    if len(url) > LONGEST_URL or not is_address(url, allows_plain=allows_plain):
        found.append(Problem("url", "url", "Saisissez une adresse complète, qui commence par https://."))
    if wanted.kinds is not None and (not wanted.kinds or not set(wanted.kinds) <= set(KINDS)):
        found.append(Problem("kinds", "kinds", "Choisissez « Tous », ou seulement certains événements."))
    if wanted.procedures is not None and (not wanted.procedures or not all(map(api_keys.is_slug, wanted.procedures))):
        found.append(Problem("procedures", "procedures", "Choisissez « Toutes », ou seulement certaines démarches."))
    if found:
        raise Invalid(problems=found)
