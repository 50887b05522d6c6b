"""Opens the database that a URL names."""

from __future__ import annotations

from grc.db.engine import Database
from grc.db.keyring import Keyring
from grc.db.postgresql import PostgresDatabase
from grc.db.sqlite import SqliteDatabase


def connect(url: str, keyring: Keyring) -> Database:
    """The Database of "sqlite:///var/grc.db" or "postgresql+psycopg://role@host/name"; raises ValueError otherwise."""
    if url.startswith("sqlite:///"):
        return SqliteDatabase(url, keyring)
    if url.startswith(("postgresql://", "postgresql+psycopg://")):
        return PostgresDatabase("postgresql+psycopg://" + url.split("://", 1)[1], keyring)
    raise ValueError("GRC_DATABASE_URL must begin with sqlite:/// or postgresql://")
