"""Writes an archive: one consistent snapshot of the database, a page of rows at a time, and the files of the store."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Row, Select, Table, column, select
from sqlalchemy import table as bare_table
from sqlmodel import Session

from grc import __version__
from grc import tables as every_table
from grc.archives import mails, numbers, readable
from grc.archives.contents import AUTHORITY, BODY, FORMAT, MAIL, Spelling, at_once, dumped, of_value, owner_of, tables
from grc.archives.reading import MANIFEST, SECRETS, Manifest, sum_of
from grc.archives.sealing import Sealer
from grc.archives.writing import Writer, writing
from grc.attachments.storage import Storage
from grc.db import Database, keyring_of
from grc.db.hashes import restored_keys
from grc.errors import NotFound

_CHUNK = 1024 * 1024
_ATTACHMENT = every_table.attachments.Attachment.metadata.tables["attachment"]
_REVISION = bare_table("alembic_version", column("version_num"))


@dataclass(frozen=True)
class Wanted:
    """What to export. slug: of one authority; None: the whole installation, which the tables' owner alone sees.

    passphrase: seals the secrets; None leaves them out. is_sealed: the whole archive goes under it too.
    settings: of the installation (GRC_…), kept among the secrets of a backup.
    """

    slug: str | None
    passphrase: str | None
    is_sealed: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Done:
    """What an export wrote. lost: secrets that no key opened. strange: files that are not those that rows describe."""

    rows: Counter[str] = field(default_factory=Counter)
    files: int = 0
    bytes: int = 0
    lost: int = 0
    missing: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """The forms that this program cannot read any more: their demandes are in the tables, in no CSV."""


@dataclass
class _Export:
    session: Session
    storage: Storage
    archive: Writer
    authorities: Sequence[Row[Any]]
    secrets: Sealer | None
    done: Done
    is_whole: bool

    def member(self, table: Table) -> None:
        """One table, a line a row; its sealed values go to the sealed part."""
        spelling = Spelling(table, of_installation=self.is_whole)
        with self.archive.member(f"tables/{table.name}.jsonl") as member:
            for row in self._rows(table, mails.selected(is_whole=False) if table is MAIL else select(table)):
                cells = dict(row._mapping)
                self._seal(table, cells, spelling.sealed)
                if table is MAIL:
                    self._put_apart(row, cells)
                member.write(spelling.line(cells))
                self.done.rows[table.name] += 1
            self.done.rows[table.name] += 0

    def mails(self) -> None:
        """The mails, and the letters on paper, each in a file that a person opens."""
        for row in self._rows(MAIL, mails.selected(is_whole=True)):
            name = mails.name_of(row)
            if name is not None:
                with self.archive.member(name) as member:
                    member.write(row._mapping[BODY])

    def files(self) -> None:
        """The files that rows name, each once, as the store holds them."""
        seen: set[str] = set()
        for row in self._rows(_ATTACHMENT, select(_ATTACHMENT)):
            if row.key and row.key not in seen:
                seen.add(row.key)
                self._file(row.key, row.sha256)

    def keys(self, settings: Mapping[str, str]) -> None:
        """What the sealed part begins with: the keys of each authority's hashes, and the settings."""
        if self.secrets is None:
            return
        ours = set(keyring_of(self.session).hash_keys)
        for authority in self.authorities:
            known = ours | set(restored_keys(self.session, authority.id))
            told = sorted(base64.b64encode(key).decode() for key in known)
            self.secrets.write(dumped({"authority": authority.id, "hash_keys": told}))
        if settings:
            self.secrets.write(dumped({"settings": dict(settings)}))

    def _file(self, key: str, sha256: str) -> None:
        try:
            content = self.storage.open(key)
        except NotFound:
            self.done.missing.append(key)
            return
        digest = hashlib.sha256()
        with content, self.archive.member(f"files/{key}", is_compressed=False) as member:
            while chunk := content.read(_CHUNK):
                digest.update(chunk)
                member.write(chunk)
            self.done.files, self.done.bytes = self.done.files + 1, self.done.bytes + member.size
        if digest.hexdigest() != sha256:
            self.done.strange.append(key)

    def _put_apart(self, row: Row[Any], cells: dict[str, Any]) -> None:
        """The row of a mail names its file; where it carries a code, its bytes go to the sealed part."""
        cells[BODY] = mails.name_of(row)
        if row.carries_code:
            raw = self.session.execute(select(MAIL.c[BODY]).where(MAIL.c.id == row.id)).scalar_one()
            if raw is not None and mails.is_printed(bytes(raw)):
                self._put_away(MAIL, row.id, BODY, bytes(raw))
            else:
                self._seal(MAIL, {"id": row.id, BODY: raw}, (BODY,))

    def _seal(self, table: Table, cells: dict[str, Any], names: Any) -> None:
        """Opens the sealed values of a row into the sealed part; a value that no key opens is lost, and said."""
        for name in sorted(names):
            if not cells[name]:
                cells[name] = cells[name] if table.c[name].nullable else None
                continue
            if self.secrets is None:
                continue
            sealed = cells[name] if isinstance(cells[name], bytes) else cells[name].encode()
            try:
                opened = keyring_of(self.session).open_bytes(sealed)
            except ValueError:
                self.done.lost, cells[name] = self.done.lost + 1, None
                continue
            self._put_away(table, cells["id"], name, opened)

    def _put_away(self, table: Table, number: int, name: str, opened: bytes) -> None:
        """Writes a value in clear into the sealed part, where there is one."""
        if self.secrets is not None:
            value = base64.b64encode(opened).decode()
            self.secrets.write(dumped({"table": table.name, "id": number, "column": name, "value": value}))

    def _rows(self, table: Table, wanted: Select[Any]) -> Iterator[Row[Any]]:
        """Every row of a table that is wanted, in the order of its key, a page at a time."""
        key = next(iter(table.primary_key.columns))
        wanted = wanted.where(*self._mine(table)).order_by(key)
        if owner_of(table) is None:
            yield from self.session.execute(wanted)
            return
        after = 0
        while page := self.session.execute(wanted.where(key > after).limit(at_once(table))).all():
            yield from page
            after = page[-1]._mapping[key.name]

    def _mine(self, table: Table) -> list[Any]:
        owner = owner_of(table)
        return [] if self.is_whole or owner is None else [of_value(owner, self.authorities[0].id)]


def export(database: Database, storage: Storage, path: Path, wanted: Wanted, *, now: datetime) -> Done:
    """Writes the archive of an authority, or of everything, in a new file; gives what it holds.

    On PostgreSQL the serving role sees one authority; everything takes the role that owns the tables.
    Raises NotFound, Conflict for a file that exists, Unavailable for a disk that is full.
    """
    with database.reading(scope=None) as session:
        scope = None if wanted.slug is None else _authorities(session, wanted.slug)[0].id
    whole = wanted.passphrase if wanted.is_sealed else None
    done = Done()
    with contextlib.ExitStack() as stack:
        archive = stack.enter_context(writing(path, passphrase=whole))
        kept = stack.enter_context(tempfile.TemporaryFile(dir=path.parent))
        secrets = None if wanted.passphrase is None else Sealer(kept, wanted.passphrase)
        session = stack.enter_context(database.reading(scope=scope))
        authorities = _authorities(session, wanted.slug)
        task = _Export(session, storage, archive, authorities, secrets, done, is_whole=wanted.slug is None)
        task.keys(wanted.settings)
        for table in tables(of_installation=task.is_whole):
            task.member(table)
        if not task.is_whole:
            told = dict(authorities[0]._mapping)
            task.done.unread = readable.write(session, archive, told, revision=_revision(session))
        task.mails()
        task.files()
        _tell(task, now, has_secrets=secrets is not None)
        if secrets is not None:
            secrets.write(dumped({"sums": sum_of(archive.sums)}))
            secrets.close()
            _copy(kept, archive)
    return done


def _authorities(session: Session, slug: str | None) -> Sequence[Row[Any]]:
    wanted = select(AUTHORITY).order_by(AUTHORITY.c.id)
    found = session.execute(wanted if slug is None else wanted.where(AUTHORITY.c.slug == slug)).all()
    if not found and slug is not None:
        raise NotFound(f"Pas de commune «\u00a0{slug}\u00a0».")
    return found


def _revision(session: Session) -> str:
    return str(session.execute(select(_REVISION.c.version_num)).scalar_one())


def _copy(sealed: BinaryIO, archive: Writer) -> None:
    sealed.seek(0)
    with archive.member(SECRETS, is_compressed=False) as member:
        while chunk := sealed.read(_CHUNK):
            member.write(chunk)


def _tell(task: _Export, now: datetime, *, has_secrets: bool) -> None:
    done, session = task.done, task.session
    told = Manifest(
        format=FORMAT,
        kind="installation" if task.is_whole else "authority",
        version=__version__,
        made_at=now.isoformat(),
        revision=_revision(session),
        database=session.connection().dialect.name,
        authorities={row.slug: row.id for row in task.authorities},
        rows=dict(done.rows),
        files=done.files,
        bytes=done.bytes,
        missing_files=done.missing,
        has_secrets=has_secrets,
        last_numbers=numbers.told(session),
    )
    with task.archive.member(MANIFEST) as member:
        member.write(told.model_dump_json(indent=1).encode())
