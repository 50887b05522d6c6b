"""The migrations make exactly what the tables declare, on both databases, and never twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlmodel import SQLModel

import grc.tables
from grc.db import schema
from tests.support.postgres import APP, Urls

MIGRATIONS = Path(schema.__file__).parent / "migrations"
_ = grc.tables


@pytest.fixture(params=["sqlite", "postgresql"])
def owner_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, as the role that migrates."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'grc.db'}"
    make: Callable[[], Urls] = request.getfixturevalue("postgres_database")
    return make().owner


def role(url: str) -> str | None:
    return None if url.startswith("sqlite") else APP


def test_the_migrations_make_what_the_tables_declare(owner_url: str) -> None:
    assert schema.migrate(owner_url, serving_role=role(owner_url)) == schema.newest()
    assert schema.differences(owner_url) == []
    assert schema.revision_of(owner_url) == schema.newest()


def test_a_difference_is_seen(owner_url: str) -> None:
    schema.migrate(owner_url, serving_role=role(owner_url))
    engine = create_engine(owner_url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE task DROP COLUMN closed_at CASCADE")) if role(owner_url) else (
            connection.execute(text("CREATE TABLE sly (id INTEGER)"))
        )
    engine.dispose()
    assert schema.differences(owner_url) != []


def test_migrating_again_changes_nothing(owner_url: str) -> None:
    schema.migrate(owner_url, serving_role=role(owner_url))
    engine = create_engine(owner_url)
    before = _shape(engine)
    schema.migrate(owner_url, serving_role=role(owner_url))
    assert _shape(engine) == before
    engine.dispose()


def test_an_empty_database_has_no_revision(owner_url: str) -> None:
    assert schema.revision_of(owner_url) is None


def test_head_names_the_newest_revision() -> None:
    """Two branches that each add a migration collide in git on this file, and not in a town hall."""
    assert (MIGRATIONS / "HEAD").read_text().strip() == schema.newest()
    assert [path.name for path in (MIGRATIONS / "versions").glob(f"{schema.newest()}_*.py")] != []


def test_every_row_of_an_authority_says_which() -> None:
    """Only what belongs to the installation itself has no authority."""
    without = {name for name, table in SQLModel.metadata.tables.items() if "authority_id" not in table.c}
    assert without == {"authority", "sweep_run", "worker_sign"}


def test_every_key_to_an_authority_is_indexed_first() -> None:
    """Rows are looked up within an authority: its key opens an index of each table that grows."""
    growing = {"draft", "submission", "outbox_entry", "message", "task", "decision", "documents_request", "attachment"}
    for name in growing:
        indexes = [next(iter(index.columns)).name for index in SQLModel.metadata.tables[name].indexes]
        assert "authority_id" in indexes, name


def _shape(engine: Engine) -> list[object]:
    seen = inspect(engine)
    shape: list[object] = []
    for name in sorted(seen.get_table_names()):
        shape.append((name, *(str(part(name)) for part in (seen.get_columns, seen.get_foreign_keys))))
        shape.append((seen.get_unique_constraints(name), sorted(str(one["name"]) for one in seen.get_indexes(name))))
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            policies = "SELECT tablename, policyname, qual, with_check FROM pg_policies ORDER BY 1, 2"
            shape += connection.execute(text(policies)).all()
    return shape
