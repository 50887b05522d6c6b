"""What an authority's demandes add up to in a month: counts alone, for its syndicate, that lead back to nobody."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, col

from grc import clock
from grc.authorities import queries as authorities
from grc.authorities.views import AuthorityView
from grc.db import dialect_of
from grc.outbox.models import Message, OutboxEntry
from grc.submissions.events import Kind
from grc.submissions.kept_models import Figure
from grc.submissions.models import Decision, Event, Submission

SYNDICATE = "syndicate"
MONTHS = 12
"""How many months back are counted the first time."""
_SETTLES = timedelta(days=4)
"""How long after its end a month is counted again. What was counted later than that stays."""
_FEWEST = 5
"""Of fewer decisions no delay is told: it would be that of a person."""
_IMPLIED = ("implicit_acceptance", "implicit_rejection")
_OPEN = ("received", "examined", "waiting")


@dataclass(frozen=True)
class Counts:
    """A month of an authority. received: by channel. implied: those of `decided` that silence decided.

    open, overdue: at the end of the month, or now; overdue: silence had decided, or was due to. median_days, p90_days:
    from reception by the competent administration to the decision, None for fewer than five decisions. refused: mails
    given up or returned.
    """

    received: dict[str, int] = field(default_factory=dict)
    decided: int = 0
    implied: int = 0
    withdrawn: int = 0
    open: int = 0
    overdue: int = 0
    median_days: int | None = None
    p90_days: int | None = None
    refused: int = 0

    @property
    def total(self) -> int:
        """How many came, by every channel."""
        return sum(self.received.values())


@dataclass(frozen=True)
class Monthly:
    """The counts of a month ("2026-11") and when they were made."""

    authority_id: int
    month: str
    counts: Counts
    computed_at: datetime


@dataclass(frozen=True)
class _Span:
    """A month where the authority is: its days, and its instants up to what is known."""

    month: str
    first_on: date
    last_on: date
    start: datetime
    end: datetime


def compute(session: Session, authority_id: int, as_of: datetime) -> int:
    """How many months were counted: the present one, those last counted before they had settled, those never counted.

    Counting again as of the same instant counts nothing.
    """
    authority = authorities.authority(session, authority_id)
    if authority.kind == SYNDICATE:
        return 0
    known = {one.month: one for one in _stored(session, authority_id)}
    first = session.execute(select(func.min(col(Submission.received_at))).where(_mine(authority_id))).scalar_one()
    done = 0
    for span in _spans(authority.zone, as_of, first or as_of):
        kept = known.get(span.month)
        if kept is None or kept.computed_at < min(as_of, span.end + _SETTLES):
            _keep(session, authority_id, span.month, counted(session, authority, span), as_of)
            done += 1
    return done


def months_of(session: Session, authority_id: int) -> list[Monthly]:
    """Every month counted of an authority, the latest first; read as the platform, or as the authority itself."""
    return [_monthly(row) for row in _stored(session, authority_id)]


def latest(session: Session) -> dict[int, Monthly]:
    """The last month counted of each authority, read as the platform."""
    newest = select(col(Figure.authority_id), func.max(col(Figure.month))).group_by(col(Figure.authority_id))
    months: dict[int, str] = {row[0]: row[1] for row in session.execute(newest)}
    rows = session.execute(select(Figure).where(col(Figure.month).in_(set(months.values())))).scalars()
    return {row.authority_id: _monthly(row) for row in rows if months.get(row.authority_id) == row.month}


def everything(session: Session, *, since: str) -> list[Monthly]:
    """Every month of every authority from that one on, by authority and month, read as the platform."""
    statement = select(Figure).where(col(Figure.month) >= since)
    ordered = statement.order_by(col(Figure.authority_id), col(Figure.month))
    return [_monthly(row) for row in session.execute(ordered).scalars()]


def counted(session: Session, authority: AuthorityView, span: _Span) -> Counts:
    """The counts of a month as the rows say it now."""
    decisions = _decisions(session, authority, span)
    days = sorted(max(0, (decided_on - received_on).days) for received_on, decided_on, _ in decisions)
    is_open = _open_at_the_end(authority.id, span)
    late = or_(col(Submission.silence_on) <= span.last_on, col(Submission.implied_on).is_not(None))
    return Counts(
        received=_received(session, authority.id, span),
        decided=len(decisions),
        implied=sum(is_implied for *_, is_implied in decisions),
        withdrawn=_number(session, col(Event.id), _in_span(Event, col(Event.at), authority.id, span), _WITHDRAWN),
        open=_number(session, col(Submission.id), is_open),
        overdue=_number(session, col(Submission.id), is_open, late),
        median_days=delay(days, 50),
        p90_days=delay(days, 90),
        refused=_refused(session, authority.id, span),
    )


def delay(ordered: Sequence[int], share: int) -> int | None:
    """The percentile of delays in days, None where so few would name people."""
    return percentile(ordered, share) if len(ordered) >= _FEWEST else None


def percentile(ordered: Sequence[int], share: int) -> int | None:
    """The least value that `share` per cent do not exceed (nearest rank), None without any."""
    return ordered[max(0, math.ceil(len(ordered) * share / 100) - 1)] if ordered else None


_WITHDRAWN = col(Event.kind) == str(Kind.WITHDRAWN)


def _received(session: Session, authority_id: int, span: _Span) -> dict[str, int]:
    mine = _in_span(Submission, col(Submission.received_at), authority_id, span)
    statement = select(col(Submission.channel), func.count()).where(mine).group_by(col(Submission.channel))
    return {channel: int(number) for channel, number in session.execute(statement.order_by(col(Submission.channel)))}


def _decisions(session: Session, authority: AuthorityView, span: _Span) -> list[tuple[date, date, bool]]:
    """Of each first decision of the month: when the demande came, when it was decided, whether by silence."""
    taken = and_(
        col(Decision.kind) == "express", col(Decision.decided_at) >= span.start, col(Decision.decided_at) < span.end
    )
    born = and_(col(Decision.kind).in_(_IMPLIED), col(Decision.born_on).between(span.first_on, span.last_on))
    statement = (
        select(
            col(Submission.competent_received_on),
            col(Decision.kind),
            col(Decision.decided_at),
            col(Decision.born_on),
        )
        .join(Submission, col(Submission.id) == col(Decision.submission_id))
        .where(
            col(Decision.authority_id) == authority.id,
            col(Decision.replaces_id).is_(None),
            col(Decision.corrects_id).is_(None),
            or_(taken, born),
        )
    )
    return [
        (received_on, born_on or clock.day_in(authority.zone, decided_at), kind in _IMPLIED)
        for received_on, kind, decided_at, born_on in session.execute(statement)
    ]


def _open_at_the_end(authority_id: int, span: _Span) -> ColumnElement[bool]:
    """Received by then, and not ended by then; what left the inbox later was still in it."""
    left = and_(col(Submission.phase).not_in(_OPEN), col(Submission.state_since) < span.end)
    return and_(_mine(authority_id), col(Submission.received_at) < span.end, ~left)


def _refused(session: Session, authority_id: int, span: _Span) -> int:
    returned = _in_span(Message, col(Message.bounced_at), authority_id, span)
    given_up = _in_span(OutboxEntry, col(OutboxEntry.done_at), authority_id, span)
    is_dead = col(OutboxEntry.state).in_(("dead", "abandoned"))
    is_mail = col(OutboxEntry.channel) == "mail"
    returns = _number(session, col(Message.id), returned)
    return returns + _number(session, col(OutboxEntry.id), given_up, is_dead, is_mail)


def _in_span(table: Any, instant: Any, authority_id: int, span: _Span) -> ColumnElement[bool]:
    return and_(col(table.authority_id) == authority_id, instant >= span.start, instant < span.end)


def _number(session: Session, what: Any, *conditions: ColumnElement[bool]) -> int:
    return int(session.execute(select(func.count(what)).where(*conditions)).scalar_one())


def _mine(authority_id: int) -> ColumnElement[bool]:
    return col(Submission.authority_id) == authority_id


def _spans(zone: str, as_of: datetime, since: datetime) -> list[_Span]:
    """The present month up to now, then those before, whole, back to the month of `since`."""
    day, end, found = clock.day_in(zone, as_of), as_of, list[_Span]()
    while len(found) < MONTHS and (not found or end > since):
        first = day.replace(day=1)
        start = datetime.combine(first, time(), ZoneInfo(zone)).astimezone(UTC)
        found.append(_Span(f"{first:%Y-%m}", first, day, start, end))
        day, end = first - timedelta(days=1), start
    return found


def _stored(session: Session, authority_id: int) -> list[Figure]:
    mine = select(Figure).where(col(Figure.authority_id) == authority_id)
    return list(session.execute(mine.order_by(col(Figure.month).desc())).scalars())


def _keep(session: Session, authority_id: int, month: str, counts: Counts, as_of: datetime) -> None:
    """Writes the month, in the place of what was kept of it."""
    values = {"authority_id": authority_id, "month": month, "counts": asdict(counts), "computed_at": as_of}
    insert: Any = sqlite_insert if dialect_of(session) == "sqlite" else postgresql_insert
    statement = insert(Figure).values(values)
    changed = {"counts": statement.excluded.counts, "computed_at": statement.excluded.computed_at}
    session.execute(statement.on_conflict_do_update(index_elements=["authority_id", "month"], set_=changed))


def _monthly(row: Figure) -> Monthly:
    known = Counts.__dataclass_fields__
    counts = Counts(**{name: value for name, value in row.counts.items() if name in known})
    return Monthly(row.authority_id, row.month, counts, row.computed_at)
