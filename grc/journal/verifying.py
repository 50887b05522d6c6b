"""Reads a whole journal again and says every fault with its place; linear, a batch in memory at a time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlmodel import Session

from grc.db.hashes import hashes
from grc.journal import chain
from grc.journal.acts import JournalAct
from grc.journal.chain import GENESIS, PURPOSE, Seal
from grc.journal.chaining import BATCH, seal_of, slug_of
from grc.journal.models import JournalEntry, JournalLink, JournalSeal
from grc.journal.purging import is_in_time

LINKED_WITHIN = timedelta(hours=1)
"""An entry without a place is a fault beyond it: sweeps pass every ten minutes. Its seal is as near."""
_CLOCKS = timedelta(minutes=5)
"""How far the clocks of two machines may be apart: an entry beyond it is of the future."""
_AT_ONCE = 1000
_MOST_FAULTS = 1000
_ENTRIES = JournalEntry.__table__  # type: ignore[attr-defined]
_LINKS = JournalLink.__table__  # type: ignore[attr-defined]
_SEALS = JournalSeal.__table__  # type: ignore[attr-defined]


@dataclass
class Report:
    """What was read, and what is wrong with it, in French, each with its place."""

    entries: int = 0
    waiting: int = 0
    """Recent entries that the next passage will link."""
    last: Seal | None = None
    purged: list[str] = field(default_factory=list)
    """Months whose entries were purged at their term: their seals stay."""
    faults: list[str] = field(default_factory=list)
    more: int = 0
    """Faults beyond the first thousand."""

    def add(self, fault: str) -> None:
        """Keeps it, or counts it once there are too many."""
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(fault)
        else:
            self.more += 1


@dataclass
class _Head:
    """Where the walk stands. hash: None after a place that is missing, where nothing can be computed."""

    month: str = ""
    position: int = 0
    hash: str | None = GENESIS
    sealed: int = 0
    """The last position under a seal, in this month."""


@dataclass(frozen=True)
class _Span:
    """When the entries under a seal may have been written. until: its position. since: None before the first seals."""

    until: int
    since: datetime | None
    before: datetime


def verify(session: Session, authority_id: int, *, as_of: datetime) -> Report:
    """The state of the authority's journal: entries, links and seals, compared with one another."""
    report = Report()
    seals = seals_of(session, authority_id)
    _check_seals(session, authority_id, seals, report)
    months: dict[str, list[Seal]] = {}
    for seal in seals:
        months.setdefault(seal.month, []).append(seal)
    read = _check_links(session, authority_id, months, report)
    _check_missing(session, authority_id, months, read, report, as_of=as_of)
    _check_waiting(session, authority_id, as_of, report)
    report.last = seals[-1] if seals else None
    return report


def seals_of(session: Session, authority_id: int) -> list[Seal]:
    """Every seal of the authority, in order."""
    mine = select(_SEALS).where(_SEALS.c.authority_id == authority_id)
    return [seal_of(row) for row in session.execute(mine.order_by(_SEALS.c.month, _SEALS.c.position))]


def _check_seals(session: Session, authority_id: int, seals: Sequence[Seal], report: Report) -> None:
    """Each seal names the digest of those before it; a signature that is good vouches for all of these.

    A key that is gone since is thus no fault as long as a seal under a key of today follows. Of an authority restored
    from an archive, the keys that came with it are good too.
    """
    slug, before, vouched = slug_of(session, authority_id), GENESIS, -1
    for number, seal in enumerate(seals):
        if seal.before != before:
            report.add(f"sceau {_at(seal.place)} : il ne suit pas le précédent, qui a été changé, ajouté ou retiré")
        before = chain.digest(seal)
        if seal.signature in hashes(session, authority_id, PURPOSE, chain.signed(slug, seal)):
            vouched = number
    for number, seal in enumerate(seals):
        if number > vouched:
            report.add(f"sceau {_at(seal.place)} : aucune clé de l’installation ne l’a signé, ou il a été changé")


def _check_links(session: Session, authority_id: int, months: Mapping[str, Sequence[Seal]], report: Report) -> set[str]:
    """Walks the chain; gives the months that have links."""
    head, seen = _Head(), set[str]()
    heads = {month: {seal.position: seal.hash for seal in seals} for month, seals in months.items()}
    spans = _spans(months)
    for row in links_of(session, authority_id):
        if row.month != head.month:
            _end(head, months, report)
            head = _Head(row.month, 0, _before(row.month, head, months))
            seen.add(row.month)
        _step(row, head, report)
        _check_date(row, spans.get(row.month, ()), report)
        sealed = heads.get(row.month, {}).get(row.position)
        if sealed is not None:
            head.sealed = row.position
            if sealed != row.hash:
                report.add(f"sceau {_at((row.month, row.position))} : il ne scelle pas ce que dit la chaîne")
        report.entries += 1
    _end(head, months, report)
    return seen


def _before(month: str, head: _Head, months: Mapping[str, Sequence[Seal]]) -> str | None:
    """The hash from which a month goes on: the last one linked, or the last one sealed where its month was purged."""
    earlier = max((one for one in months if one < month), default="")
    if head.month and head.month >= earlier:
        return head.hash
    return months[earlier][-1].hash if earlier else GENESIS


def _step(row: Any, head: _Head, report: Report) -> None:
    """One link compared with what must stand there; the walk goes on from what is written."""
    if row.position != head.position + 1:
        report.add(f"{_at((row.month, head.position + 1))} : maillons retirés jusqu’au n° {row.position}")
        head.hash = None
    if row.entry is None:
        report.add(f"{_at((row.month, row.position))} : l’entrée {row.entry_id} a disparu")
    elif head.hash is not None and chain.linked(head.hash, row) != row.hash:
        report.add(
            f"{_at((row.month, row.position))} : l’entrée {row.entry_id}, son maillon ou ce qui le précède a changé"
        )
    head.position, head.hash = row.position, row.hash


def _spans(months: Mapping[str, Sequence[Seal]]) -> dict[str, list[_Span]]:
    """For each seal, in order, when what it covers may have been written.

    A seal of a batch that is not full left nothing behind: what the next ones cover is younger than it.
    """
    found: dict[str, list[_Span]] = {}
    since: datetime | None = None
    for month, seals in months.items():
        covered = 0
        for seal in seals:
            span = _Span(seal.position, since and since - LINKED_WITHIN, seal.sealed_at + LINKED_WITHIN)
            found.setdefault(month, []).append(span)
            since = seal.sealed_at if seal.position - covered < BATCH else since
            covered = seal.position
    return found


def _check_date(row: Any, spans: Sequence[_Span], report: Report) -> None:
    """An entry is dated between the seals around it: who invents one cannot put it in the past, nor in the future."""
    number = bisect_left(spans, row.position, key=lambda span: span.until)
    if row.entry is None or number == len(spans):
        return
    span = spans[number]
    if row.at > span.before or (span.since is not None and row.at < span.since):
        dated = chain.spelled_instant(row.at)[:19]
        report.add(
            f"{_at((row.month, row.position))} : l’entrée {row.entry_id} est datée du {dated} UTC, loin de son sceau ;"
            " ajoutée après coup, ou horloge déréglée"
        )


def _end(head: _Head, months: Mapping[str, Sequence[Seal]], report: Report) -> None:
    """At the end of a month: its last link is under a seal, and its last seal has its link."""
    if not head.month:
        return
    if head.position > head.sealed:
        report.add(f"{_at((head.month, head.sealed + 1))} : maillons sans sceau, jusqu’au n° {head.position}")
    seals = months.get(head.month, ())
    if seals and seals[-1].position > head.position:
        cut = f"la fin du mois est coupée, le sceau va jusqu’au n° {seals[-1].position}"
        report.add(f"{_at((head.month, head.position + 1))} : {cut}")


def _check_missing(
    session: Session,
    authority_id: int,
    months: Mapping[str, object],
    read: set[str],
    report: Report,
    *,
    as_of: datetime,
) -> None:
    """A month that has seals and no link was purged, and the journal says so; else it was taken away."""
    purged = _purged_until(session, authority_id, as_of)
    for month in sorted(set(months) - read):
        if month <= purged:
            report.purged.append(month)
        else:
            report.add(f"{month} : le mois entier a disparu, sans purge inscrite au journal")


def _purged_until(session: Session, authority_id: int, as_of: datetime) -> str:
    """The last month that the journal says purged, no sooner than it may be; "" for none.

    What the line says of its own date proves nothing: it is judged on the month of its link, which is under a seal,
    or on today while it waits for one.
    """
    beside = and_(_LINKS.c.entry_id == _ENTRIES.c.id, _LINKS.c.authority_id == authority_id)
    rows = session.execute(
        select(_ENTRIES.c.subject, _ENTRIES.c.at, _LINKS.c.month)
        .outerjoin(_LINKS, beside)
        .where(_ENTRIES.c.authority_id == authority_id, _ENTRIES.c.act == str(JournalAct.JOURNAL_PURGED))
    )
    return max((row.subject for row in rows if _is_purge(row, as_of)), default="")


def _is_purge(row: Any, as_of: datetime) -> bool:
    if row.month is None:
        return as_of - LINKED_WITHIN <= row.at <= as_of + _CLOCKS and is_in_time(row.subject, as_of)
    try:
        linked = datetime.strptime(row.month, "%Y-%m").replace(tzinfo=UTC)
    except ValueError:  # no month of ours: its link is a fault already
        return False
    return is_in_time(row.subject, linked)


def _check_waiting(session: Session, authority_id: int, as_of: datetime, report: Report) -> None:
    """Entries without a place: recent ones wait for the next passage, others were added behind its back, or ahead."""
    beside = and_(_LINKS.c.entry_id == _ENTRIES.c.id, _LINKS.c.authority_id == authority_id)
    wanted = (
        select(_ENTRIES.c.id, _ENTRIES.c.at)
        .outerjoin(_LINKS, beside)
        .where(_ENTRIES.c.authority_id == authority_id, _LINKS.c.id.is_(None))
    )
    for number, at in session.execute(wanted.order_by(_ENTRIES.c.id)):
        dated = chain.spelled_instant(at)[:19]
        if as_of - at > LINKED_WITHIN:
            report.add(f"entrée {number} : sans maillon depuis {dated} UTC ; ajoutée après coup, ou relevés arrêtés")
        elif at - as_of > _CLOCKS:
            report.add(f"entrée {number} : datée de l’avenir, {dated} UTC")
        else:
            report.waiting += 1


def links_of(session: Session, authority_id: int, *, month: str = "") -> Iterator[Any]:
    """Every link (of a month), with its entry (`entry` is None where it has gone), in the order of the chain."""
    beside = and_(_ENTRIES.c.id == _LINKS.c.entry_id, _ENTRIES.c.authority_id == authority_id)
    told = [one for one in _ENTRIES.c if one.name not in ("id", "authority_id")]
    wanted = (
        select(_LINKS.c.entry_id, _LINKS.c.month, _LINKS.c.position, _LINKS.c.hash, _ENTRIES.c.id.label("entry"), *told)
        .outerjoin(_ENTRIES, beside)
        .where(_LINKS.c.authority_id == authority_id)
        .order_by(_LINKS.c.month, _LINKS.c.position)
        .limit(_AT_ONCE)
    )
    if month:
        wanted = wanted.where(_LINKS.c.month == month)
    last, position = "", 0
    while True:
        beyond = or_(_LINKS.c.month > last, and_(_LINKS.c.month == last, _LINKS.c.position > position))
        rows = session.execute(wanted.where(beyond)).all()
        yield from rows
        if len(rows) < _AT_ONCE:
            return
        last, position = rows[-1].month, rows[-1].position


def _at(place: tuple[str, int]) -> str:
    """ "2026-11 n° 12"."""
    return f"{place[0]} n° {place[1]}"
