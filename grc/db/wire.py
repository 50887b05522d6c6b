"""Values as PostgreSQL's protocol writes them in text, by the types of our columns."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from psycopg import DataError
from sqlalchemy import JSON, Boolean, Date, Integer, LargeBinary, String
from sqlalchemy.types import TypeEngine
from sqlmodel.sql.sqltypes import AutoString

from grc.db.types import UtcDateTime

Write = Callable[[Any], bytes | None]
Read = Callable[[bytes], Any]

SETTLED = "SET datestyle = 'ISO, YMD'; SET timezone = 'UTC'; SET bytea_output = 'hex'"
"""What a connection is told once, so that its text is read as it was meant."""


def writer(kind: TypeEngine[Any]) -> Write:
    """How values of a column are written; raises TypeError for a type that no prepared statement has used yet."""
    kind = _plain(kind)
    if isinstance(kind, JSON):
        return _document
    if isinstance(kind, UtcDateTime):
        return _instant
    if isinstance(kind, Date):
        return _day
    if isinstance(kind, Boolean):
        return _truth
    if isinstance(kind, Integer):
        return _integer
    if isinstance(kind, String):
        return _text
    if isinstance(kind, LargeBinary):
        return _bytes
    raise TypeError(f"no way to write {kind!r}")


def reader(kind: TypeEngine[Any]) -> Read:
    """How values of a column are read; raises TypeError as `writer` does."""
    kind = _plain(kind)
    if isinstance(kind, JSON):
        return json.loads
    if isinstance(kind, UtcDateTime):
        return lambda cell: datetime.fromisoformat(cell.decode()).astimezone(UTC)
    if isinstance(kind, Date):
        return lambda cell: date.fromisoformat(cell.decode())
    if isinstance(kind, Boolean):
        return lambda cell: cell == b"t"
    if isinstance(kind, Integer):
        return int
    if isinstance(kind, String):
        return bytes.decode
    if isinstance(kind, LargeBinary):
        return lambda cell: bytes.fromhex(cell[2:].decode())
    raise TypeError(f"no way to read {kind!r}")


def _plain(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """The type under those that only choose one by database (SQLModel's texts)."""
    return kind.impl_instance if isinstance(kind, AutoString) else kind


def _document(value: Any) -> bytes | None:
    return None if value is None else json.dumps(value).encode()


def _instant(value: datetime | None) -> bytes | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("an instant must be aware")
    return value.isoformat().encode()


def _day(value: date | None) -> bytes | None:
    return None if value is None else value.isoformat().encode()


def _truth(value: bool | None) -> bytes | None:
    return None if value is None else b"t" if value else b"f"


def _integer(value: int | None) -> bytes | None:
    return None if value is None else b"%d" % value


def _text(value: str | None) -> bytes | None:
    if value is None:
        return None
    if "\0" in value:
        raise DataError("a text of PostgreSQL cannot contain NUL")
    return value.encode()


def _bytes(value: bytes | None) -> bytes | None:
    return None if value is None else b"\\x" + value.hex().encode()
