"""What an archive holds, table by table, and how a row is spelled: JSON that reads the same from either database."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, ColumnElement, Date, Integer, LargeBinary, String, Table
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from grc import tables as every_table
from grc.db import UtcDateTime
from grc.errors import Invalid

FORMAT = 2
"""Of archives: one more at each change that an older program could not read (`versions`). 2: mails are files."""

LEFT_OUT: Mapping[str, str] = {
    "browser_session": "une session appartient à un navigateur et à une adresse du site",
    "sign_in": "une connexion en cours ne survit pas à un déménagement",
    "door_step": "une connexion en cours ne survit pas à un déménagement",
    "rate_counter": "les compteurs d’essais ne durent que quelques minutes",
    "hash_key": "les clés d’empreinte sont dans la partie scellée",
    "worker_sign": "les signes de vie sont ceux des processus de l’ancienne machine",
}
"""Tables that no archive holds, and why."""

PLATFORM = frozenset({"sweep_run"})
"""Tables of the whole installation: in a backup, not in the archive of one authority."""

UNTIED: Mapping[str, tuple[str, ...]] = {"draft": ("session_id",), "email_link": ("session_id",)}
"""Columns that name rows which are left out: emptied, or a new session of the same number would inherit them."""
ALONE: Mapping[str, tuple[str, ...]] = {**UNTIED, "submission_link": ("other_authority_id",)}
"""The same in the archive of one authority: its neighbours elsewhere are others, under the same numbers."""

AUTHORITY = SQLModel.metadata.tables["authority"]
MAIL, BODY = every_table.SOMETIMES_SEALED.table, every_table.SOMETIMES_SEALED.name
"""Mails, and letters on paper: the bytes of each are a file of the archive, which its row names."""
_MANY, _FEW = 500, 25


def tables(*, of_installation: bool) -> list[Table]:
    """The tables of an archive, each after those that it refers to."""
    held = [AUTHORITY]
    for table in SQLModel.metadata.sorted_tables:
        is_partitioned = "authority_id" in table.c and table.name not in LEFT_OUT
        if is_partitioned or (of_installation and table.name in PLATFORM):
            held.append(table)
    return held


def owner_of(table: Table) -> Column[Any] | None:
    """The column that says whose row it is; None in a table of the whole installation."""
    if table is AUTHORITY:
        return table.c.id
    return table.c.get("authority_id")


def at_once(table: Table) -> int:
    """How many rows are held in memory together: fewer where a row may be a whole mail or a whole form."""
    is_heavy = any(isinstance(each.type, LargeBinary) for each in table.c) or table.name == "procedure_version"
    return _FEW if is_heavy else _MANY


def of_value(column: Column[Any], value: int) -> ColumnElement[bool]:
    """The condition that a column has this value, which no index serves: pages are then read in the order of the key.

    Else SQLite takes the index of the authority and sorts all its rows again for each page.
    """
    return column + 0 == value


def to_itself(table: Table) -> list[str]:
    """The columns that refer to rows of the same table, which may come later."""
    return [each.parent.name for each in table.foreign_keys if each.column.table is table]


class Spelling:
    """The rows of one table as JSON. A sealed value is `true`: what it is stays in the sealed part. An empty one is "".

    Where the column takes no NULL, an empty one is `false`. In the place of a mail's bytes stands the name of its file.
    """

    def __init__(self, table: Table, *, of_installation: bool) -> None:
        self.table = table
        self._untied = (UNTIED if of_installation else ALONE).get(table.name, ())
        self.sealed = frozenset(column.name for column in every_table.sealed(table))
        self._write = {column.name: _writer(column) for column in table.c}
        self._read = {column.name: _reader(column) for column in table.c}
        if table is MAIL:
            self._write[BODY], self._read[BODY] = str, lambda value: _exactly(str, value)

    def line(self, row: Mapping[str, Any]) -> bytes:
        """One line of the member, its end included; keys in order, so that equal rows are equal bytes."""
        said = {name: _cell(row[name], self._write[name]) for name in self._write}
        for name in self.sealed:
            is_empty = row[name] == "" and bool(self.table.c[name].nullable)
            said[name] = "" if is_empty else said[name] is not None
        said.update(dict.fromkeys(self._untied))
        return _dumped(said)

    def row(self, line: bytes) -> dict[str, Any]:
        """The row of a line, sealed columns as booleans; raises Invalid for anything that `line` would not write."""
        try:
            said = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise Invalid(f"La table {self.table.name} contient une ligne illisible.") from error
        if not isinstance(said, dict) or said.keys() != self._read.keys():
            raise Invalid(f"La table {self.table.name} n’a pas les colonnes attendues{_difference(said, self._read)}.")
        return {name: self._cell(name, said[name]) for name in self._read} | dict.fromkeys(self._untied)

    def _cell(self, name: str, value: Any) -> Any:
        if name in self.sealed:
            is_empty = value == "" and bool(self.table.c[name].nullable)
            return self._checked(name, value, isinstance(value, bool) or is_empty)
        if value is None:
            return self._checked(name, None, bool(self.table.c[name].nullable))
        try:
            return self._read[name](value)
        except (ValueError, TypeError, AttributeError) as error:
            raise self._fault(name) from error

    def _checked(self, name: str, value: Any, is_right: bool) -> Any:
        if not is_right:
            raise self._fault(name)
        return value

    def _fault(self, name: str) -> Invalid:
        return Invalid(f"La table {self.table.name} a une valeur illisible dans la colonne « {name} ».")


def dumped(value: Any) -> bytes:
    """A JSON line with its keys in order."""
    return _dumped(value)


def _dumped(value: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    except UnicodeEncodeError:  # half a pair of surrogates, which JSON alone can write
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _difference(said: Any, known: Mapping[str, Any]) -> str:
    if not isinstance(said, dict):
        return ""
    unknown, missing = sorted(said.keys() - known.keys()), sorted(known.keys() - said.keys())
    words = [f"inconnues : {', '.join(map(str, unknown))[:200]}"] if unknown else []
    words += [f"absentes : {', '.join(missing)}"] if missing else []
    return f" ({' ; '.join(words)})"


def _cell(value: Any, write: Callable[[Any], Any]) -> Any:
    return None if value is None else write(value)


def _plain(column: Column[Any]) -> Any:
    kind = column.type
    return kind.impl_instance if isinstance(kind, AutoString) else kind


def _writer(column: Column[Any]) -> Callable[[Any], Any]:
    kind = _plain(column)
    if isinstance(kind, UtcDateTime | Date):
        return lambda value: value.isoformat()
    if isinstance(kind, LargeBinary):
        return lambda value: base64.b64encode(value).decode()
    if isinstance(kind, JSON | Boolean | Integer | String):
        return lambda value: value
    raise TypeError(f"no way to spell {column}")


def _reader(column: Column[Any]) -> Callable[[Any], Any]:
    kind = _plain(column)
    if isinstance(kind, UtcDateTime):
        return _instant
    if isinstance(kind, Date):
        return date.fromisoformat
    if isinstance(kind, LargeBinary):
        return lambda value: base64.b64decode(value, validate=True)
    if isinstance(kind, JSON):
        return lambda value: value
    if isinstance(kind, Integer):
        return _integer
    wanted = bool if isinstance(kind, Boolean) else str
    return lambda value: _exactly(wanted, value)


def _instant(value: str) -> datetime:
    return datetime.fromisoformat(value).astimezone(UTC)


def _exactly(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise ValueError(f"not a {kind.__name__}")
    return value


def _integer(value: Any) -> Any:
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise ValueError("not an integer of 64 bits")
    return value
