"""A seeded database of each kind, without a web around it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from grc.db import Database, Keyring, connect
from tests.support.world import SECRET


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The database as `grc serve` opens it."""
    opened = connect(database_url, Keyring([SECRET]))
    yield opened
    opened.close()


@pytest.fixture
def impatient(database_url: str) -> Iterator[Database]:
    """Another process on the same database, which waits a quarter of a second for a lock and no longer."""
    opened = connect(database_url, Keyring([SECRET]), patience=timedelta(milliseconds=250))
    yield opened
    opened.close()
