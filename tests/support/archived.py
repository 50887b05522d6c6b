"""A row in every table of an authority, and archives compared or rewritten, for the tests of archives."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Integer, LargeBinary, Table, func, insert, select, update
from sqlmodel import Session, SQLModel

from grc import clock
from grc import tables as every_table
from grc.archives import exporting, reading, restoring
from grc.archives.contents import AUTHORITY, tables
from grc.archives.exporting import Wanted
from grc.archives.restoring import Restored
from grc.archives.writing import SUMS, writing
from grc.attachments.local import LocalStorage
from grc.db import Database, Keyring, UtcDateTime, connect, keyring_of, schema
from grc.journal.chaining import seal
from tests.support.demandes import commune
from tests.support.world import PDF, SECRET, seeded

PASSPHRASE = "le tilleul fleurit en juin"
ELSEWHERE = "another-secret-of-the-tests-of-another-installation"
NOW = datetime(2026, 11, 22, 12, 30, 15, 123456, tzinfo=UTC)
CODED = b"% Code de suivi : K7Q2-M9RD"
UNREAD = "forme-ancienne"
"""A procedure whose document is none that this program reads."""
HIDDEN = "ce que personne ne lit sans la phrase"
DOCUMENT = {"été": ["à", 1, None, 1.5, True, {"b": 2, "a": "« l’œuvre » 🌳"}]}
_APART = frozenset({"secrets.sealed", "manifest.json", SUMS, "tables/journal_entry.jsonl"})
_SEALED_LATER = frozenset({"journal_link", "journal_seal"})


@contextmanager
def opened(url: str, secret: str) -> Iterator[Database]:
    """The database of an installation whose secret that is."""
    database = connect(url, Keyring([secret]))
    yield database
    database.close()


def fill(session: Session, authority_id: int, storage: LocalStorage) -> None:
    """Adds a row to every table that an archive holds, each column with a value, and a file to the store."""
    stored = storage.put("tilleul", iter([b"%PDF-1.7 ", bytes(range(256)) * 300]), max_bytes=1_000_000)
    made: dict[str, int] = {"authority": authority_id}
    for table in tables(of_installation=False):
        if table is AUTHORITY or table.name in _SEALED_LATER:
            continue
        number = (session.execute(select(func.max(table.c.id))).scalar() or 0) + 1
        row = {column.name: _value(session, column, number, made) for column in table.c}
        if table.name == "attachment":
            row |= {"key": stored.key, "sha256": stored.sha256, "size_bytes": stored.size}
        if table.name == "outbox_entry":
            row["state"] = "pending"
        if table.name == "procedure":
            row["slug"] = UNREAD
        if table.name == "api_deposit":
            row["sealed_code"] = ""
        if table.name == "message":
            row["raw"] = keyring_of(session).seal_bytes(HIDDEN.encode())
        session.execute(insert(table), [row])
        made[table.name] = number
    _refer_to_later(session, made)
    _print_a_letter(session, made)
    entries = SQLModel.metadata.tables["journal_entry"]
    newest = session.execute(select(func.max(entries.c.at)).where(entries.c.authority_id == authority_id)).scalar_one()
    seal(session, authority_id, newest)


def _refer_to_later(session: Session, made: Mapping[str, int]) -> None:
    """Two accounts, the first of which was merged into the second: a row that refers to one that comes after it."""
    citizen = SQLModel.metadata.tables["citizen"]
    first = dict(session.execute(select(citizen).where(citizen.c.id == made["citizen"])).one()._mapping)
    later = {**first, "id": made["citizen"] + 1, "subject": "another", "merged_into_id": None}
    session.execute(insert(citizen), [later])
    session.execute(update(citizen).where(citizen.c.id == first["id"]).values(merged_into_id=later["id"]))


def _print_a_letter(session: Session, made: Mapping[str, int]) -> None:
    """Two letters on paper beside the mail that carries a code: the second shows one."""
    entry, message = (SQLModel.metadata.tables[name] for name in ("outbox_entry", "message"))
    printed = {"channel": "paper", "state": "posted", "sealed_secret": None}
    letter = {"raw": PDF, "message_id": "<letter>", "outbox_id": made["outbox_entry"] + 1}
    coded = {**letter, "raw": PDF + CODED, "message_id": "<coded>", "outbox_id": made["outbox_entry"] + 2}
    for table, changes in ((entry, printed), (message, letter)):
        row = dict(session.execute(select(table).where(table.c.id == made[table.name])).one()._mapping)
        session.execute(insert(table), [{**row, "id": row["id"] + 1, **changes}])
        more = coded if table is message else {**printed, "state": "printed", "kind": "filed_for_you"}
        session.execute(insert(table), [{**row, "id": row["id"] + 2, **more}])


def _value(session: Session, column: Column[Any], number: int, made: Mapping[str, int]) -> Any:
    """A value of the column's type, no other row's where it must be."""
    if column.name == "id":
        return number
    for key in column.foreign_keys:
        return made.get(key.column.table.name)
    if column in every_table.sealed(column.table):
        return keyring_of(session).seal(HIDDEN)
    kinds: dict[type, Any] = {
        UtcDateTime: NOW,
        Date: date(2026, 11, 22),
        JSON: DOCUMENT,
        Boolean: True,
        Integer: number,
        LargeBinary: b"\0\xff octets",
    }
    found = next((value for kind, value in kinds.items() if isinstance(column.type, kind)), None)
    length = getattr(getattr(column.type, "impl_instance", column.type), "length", None) or 200
    return f"{column.name} {number} é’"[: max(length, 1)] if found is None else found


def exported(database: Database, folder: Path, path: Path, **changes: Any) -> exporting.Done:
    """The archive of Tilleul."""
    wanted = Wanted(**{"slug": "tilleul", "passphrase": PASSPHRASE, **changes})
    return exporting.export(database, LocalStorage(folder), path, wanted, now=clock.now())


def restored(
    database: Database, folder: Path, path: Path, *, passphrase: str | None = PASSPHRASE, **how: Any
) -> Restored:
    """The archive put back."""
    with reading.reading(path, passphrase=passphrase) as archive:
        return restoring.restore(database, LocalStorage(folder), archive, now=clock.now(), **how)


def members(path: Path) -> dict[str, bytes]:
    """Every member of an archive that is not sealed."""
    with zipfile.ZipFile(path) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def assert_same(first: Path, second: Path) -> None:
    """Both say the same: every member, byte for byte, but the line of the journal that tells the restoration."""
    one, other = members(first), members(second)
    assert one.keys() == other.keys()
    different = {name: (one[name], other[name]) for name in one.keys() - _APART if one[name] != other[name]}
    assert different == {}
    journal = "tables/journal_entry.jsonl"
    assert other[journal].startswith(one[journal])
    assert other[journal].removeprefix(one[journal]).count(b"\n") == 1
    assert b"authority:restored" in other[journal]
    assert values(first) == values(second)


def values(path: Path) -> list[dict[str, Any]]:
    """The sealed values of an archive, opened; the keys of hashes left out."""
    with reading.reading(path, passphrase=PASSPHRASE) as archive:
        return [said for said in archive.secrets() if "table" in said]


def rewritten(
    source: Path, target: Path, changes: Mapping[str, bytes | None], *, passphrase: str | None = None
) -> Path:
    """A well-made archive with other members: by name, None to leave one out."""
    kept = {**members(source), **changes}
    with writing(target, passphrase=passphrase) as archive:
        for name, content in kept.items():
            if name != SUMS and content is not None:
                with archive.member(name) as member:
                    member.write(content)
    return target


def empty(folder: Path) -> str:
    """A migrated SQLite database with nothing in it."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(_empty_file(), folder / "grc.db")
    return f"sqlite:///{folder / 'grc.db'}"


@cache
def _empty_file() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="grc-empty-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    schema.migrate(f"sqlite:///{folder / 'grc.db'}")
    return folder / "grc.db"


def with_everything(folder: Path) -> Path:
    """The archive of a commune on SQLite that has a row in every table, in a folder."""
    path = folder / "first.zip"
    with opened(seeded(folder), SECRET) as database:
        authority, storage = commune(database), LocalStorage(folder / "files")
        with database.writing(scope=authority.id) as session:
            fill(session, authority.id, storage)
        done = exported(database, folder / "files", path)
    assert (done.lost, done.missing, done.strange, done.files) == (0, [], [], 1)
    assert min(done.rows.values()) > 0, done.rows
    return path


def counts(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    every: list[Table] = SQLModel.metadata.sorted_tables
    with database.reading(scope=None) as session:
        return {table.name: session.execute(select(func.count()).select_from(table)).scalar_one() for table in every}
