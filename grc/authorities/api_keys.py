"""The keys by which other programs speak for an authority: made, shown once, found again by their hash, revoked."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session, col

from grc.access.actors import AgentActor, KeyActor
from grc.authorities.models import ApiKey
from grc.db import keyring_of
from grc.db.hashes import hashes
from grc.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from grc.journal.acts import JournalAct
from grc.journal.recording import record

FILE, READ, DOCUMENTS = "submission:file", "submission:read", "document:read"
SCOPES: dict[str, str] = {
    FILE: "Déposer des demandes",
    READ: "Lire l’état des demandes",
    DOCUMENTS: "Lire les courriers et les fichiers des demandes",
}
"""All that a key may open, with the words of the pages."""

PURPOSE = "api-key"
"""What the hashes of keys are made for (`Keyring.hash`)."""
LONGEST_NAME = 100
MOST = 50
"""Keys of one authority that are good at once."""
_USED_EVERY = timedelta(minutes=1)
_SHOWN = 8
_WRITTEN = re.compile(r"grc_[a-z2-7]{40}")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Wanted:
    """A key to make. procedures: slugs, None for every procedure that is not sensitive. expires_at: None for never."""

    name: str
    scopes: Sequence[str]
    procedures: Sequence[str] | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Made:
    """A new key: its number, and the key itself, which nobody can be shown again."""

    id: int
    key: str


def make(session: Session, authority_id: int, wanted: Wanted, *, by: AgentActor | None, now: datetime) -> Made:
    """The new key of 200 random bits; only its hash is kept. by: None for the operator's command.

    Raises Invalid with everything that is wrong, Conflict when the authority has too many.
    """
    problems = list(_wrong(wanted, now))
    if problems:
        raise Invalid(problems=problems)
    if sum(is_good(row, now) for row in every(session, authority_id)) >= MOST:
        raise Conflict(f"Il y a déjà {MOST} clés en service. Révoquez celles qui ne servent plus.")
    key = f"grc_{base64.b32encode(secrets.token_bytes(25)).decode().lower()}"
    row = ApiKey(
        authority_id=authority_id,
        name=wanted.name.strip(),
        prefix=key[:_SHOWN],
        key_hash=keyring_of(session).hash(PURPOSE, key),
        scopes=sorted(set(wanted.scopes)),
        procedures=None if wanted.procedures is None else sorted(set(wanted.procedures)),
        created_by_id=None if by is None else by.id,
        created_at=now,
        expires_at=wanted.expires_at,
    )
    session.add(row)
    session.flush()
    assert row.id is not None  # noqa: S101 - it was just written
    told = {"scopes": row.scopes, "procedures": row.procedures, "expires_at": wanted.expires_at}
    record(session, authority_id, JournalAct.KEY_MADE, ("key", row.id), by=by, now=now, data=told)
    return Made(row.id, key)


def revoke(session: Session, authority_id: int, key_id: int, *, by: AgentActor | None, now: datetime) -> ApiKey:
    """The key, good no more from now on; raises NotFound, Conflict when it was revoked before."""
    mine = (col(ApiKey.authority_id) == authority_id, col(ApiKey.id) == key_id)
    row: ApiKey | None = session.execute(select(ApiKey).where(*mine).with_for_update()).scalar_one_or_none()
    if row is None:
        raise NotFound("Cette clé n’existe pas.")
    if row.revoked_at is not None:
        raise Conflict("Cette clé est déjà révoquée.")
    row.revoked_at = now
    session.add(row)
    session.flush()
    record(session, authority_id, JournalAct.KEY_REVOKED, ("key", key_id), by=by, now=now)
    return row


def every(session: Session, authority_id: int) -> list[ApiKey]:
    """Every key of the authority, revoked ones too, the newest first."""
    mine = select(ApiKey).where(col(ApiKey.authority_id) == authority_id).order_by(col(ApiKey.id).desc())
    return list(session.execute(mine).scalars())


def is_good(row: ApiKey, now: datetime) -> bool:
    """Whether the key still opens something."""
    return row.revoked_at is None and (row.expires_at is None or row.expires_at > now)


def admitted(session: Session, authority_id: int, key: str, *, now: datetime) -> tuple[KeyActor, bool] | None:
    """Whom the key speaks for, and whether its use is to be noted; None for any that is not good in this authority."""
    if not _WRITTEN.fullmatch(key):
        return None
    known = hashes(session, authority_id, PURPOSE, key)
    mine = (col(ApiKey.authority_id) == authority_id, col(ApiKey.key_hash).in_(known))
    row: ApiKey | None = session.execute(select(ApiKey).where(*mine)).scalar_one_or_none()
    if row is None or row.id is None or not is_good(row, now):
        return None
    procedures = None if row.procedures is None else frozenset(row.procedures)
    is_stale = row.used_at is None or row.used_at <= now - _USED_EVERY or row.key_hash != known[0]
    return KeyActor(authority_id, row.id, frozenset(row.scopes), procedures), is_stale


def note_use(session: Session, actor: KeyActor, key: str, *, now: datetime) -> None:
    """Keeps when the key was last used, hashed under the newest secret: an older one can then be taken away."""
    mine = (col(ApiKey.authority_id) == actor.authority_id, col(ApiKey.id) == actor.id)
    newest = keyring_of(session).hash(PURPOSE, key)
    session.execute(update(ApiKey).where(*mine).values(used_at=now, key_hash=newest))


def require(actor: KeyActor, scope: str) -> None:
    """Nothing, or Forbidden with the scope that lacks."""
    if scope not in actor.scopes:
        raise Forbidden(f"Cette clé n’a pas le droit « {scope} ». Demandez-en une autre à la commune.")


def opens(procedures: Collection[str] | None, slug: str, *, is_sensitive: bool) -> bool:
    """Whether what was said of procedures covers this one: a sensitive one must be named."""
    return not is_sensitive if procedures is None else slug in procedures


def _wrong(wanted: Wanted, now: datetime) -> Sequence[Problem]:
    name, found = wanted.name.strip(), []
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        found.append(Problem("name", "name", f"Donnez un nom à cette clé, de {LONGEST_NAME} caractères au plus."))
    if not wanted.scopes or not set(wanted.scopes) <= set(SCOPES):
        found.append(Problem("scopes", "scopes", "Choisissez au moins un droit."))
    if wanted.procedures is not None and not all(map(is_slug, wanted.procedures or [""])):
        found.append(Problem("procedures", "procedures", "Choisissez « Toutes », ou seulement certaines démarches."))
    if wanted.expires_at is not None and wanted.expires_at <= now:
        found.append(Problem("expires_on", "past", "Choisissez un jour à venir pour la fin de cette clé."))
    return found


def is_slug(text: str) -> bool:
    """Whether it may be the slug of a procedure."""
    return len(text) <= 80 and _SLUG.fullmatch(text) is not None
