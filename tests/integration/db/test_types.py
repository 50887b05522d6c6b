"""Instants go in aware and come out aware, in UTC, on both databases; documents keep what JSON keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import StatementError
from sqlmodel import Session, col

from grc.authorities.models import Authority
from grc.db import Database
from tests.support import counters

PARIS = timezone(timedelta(hours=2))


def stored(database: Database, **values: Any) -> Any:
    key = counters.authority_id(database)
    with database.writing(scope=key) as session:
        session.execute(update(Authority).where(col(Authority.id) == key).values(**values))
    with database.reading(scope=key) as session:
        return session.get_one(Authority, key)


def test_an_instant_comes_back_aware_in_utc_to_the_microsecond(database: Database) -> None:
    instant = datetime(2026, 10, 25, 2, 30, 0, 123456, tzinfo=PARIS)
    found = stored(database, created_at=instant).created_at
    assert (found, found.tzinfo) == (instant, UTC)
    assert found.isoformat() == "2026-10-25T00:30:00.123456+00:00"


def test_a_naive_instant_is_refused(database: Database) -> None:
    with pytest.raises((ValueError, StatementError), match="an instant must be aware"):
        stored(database, created_at=datetime(2026, 10, 25, 2, 30))  # noqa: DTZ001 - that is the point


def test_instants_compare_across_zones_in_the_database(database: Database) -> None:
    stored(database, created_at=datetime(2026, 10, 25, 2, 30, tzinfo=PARIS))

    def before(session: Session, limit: datetime) -> int:
        statement = select(func.count()).where(col(Authority.created_at) < limit, col(Authority.slug) == "tilleul")
        return int(session.execute(statement).scalar_one())

    with database.reading(scope=None) as session:
        assert before(session, datetime(2026, 10, 25, 0, 30, tzinfo=UTC)) == 0
        assert before(session, datetime(2026, 10, 25, 0, 30, 0, 1, tzinfo=UTC)) == 1


@pytest.mark.parametrize(
    "document",
    [{}, {"é": "« œ »", "nested": {"list": [1, True, None, "x"]}}, {"n": 10**15, "empty": ""}, {"emoji": "👩‍💻"}],
)
def test_a_document_comes_back_as_it_went(database: Database, document: dict[str, Any]) -> None:
    assert stored(database, texts=document).texts == document
