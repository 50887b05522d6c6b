"""An authority's whole archive, written and restored: how fast, and how much memory at two sizes.

Each half runs in a process of its own, as the operator's command does, so that its peak of memory is its alone.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert, select
from sqlmodel import Session, SQLModel

from grc import clock
from grc.access.actors import Visitor
from grc.bench import moving, postgres
from grc.bench.installation import SLUG, Installation, authority_of, make_ready
from grc.bench.processes import clean_environment
from grc.db import Database, schema
from grc.sessions import commands as sessions
from grc.submissions import filing

_FILE, _MAIL = 40_000, 20_000
"""Bytes of the file, and of each mail, that every demande has: nothing that folds, as PDF and JPEG do not."""
_STEP = 1_000
"""Between the numbers of a demande's rows and those of the next one."""
_PART = 500


@dataclass(frozen=True)
class Sizes:
    """How many demandes: of the smaller authority, of the larger."""

    few: int = 1_000
    many: int = 10_000


@dataclass(frozen=True)
class Half:
    """Seconds by the clock, seconds of processor, peak of memory in MB."""

    seconds: float
    cpu: float
    peak: float


@dataclass(frozen=True)
class Moved:
    """One size. size: MB of rows as JSON, of tables and files; archive: MB; copy: seconds of `moving.copy`."""

    demandes: int
    size: float
    archive: float
    export: Half
    restore: Half
    copy: float


def measure(made: Installation, sizes: Sizes) -> list[Moved]:
    """Both sizes, the larger grown from the smaller."""
    database, first = made.database(), _filed(made)
    done = 0
    found = []
    for count in sorted({sizes.few, sizes.many}):
        _multiply(made, database, first, range(done + 1, count))
        found.append(_moved(made, count))
        done = count - 1
    database.close()
    return found


def _moved(made: Installation, count: int) -> Moved:
    owner = made.url if made.server is None else made.server.urls("grc").owner
    path, name = made.folder / f"{count}.zip", f"to{count}"
    if made.server is None:
        target = f"sqlite:///{made.folder / name}.db"
        schema.migrate(target)
    else:
        target, _ = made.server.create(name)
        schema.migrate(target, serving_role=postgres.APP)
    written = _apart("export", owner, made.folder / "files", path)
    restored = _apart("restore", target, made.folder / name, path)
    copy = moving.copy(path)
    with zipfile.ZipFile(path) as zipped:
        size = sum(each.file_size for each in zipped.infolist()) / 1e6
    archive = path.stat().st_size / 1e6
    path.unlink()
    return Moved(count, size, archive, written, restored, copy)


def _apart(act: str, url: str, files: Path, archive: Path) -> Half:
    """One half, in a process of its own."""
    command = [sys.executable, "-m", "grc.bench.moving", act, url, str(files), str(archive)]
    said = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, env=clean_environment()).stdout
    return Half(**json.loads(said))


def _filed(made: Installation) -> int:
    """The number of one demande, filed as citizens do: the others are its likenesses."""
    (ready,) = make_ready(made, 1)
    database = made.database()
    authority = authority_of(database)
    with database.writing(scope=authority.id) as session:
        now = clock.now()
        held = sessions.find(session, authority_id=authority.id, public="citizen", token=ready.cookie, now=now)
        assert held is not None
        by = Visitor(authority.id, held.id)
        done = filing.submit(session, authority, ready.public_id, client=ready.address, by=by, now=now)
        assert done.submission_id is not None, done.problems
    database.close()
    return done.submission_id


def _multiply(made: Installation, database: Database, first: int, numbers: Sequence[int]) -> None:
    """Likenesses of a demande, each with its rows, its mails and its file."""
    authority = authority_of(database)
    with database.writing(scope=authority.id) as session:
        models = _models(session, first)
        for start in range(0, len(numbers), _PART):
            part = numbers[start : start + _PART]
            for table, rows in models:
                likenesses = [_like(table, row, number) for number in part for row in rows]
                if likenesses:
                    session.execute(insert(table), likenesses)
            session.execute(insert(_table("attachment")), list(_files(made, models[0][1][0], part)))


def _models(session: Session, first: int) -> list[tuple[Table, list[dict[str, Any]]]]:
    """The rows of a demande by table, in the order in which they can be inserted; a mail for each of the outbox."""
    found = []
    for name in ("submission", "event", "notice", "outbox_entry"):
        table = _table(name)
        key = table.c.id if name == "submission" else table.c.submission_id
        rows = [dict(row._mapping) for row in session.execute(select(table).where(key == first))]
        found.append((table, rows))
    mails = [_mail(row) for row in found[-1][1]]
    return [*found, (_table("message"), mails)]


def _mail(entry: Mapping[str, Any]) -> dict[str, Any]:
    raw = secrets.token_hex(_MAIL // 2).encode()
    return {
        "id": entry["id"],
        "authority_id": entry["authority_id"],
        "submission_id": entry["submission_id"],
        "notice_id": entry["notice_id"],
        "draft_id": None,
        "outbox_id": entry["id"],
        "to_address": "usager@exemple.example",
        "from_address": "demarches@tilleul.example",
        "message_id": f"<{entry['id']}@tilleul.example>",
        "sha256": sha256(raw).hexdigest(),
        "raw": raw,
        "has_letter": True,
        "frozen_at": entry["created_at"],
        "sent_at": entry["created_at"],
        "smtp_answer": "250 ok",
        "bounce_code": "",
    }


def _like(table: Table, row: Mapping[str, Any], number: int) -> dict[str, Any]:
    """A row of the likeness of that number."""
    numbered = ("id", "submission_id", "notice_id", "outbox_id")
    like = {name: row[name] + number * _STEP if name in numbered and row[name] else row[name] for name in row}
    if table.name == "submission":
        like |= {"reference": f"2026-{number:011d}", "tracking_code_hash": sha256(b"%d" % number).hexdigest()}
    if table.name == "message":
        like |= {"message_id": f"<{like['id']}@tilleul.example>", "raw": os.urandom(_MAIL)}
    if table.name == "outbox_entry":
        like |= {"state": "sent", "sealed_secret": None}
    return like


def _files(made: Installation, submission: Mapping[str, Any], numbers: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Their files, in the store."""
    for number in numbers:
        name, content = secrets.token_hex(16), os.urandom(_FILE)
        key = f"{SLUG}/{name[:2]}/{name[2:4]}/{name[4:]}"
        path = made.folder / "files" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        yield {
            "id": number,
            "authority_id": submission["authority_id"],
            "public_id": name[:22],
            "submission_id": submission["id"] + number * _STEP,
            "field": "",
            "name": "justificatif.pdf",
            "media_type": "application/pdf",
            "size_bytes": _FILE,
            "sha256": sha256(content).hexdigest(),
            "key": key,
            "received_at": submission["received_at"],
        }


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]
