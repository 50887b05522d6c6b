"""What is sealed in the database, sealed again under the newest secret: so that an old one can be taken away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, and_, func, or_, select, update
from sqlmodel import Session

from grc import tables
from grc.db import Database, keyring_of

BATCH = 200
"""Rows of one transaction: short enough for the site to serve meanwhile."""
_TABLES = tables.submissions.Submission.metadata.tables
_ENTRY = _TABLES["outbox_entry"]
_SUBMISSION, _DRAFT = _TABLES["submission"], _TABLES["draft"]


@dataclass
class Tally:
    """What became of a column's values: sealed again, already under the newest secret, opened by no secret."""

    table: str
    column: str
    resealed: int = 0
    kept: int = 0
    lost: int = 0


def columns() -> list[Column[Any]]:
    """Every column that holds sealed values: by its name, "sealed_…", and the mails that carry a code."""
    named = [column for table in _TABLES.values() for column in tables.sealed(table)]
    return [*sorted(named, key=lambda column: (column.table.name, column.name)), tables.SOMETIMES_SEALED]


def reseal(database: Database, authority_ids: list[int], *, is_trial: bool = False) -> Iterator[Tally]:
    """Seals again what older secrets sealed, column by column, in short transactions; gives each column's tally.

    Safe to interrupt and to run again: each transaction is whole, and what is done is passed over. A value that
    somebody changes meanwhile keeps the change. is_trial: counts only.
    """
    for column in columns():
        tally = Tally(column.table.name, column.name)
        for authority_id in authority_ids:
            after: Any = None
            while True:
                with database.writing(scope=authority_id) as session:
                    after = _batch(session, column, authority_id, after, tally, is_trial=is_trial)
                if after is None:
                    break
        yield tally


def oldest_code(database: Database, authority_ids: list[int]) -> datetime | None:
    """When the oldest tracking or resume code that is still kept was given; None when there is none.

    Codes are kept as hashes, which nothing can make again: a secret is needed as long as codes of its time are.
    """
    found = []
    for authority_id in authority_ids:
        with database.reading(scope=authority_id) as session:
            for table, at, code in (
                (_SUBMISSION, _SUBMISSION.c.recorded_at, _SUBMISSION.c.tracking_code_hash),
                (_DRAFT, _DRAFT.c.created_at, _DRAFT.c.code_hash),
            ):
                mine = and_(table.c.authority_id == authority_id, code.is_not(None))
                found.append(session.execute(select(func.min(at)).where(mine)).scalar_one())
    return min(filter(None, found), default=None)


def _batch(
    session: Session, column: Column[Any], authority_id: int, after: Any, tally: Tally, *, is_trial: bool
) -> Any:
    """Does one batch; gives the key of its last row, None when there is nothing after it."""
    table = column.table
    assert isinstance(table, Table)  # noqa: S101 - every column here is one of a table
    key = next(iter(table.primary_key.columns))
    wanted = [table.c.authority_id == authority_id, column.is_not(None), *_sealed_only(column)]
    if after is not None:
        wanted.append(key > after)
    rows = session.execute(select(key, column).where(*wanted).order_by(key).limit(BATCH)).all()
    for number, sealed in rows:
        fresh = _again(session, column, sealed, tally)
        if fresh is not None and not is_trial:
            session.execute(update(table).where(key == number, column == sealed).values({column.name: fresh}))
    return rows[-1][0] if len(rows) == BATCH else None


def _sealed_only(column: Column[Any]) -> list[Any]:
    """Of the columns that hold other values too, those that are sealed."""
    if column is tables.SOMETIMES_SEALED:
        return [column.table.c.outbox_id.in_(select(_ENTRY.c.id).where(_ENTRY.c.sealed_secret.is_not(None)))]
    return [or_(column != "", column.is_(None))]


def _again(session: Session, column: Column[Any], sealed: Any, tally: Tally) -> str | bytes | None:
    """The value under the newest secret; None when it is so already, or lost."""
    is_bytes = isinstance(column.type, LargeBinary)
    try:
        fresh = keyring_of(session).reseal_bytes(bytes(sealed) if is_bytes else sealed.encode())
    except ValueError:
        tally.lost += 1
        return None
    if fresh is None:
        tally.kept += 1
        return None
    tally.resealed += 1
    return fresh if is_bytes else fresh.decode()
