"""What the journal says, newest first: pages by key, with filters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, func, or_, select
from sqlmodel import Session

from grc import clock, references
from grc.journal.acts import JournalAct
from grc.journal.models import JournalEntry

PAGE = 50
_LARGEST_KEY = 2**63 - 1
_ENTRIES = JournalEntry.__table__  # type: ignore[attr-defined]
_COLUMNS = [one for one in _ENTRIES.c if one.name != "authority_id"]


@dataclass(frozen=True)
class Entry:
    """A line. act: of JournalAct. subject: what it was done to, by its kind and its reference, slug or number."""

    id: int
    at: datetime
    actor_kind: str
    actor_id: int | None
    act: str
    subject_kind: str
    subject: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """Which lines: of a month ("2026-11", in UTC), of an act, by an agent, about a subject; "" or None for all."""

    month: str = ""
    act: str = ""
    agent: int | None = None
    subject: str = ""


@dataclass(frozen=True)
class Page:
    """Some lines, newest first; `following` is the key of the next page, "" at the end."""

    entries: Sequence[Entry]
    following: str


def page(session: Session, authority_id: int, wanted: Wanted, *, after: str = "") -> Page:
    """The lines after that key; the first page for a key that is none."""
    conditions = [*_conditions(authority_id, wanted), *_beyond(after)]
    rows = session.execute(_newest(conditions).limit(PAGE + 1)).all()
    shown = [Entry(**row._mapping) for row in rows[:PAGE]]
    more = len(rows) > PAGE
    return Page(shown, f"{clock.microseconds(shown[-1].at)}_{shown[-1].id}" if more else "")


def count(session: Session, authority_id: int, *, most: int) -> int:
    """How many lines there are, `most` at most."""
    mine = select(_ENTRIES.c.id).where(_ENTRIES.c.authority_id == authority_id).limit(most)
    return int(session.execute(select(func.count()).select_from(mine.subquery())).scalar_one())


def every(session: Session, authority_id: int, wanted: Wanted, *, most: int) -> Iterator[Entry]:
    """So many lines at most, newest first."""
    after = ""
    while most > 0:
        found = page(session, authority_id, wanted, after=after)
        yield from found.entries[:most]
        most, after = most - len(found.entries), found.following
        if not after:
            return


def months(now: datetime, count: int) -> Sequence[str]:
    """The last months in UTC, newest first."""
    at = now.astimezone(UTC)
    numbers = [at.year * 12 + at.month - 1 - back for back in range(count)]
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in numbers]


def _newest(conditions: Sequence[ColumnElement[bool]]) -> Any:
    return select(*_COLUMNS).where(*conditions).order_by(_ENTRIES.c.at.desc(), _ENTRIES.c.id.desc())


def _conditions(authority_id: int, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [_ENTRIES.c.authority_id == authority_id]
    if wanted.month:
        first, last = _bounds(wanted.month)
        found += [_ENTRIES.c.at >= first, _ENTRIES.c.at < last]
    if wanted.act:
        found.append(_ENTRIES.c.act == wanted.act)
    if wanted.agent is not None:
        found += [_ENTRIES.c.actor_kind == "agent", _ENTRIES.c.actor_id == wanted.agent]
    if wanted.subject:
        found.append(_about(wanted.subject))
    return found


def _about(subject: str) -> ColumnElement[bool]:
    """The lines about a subject; for the reference of a demande, those of lists that named it too."""
    itself: ColumnElement[bool] = _ENTRIES.c.subject == subject
    if references.read_reference(subject) != subject:
        return itself
    named = cast(_ENTRIES.c.data, Text).contains(f'"{subject}"', autoescape=True)
    return or_(itself, and_(_ENTRIES.c.act == str(JournalAct.SUBMISSION_LISTED), named))


def _bounds(month: str) -> tuple[datetime, datetime]:
    year, number = int(month[:4]), int(month[5:])
    following = (year + 1, 1) if number == 12 else (year, number + 1)
    return datetime(year, number, 1, tzinfo=UTC), datetime(*following, 1, tzinfo=UTC)


def _beyond(after: str) -> list[ColumnElement[bool]]:
    try:
        instant_key, key = after.split("_")
        instant, last = clock.instant_of(int(instant_key)), max(min(int(key), _LARGEST_KEY), 0)
    except (ValueError, OverflowError):
        return []
    at, number = _ENTRIES.c.at, _ENTRIES.c.id
    return [or_(at < instant, and_(at == instant, number < last))]
