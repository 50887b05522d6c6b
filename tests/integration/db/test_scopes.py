"""One unit of the platform acts for several authorities in turn, each under its own scope; no other unit may."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import bindparam, func, text
from sqlalchemy import select as core_select
from sqlalchemy.exc import DataError
from sqlmodel import Session, col, select

from grc.authorities import queries
from grc.authorities.models import Service
from grc.db import Database, Prepared, acting_for, ask_each
from grc.db.engine import LATER
from grc.errors import Unavailable

_TABLE = Service.__table__  # type: ignore[attr-defined]
_EVERY = Prepared(core_select(func.count()).select_from(_TABLE).where(_TABLE.c.id > bindparam("above")))
"""Without the authority in its words: what PostgreSQL adds by itself shows."""


def seen(session: Session) -> list[int]:
    return list(session.exec(select(Service.authority_id).distinct().order_by(col(Service.authority_id))))


def test_questions_to_every_authority_are_answered_apart(database: Database) -> None:
    with database.reading(scope=None) as session:
        keys = queries.every_key(session)
        counts = dict(ask_each(session, keys * 60, lambda _: _EVERY.ask(session, {"above": 0})))
        after = seen(session)
    told = {key: row[0] for key, row in counts.items()}
    assert len(set(told.values())) == (1 if database.is_sqlite else 3), "the syndicate and two communes differ"
    assert after == ([2, 3] if database.is_sqlite else []), "the platform sees no rows of authorities again"


def test_a_unit_of_the_platform_writes_for_each_and_is_undone_whole(database: Database) -> None:
    with pytest.raises(LookupError), database.writing(scope=None) as session:
        for key in (2, 3):
            with acting_for(session, key):
                session.add(Service(authority_id=key, slug="essai", name="Essai"))
        raise LookupError
    with database.writing(scope=None) as session:
        for key in (2, 3):
            with acting_for(session, key):
                session.add(Service(authority_id=key, slug="essai", name="Essai"))
    for key in (2, 3):
        with database.reading(scope=key) as session:
            assert queries.service_of_slug(session, key, "essai") is not None


def test_row_level_security_holds_within(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("row-level security is PostgreSQL's")
    with pytest.raises(Exception, match="row-level security"), database.writing(scope=None) as session:
        with acting_for(session, 2):
            session.add(Service(authority_id=3, slug="s", name="S"))
    with pytest.raises(RuntimeError, match="speaks for it alone"), database.writing(scope=2) as session:
        with acting_for(session, 3):
            pass


def test_the_platform_speaks_for_itself_again_after_a_fault(database: Database) -> None:
    """Of a caller that catches it: nothing is then read or written as the authority whose turn it was."""
    of_the_platform = [2, 3] if database.is_sqlite else []
    with database.writing(scope=None) as session:
        with pytest.raises(LookupError), acting_for(session, 2):
            raise LookupError
        assert seen(session) == of_the_platform
        with pytest.raises(LookupError):
            list(ask_each(session, [3], _no_question))
        assert seen(session) == of_the_platform


def test_a_fault_of_the_database_is_told_as_it_was(database: Database) -> None:
    """A unit that the database has undone is told so; giving the floor back asks nothing of it."""
    if database.is_sqlite:
        pytest.skip("SQLite divides by zero without a word")
    with pytest.raises(Unavailable, match=LATER), database.writing(scope=None) as session:
        with pytest.raises(DataError), acting_for(session, 2):
            session.execute(text("SELECT 1/0"))


def _no_question(key: int) -> Callable[[], None]:
    raise LookupError(key)
