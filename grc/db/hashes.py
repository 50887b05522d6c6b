"""Hashes of secret values for look-ups in one authority: by the installation's keys, and by those that came with it.

An authority restored from another installation keeps its codes, which only the other installation's keys find; they
are in the table hash_key, put there in the transaction that made the authority and never changed afterwards.
"""

from __future__ import annotations

import base64

from sqlalchemy import BigInteger, String, bindparam, column, select, table
from sqlmodel import Session

from grc import references
from grc.db.engine import kept_of, keyring_of
from grc.db.prepared import Prepared

_KEYS = table("hash_key", column("authority_id", BigInteger), column("sealed_key", String))
_OF = Prepared(select(_KEYS.c.sealed_key).where(_KEYS.c.authority_id == bindparam("authority", type_=BigInteger)))
_KEPT = "hash_key"


def hashes(session: Session, authority_id: int, purpose: str, value: str) -> tuple[str, ...]:
    """Every hash under which the value may be stored in this authority, the installation's newest key first."""
    ours = keyring_of(session).hashes(purpose, value)
    came = restored_keys(session, authority_id)
    return (*ours, *(references.keyed_hash(key, purpose, value) for key in came)) if came else ours


def restored_keys(session: Session, authority_id: int) -> tuple[bytes, ...]:
    """The keys that came with a restored authority; nearly always none. Read once by each process, under the
    authority's scope."""
    kept = kept_of(session)
    found: tuple[bytes, ...] | None = kept.get((_KEPT, authority_id))
    if found is None:
        rows = _OF.all(session, {"authority": authority_id})
        found = tuple(base64.b64decode(keyring_of(session).open(row.sealed_key)) for row in rows)
        kept[_KEPT, authority_id] = found
    return found
