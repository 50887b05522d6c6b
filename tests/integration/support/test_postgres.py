"""The throw-away PostgreSQL: its roles, and databases made from a template."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from tests.support.postgres import Cluster, Urls


def run(url: str, *statements: str) -> list[tuple[object, ...]]:
    """The rows of the last statement, all in one transaction of a connection closed afterwards."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        *before, last = (text(statement) for statement in statements)
        for statement in before:
            connection.execute(statement)
        result = connection.execute(last)
        return [tuple(row) for row in result] if result.returns_rows else []


def test_the_serving_role_may_do_what_it_was_granted_and_owns_nothing(postgres_database: Callable[..., Urls]) -> None:
    urls = postgres_database()
    run(urls.owner, "CREATE TABLE towns (name text)", "INSERT INTO towns VALUES ('Tilleul-sur-Exemple')")
    with pytest.raises(ProgrammingError):
        run(urls.app, "SELECT name FROM towns")
    run(urls.owner, "GRANT USAGE ON SCHEMA public TO grc_app", "GRANT SELECT ON towns TO grc_app")
    assert run(urls.app, "SELECT name FROM towns") == [("Tilleul-sur-Exemple",)]
    for refused in ("CREATE TABLE other (id int)", "DROP TABLE towns", "ALTER TABLE towns ADD COLUMN mayor text"):
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
            run(urls.app, refused)


def test_databases_made_from_a_template_are_alike_and_apart(
    postgres_cluster: Cluster, postgres_database: Callable[..., Urls]
) -> None:
    def prepare(urls: Urls) -> None:
        run(urls.owner, "CREATE TABLE notes (text text)", "INSERT INTO notes VALUES ('prepared')")
        run(urls.owner, "GRANT USAGE ON SCHEMA public TO grc_app", "GRANT SELECT, DELETE ON notes TO grc_app")

    template = postgres_cluster.template("sample", prepare)
    first, second = postgres_database(template=template), postgres_database(template=template)
    run(first.app, "DELETE FROM notes")
    assert run(first.app, "SELECT text FROM notes") == []
    assert run(second.app, "SELECT text FROM notes") == [("prepared",)]


def test_the_workers_database_speaks_utf8(postgres: Urls) -> None:
    assert run(postgres.app, "SELECT current_user::text, getdatabaseencoding()::text") == [("grc_app", "UTF8")]
