"""Puts an archive back: everything is checked, then rows go in one transaction, and files before it ends."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Table, delete, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlmodel import Session

from grc.archives import mails, numbers
from grc.archives.contents import AUTHORITY, BODY, MAIL, Spelling, at_once, owner_of, tables, to_itself
from grc.archives.reading import Archive, named, sum_of
from grc.attachments.storage import Storage
from grc.db import Database, keyring_of, schema
from grc.errors import Conflict, Invalid, Unavailable
from grc.journal import recording, verifying
from grc.journal.acts import JournalAct

_TABLES = AUTHORITY.metadata.tables
_CRAFTED = "L’archive est mal formée."
_NOT_EMPTY = "Cette installation a déjà des collectivités\u00a0: une sauvegarde se restaure sur une base vide."
_UNTIED = "Des lignes de l’archive ne se répondent pas\u00a0: l’une en nomme une autre qui n’y est pas."
_TAKEN = "Des lignes de l’archive portent des numéros déjà pris ici\u00a0: restaurez-la sur une installation vide."
_ALTERED = "L’archive a été changée après l’export\u00a0: sa partie scellée n’est plus celle de ses autres fichiers."
_UNSEALED = (
    "Cette archive n’a pas de partie scellée\u00a0: rien ne dit qu’elle est telle qu’on l’a faite. Si vous savez "
    "d’où elle vient, restaurez-la avec --without-secrets."
)
_UNSIGNED = "aucune clé de l’installation"
"""In the faults of the journal: seals that the keys left out would have verified."""
_HASHED = ("submission", "draft", "api_key", "recovery_code", "agent_arrival", "journal_seal")
"""Tables whose rows are found, or proved, by the keys of hashes alone."""


@dataclass
class Restored:
    """What a restoration did, or would do. unsealed: secrets left out, by table, that must be given again.

    lost: rows whose codes the keys left out would have found, by table. faults: of the journals, as they came.
    is_authentic: whether the passphrase vouches for all of it.
    """

    authorities: list[str]
    rows: int = 0
    files: int = 0
    unsealed: dict[str, int] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    is_authentic: bool = True
    settings: dict[str, str] = field(default_factory=dict)


class _Undone(Exception):
    """Ends the transaction of a trial."""


@dataclass
class _Secrets:
    """The sealed part, read beside the tables: its values come in the order of their rows, then the sum of the rest."""

    values: Iterator[dict[str, Any]] | None
    owners: frozenset[int] = frozenset()
    hash_keys: dict[int, list[bytes]] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    _next: dict[str, Any] | None = None

    def begin(self) -> None:
        """Reads what comes before the values; raises Invalid for keys of an authority that is not in the archive."""
        for said in self.values or ():
            with named():
                if "hash_keys" in said:
                    if said["authority"] not in self.owners:
                        raise Invalid(_CRAFTED)
                    self.hash_keys[said["authority"]] = [base64.b64decode(key) for key in said["hash_keys"]]
                elif "settings" in said:
                    self.settings = {name: str(value) for name, value in dict(said["settings"]).items()}
                else:
                    self._next = said
                    return

    def take(self, table: str, key: Any) -> dict[str, bytes]:
        """The values of a row, by column."""
        found: dict[str, bytes] = {}
        while self._next is not None and (self._next.get("table"), self._next.get("id")) == (table, key):
            with named():
                found[self._next["column"]] = base64.b64decode(self._next["value"])
            self._next = next(self.values or iter(()), None)
        return found

    def end(self, archive: Archive) -> None:
        """Raises Invalid when a value belongs to no row, or when the rest is not what was sealed with them."""
        if self.values is None:
            return
        if self._next is None or "sums" not in self._next or next(self.values, None) is not None:
            raise Invalid(_CRAFTED)
        if self._next["sums"] != sum_of(archive.sums):
            raise Invalid(_ALTERED)


def restore(
    database: Database,
    storage: Storage,
    archive: Archive,
    *,
    now: datetime,
    with_secrets: bool = True,
    is_trial: bool = False,
    accepts_faults: bool = False,
) -> Restored:
    """Restores an archive whole, or changes nothing; gives what it did. is_trial: undoes it at the end.

    database: on PostgreSQL of the role that owns the tables. accepts_faults: of an authority's journal, whose new line
    counts them. Raises Invalid, Conflict or Unavailable.
    """
    if with_secrets and not archive.manifest.has_secrets:
        raise Invalid(_UNSEALED)
    done = Restored(authorities=sorted(archive.manifest.authorities), is_authentic=with_secrets or archive.is_sealed)
    _check(database, storage, archive)
    if not with_secrets:
        done.lost = {name: archive.manifest.rows[name] for name in _HASHED if archive.manifest.rows.get(name)}
    placed: list[str] = []
    try:
        with database.writing(scope=None) as session:
            _refuse_collisions(session, archive)
            _rows(session, archive, with_secrets, done)
            _refuse_strangers(session, archive)
            _verify_journals(session, archive, done)
            if archive.manifest.kind == "authority":
                if done.faults and not accepts_faults:
                    raise Invalid(_faulty(done.faults))
                _journal(session, archive, done, now)
            numbers.recount(session, archive.manifest.last_numbers)
            _files(storage, archive, placed, done)
            if is_trial:
                raise _Undone
    except _Undone:
        _remove(storage, placed)
    except BaseException as error:
        _remove(storage, placed)
        raise _told(error) from error
    return done


def _told(error: BaseException) -> BaseException:
    """The error as a person reads it."""
    if isinstance(error, IntegrityError):
        is_untied = "FOREIGN KEY" in str(error.orig) or getattr(error.orig, "sqlstate", "") == "23503"
        return Invalid(_UNTIED) if is_untied else Conflict(_TAKEN)
    if isinstance(error, DBAPIError | StatementError):
        return Invalid("La base n’accepte pas une valeur de l’archive\u00a0: rien n’a été restauré.")
    return error


def _check(database: Database, storage: Storage, archive: Archive) -> None:
    """Raises before anything is written: revision, tables, every row, every file, the room on the disk."""
    manifest = archive.manifest
    with database.reading(scope=None) as session:
        here = schema.current(session.connection())
    if here is None:
        raise Conflict("Cette base n’a pas encore de tables\u00a0: lancez d’abord «\u00a0grc migrate\u00a0».")
    if manifest.revision != here:
        raise Conflict("Cette base n’est pas à jour\u00a0: lancez d’abord «\u00a0grc migrate\u00a0».")
    held = tables(of_installation=manifest.kind == "installation")
    keys = set(archive.file_keys)
    for table in held:
        _check_rows(archive, table, keys)
    size = sum(archive.size(f"files/{key}") for key in keys)
    if size > storage.room()[0]:
        raise Unavailable(f"Il faut {size // 1_000_000 + 1} Mo pour les pièces jointes, le disque ne les a pas.")


def _check_rows(archive: Archive, table: Table, keys: set[str]) -> None:
    """Every row is of this table, of an authority of the archive, in order; its file is there, or said missing."""
    spelling, owner = _spelling(archive, table), owner_of(table)
    key = next(iter(table.primary_key.columns)).name
    mine, missing = set(archive.manifest.authorities.values()), set(archive.manifest.missing_files)
    count, last, letters = 0, None, 0
    for line in archive.lines(table.name):
        row = spelling.row(line)
        if owner is not None and row[owner.name] not in mine:
            raise Invalid(f"La table {table.name} contient une ligne d’une autre collectivité.")
        if owner is not None and last is not None and row[key] <= last:
            raise Invalid(f"La table {table.name} n’est pas dans l’ordre.")
        if table.name == "attachment" and row["key"] and row["key"] not in keys and row["key"] not in missing:
            raise Invalid("Une pièce jointe manque dans l’archive.")
        if table is MAIL and row[BODY] is not None:
            letters += _check_mail(archive, row)
        count, last = count + 1, row[key]
    if table is MAIL and letters != archive.mails:
        raise Invalid("Un courrier de l’archive n’est nommé par aucune ligne.")
    if count != archive.manifest.rows.get(table.name, 0):
        raise Invalid(f"La table {table.name} n’a pas le nombre de lignes annoncé.")


def _check_mail(archive: Archive, row: dict[str, Any]) -> int:
    """1 for a mail whose file is there; raises Invalid."""
    if not mails.is_of(row[BODY], row["id"]) or row[BODY] not in archive.sums:
        raise Invalid("Un courrier manque dans l’archive.")
    return 1


def _spelling(archive: Archive, table: Table) -> Spelling:
    return Spelling(table, of_installation=archive.manifest.kind == "installation")


def _refuse_collisions(session: Session, archive: Archive) -> None:
    """Raises Conflict for an authority that is here already, or, for a backup, when any is."""
    here = session.execute(select(AUTHORITY.c.id, AUTHORITY.c.slug, AUTHORITY.c.domain)).all()
    if archive.manifest.kind == "installation" and here:
        raise Conflict(
            "Cette installation a déjà des collectivités\u00a0: une sauvegarde se restaure sur une base vide."
        )
    spelling = _spelling(archive, AUTHORITY)
    for line in archive.lines("authority"):
        row = spelling.row(line)
        for name, words in (("slug", "ce nom"), ("domain", "cette adresse"), ("id", "ce numéro")):
            if row[name] is not None and row[name] in {getattr(each, name) for each in here}:
                raise Conflict(f"Une collectivité a déjà {words} ici ({row[name]})\u00a0: rien n’a été restauré.")


def _rows(session: Session, archive: Archive, has_secrets: bool, done: Restored) -> None:
    owners = frozenset(archive.manifest.authorities.values())
    secrets = _Secrets(archive.secrets() if has_secrets else None, owners)
    secrets.begin()
    done.settings = secrets.settings
    for table in tables(of_installation=archive.manifest.kind == "installation"):
        if owner_of(table) is None:
            session.execute(delete(table))
        _table(session, archive, table, secrets, done)
    secrets.end(archive)
    ours = set(keyring_of(session).hash_keys)
    for authority_id, keys in secrets.hash_keys.items():
        sealed = [keyring_of(session).seal(base64.b64encode(key).decode()) for key in keys if key not in ours]
        if sealed:
            rows = [{"authority_id": authority_id, "sealed_key": each} for each in sealed]
            session.execute(insert(_TABLES["hash_key"]), rows)


def _table(session: Session, archive: Archive, table: Table, secrets: _Secrets, done: Restored) -> None:
    """Inserts the rows of a table, then ties those that refer to one another."""
    spelling, connection = _spelling(archive, table), session.connection()
    key: Column[Any] = next(iter(table.primary_key.columns))
    own, later, waiting = to_itself(table), [], []
    for line in archive.lines(table.name):
        row = spelling.row(line)
        if table is MAIL and row[BODY] is not None:
            row[BODY] = archive.mail(row[BODY])
        _unseal(session, spelling, row, secrets, done)
        tied = {name: row[name] for name in own if row[name] is not None}
        if tied:
            later.append((row[key.name], tied))
            row.update(dict.fromkeys(tied))
        waiting.append(row)
        done.rows += 1
        if len(waiting) >= at_once(table):
            connection.execute(insert(table), waiting)
            waiting = []
    if waiting:
        connection.execute(insert(table), waiting)
    for number, tied in later:
        connection.execute(update(table).where(key == number).values(tied))


def _unseal(session: Session, spelling: Spelling, row: dict[str, Any], secrets: _Secrets, done: Restored) -> None:
    """Gives a row its sealed values, under the keys of this installation; without them, what the row can do without."""
    table = spelling.table
    if not spelling.sealed and table is not MAIL:
        return
    given = secrets.take(table.name, row["id"]) if secrets.values is not None else {}
    if table is MAIL and BODY in given:
        raw = given[BODY]
        row[BODY] = raw if mails.is_printed(raw) else keyring_of(session).seal_bytes(raw)
    for name in (one for one in spelling.sealed if row[one] != ""):
        is_there = row[name]
        if is_there and name in given:
            row[name] = keyring_of(session).seal_bytes(given[name]).decode()
            continue
        row[name] = None if table.c[name].nullable else ""
        if is_there and secrets.values is not None:
            raise Invalid(_CRAFTED)
        if is_there:
            done.unsealed[table.name] = done.unsealed.get(table.name, 0) + 1
            if table.name == "outbox_entry" and row["state"] == "pending":
                row["state"] = "dropped"


def _refuse_strangers(session: Session, archive: Archive) -> None:
    """Raises Invalid when a restored row refers to a row of another authority, which was here before."""
    mine = list(archive.manifest.authorities.values())
    for table in tables(of_installation=False):
        for key in table.foreign_keys:
            referred = key.column.table.alias()
            if "authority_id" not in key.column.table.c:
                continue
            joined = table.join(referred, key.parent == referred.c[key.column.name])
            strange = (table.c.authority_id.in_(mine), referred.c.authority_id != table.c.authority_id)
            if session.execute(select(key.parent).select_from(joined).where(*strange).limit(1)).first():
                raise Invalid(_UNTIED)


def _verify_journals(session: Session, archive: Archive, done: Restored) -> None:
    """Reads the journals as they came: what is wrong is told before a seal of ours vouches for it.

    Without the keys, seals that they would have verified are no fault.
    """
    with named():
        made_at = datetime.fromisoformat(archive.manifest.made_at).astimezone(UTC)
    for slug, number in archive.manifest.authorities.items():
        report = verifying.verify(session, number, as_of=made_at)
        wrong = [fault for fault in report.faults if not (done.lost and _UNSIGNED in fault)]
        done.faults += [f"{slug}\u00a0: {fault}" for fault in wrong]


def _faulty(faults: list[str]) -> str:
    return (
        f"Le journal a {len(faults)} faute(s) dans l’archive\u00a0: {faults[0]}. Rien n’a été restauré\u00a0; "
        "--accept-faults restaure quand même, et l’inscrit au journal."
    )


def _journal(session: Session, archive: Archive, done: Restored, now: datetime) -> None:
    """Tells the restoration, under a number that no other archive of the same installation holds."""
    table = _TABLES["journal_entry"]
    for slug, number in archive.manifest.authorities.items():
        told = {"sha256": archive.sha256, "authentic": done.is_authentic, "faults": len(done.faults)}
        row = {
            "id": numbers.next_of(session, table, archive.manifest.last_numbers),
            "authority_id": number,
            "at": now,
            "actor_kind": recording.OPERATOR,
            "act": str(JournalAct.AUTHORITY_RESTORED),
            "subject_kind": "authority",
            "subject": slug,
            "data": told,
        }
        session.execute(insert(table), [row])


def _files(storage: Storage, archive: Archive, placed: list[str], done: Restored) -> None:
    for key in archive.file_keys:
        storage.put_back(key, archive.chunks(f"files/{key}"))
        placed.append(key)
        done.files += 1
    storage.settle()


def _remove(storage: Storage, placed: list[str]) -> None:
    for key in placed:
        with contextlib.suppress(Unavailable, OSError):
            storage.delete(key)
