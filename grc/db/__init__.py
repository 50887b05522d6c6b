"""Engines, sessions, column types, keys and the row-level partition: all that is said of the database once."""

from grc.db.connect import connect
from grc.db.engine import Database, Scope, Unit, kept_of, keyring_of
from grc.db.keyring import Keyring
from grc.db.prepared import Answer, Prepared, dialect_of
from grc.db.scopes import acting_for, ask_each
from grc.db.types import BigKey, Document, UtcDateTime

__all__ = [
    "Answer",
    "BigKey",
    "Database",
    "Document",
    "Keyring",
    "Prepared",
    "Scope",
    "Unit",
    "UtcDateTime",
    "acting_for",
    "ask_each",
    "connect",
    "dialect_of",
    "kept_of",
    "keyring_of",
]
