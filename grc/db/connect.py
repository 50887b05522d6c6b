"""Opens the database that a URL names."""

from __future__ import annotations

from datetime import timedelta

from grc.db.engine import PATIENCE, Database
from grc.db.keyring import Keyring
from grc.db.postgresql import PostgresDatabase
from grc.db.sqlite import SqliteDatabase


def connect(url: str, keyring: Keyring, *, patience: timedelta = PATIENCE) -> Database:
    """The Database of "sqlite:///var/grc.db" or "postgresql+psycopg://role@host/name"; raises ValueError otherwise.

    patience: how long a unit waits for a lock that another holds, before it says Unavailable.
    """
    if url.startswith("sqlite:///"):
        return SqliteDatabase(url, keyring, patience=patience)
    if url.startswith(("postgresql://", "postgresql+psycopg://")):
        return PostgresDatabase("postgresql+psycopg://" + url.split("://", 1)[1], keyring, patience=patience)
    raise ValueError("GRC_DATABASE_URL must begin with sqlite:/// or postgresql://")
