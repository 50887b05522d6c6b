"""PostgreSQL keeps the authorities apart by itself: raw SQL under the serving role, whatever our code forgets."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors, sql
from sqlmodel import SQLModel

import grc.tables
from grc.db import schema
from tests.support.postgres import APP, OWNER, Cluster
from tests.support.world import seeded

_ = grc.tables
OWNED = sorted(name for name, table in SQLModel.metadata.tables.items() if "authority_id" in table.c)
Link = psycopg.Connection[tuple[object, ...]]


@pytest.fixture(scope="module")
def base(postgres_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """A seeded database where each of the two communes has at least one row in every table."""
    name = f"partition_{worker_id}"
    seeded(tmp_path_factory.mktemp("partition"), postgres=postgres_cluster, name=name)
    with psycopg.connect(dsn(postgres_cluster, name, "postgres"), autocommit=True) as link:
        for authority in (2, 3):
            _fill(link, authority)
    yield name
    postgres_cluster.drop(name)


@pytest.fixture
def app(postgres_cluster: Cluster, base: str) -> Iterator[Link]:
    """A connection as the role that serves."""
    with psycopg.connect(dsn(postgres_cluster, base, APP)) as link:
        yield link
        link.rollback()


@pytest.fixture
def owner(postgres_cluster: Cluster, base: str) -> Iterator[Link]:
    """A connection as the role that owns the tables."""
    with psycopg.connect(dsn(postgres_cluster, base, OWNER)) as link:
        yield link
        link.rollback()


def dsn(cluster: Cluster, name: str, role: str) -> str:
    return f"host=127.0.0.1 port={cluster.port} dbname={name} user={role}"


def speak_for(link: Link, scope: str) -> None:
    link.execute("SELECT set_config('grc.authority', %s, true)", (scope,))


def seen(link: Link, table: str) -> set[object]:
    query = sql.SQL("SELECT authority_id FROM {}").format(sql.Identifier(table))
    return {row[0] for row in link.execute(query)}


def _fill(link: Link, authority: int) -> None:
    """A row of that authority in each table that has none, its constraints left aside: only the partition matters."""
    link.execute("SET session_replication_role = replica")
    for name in OWNED:
        table = SQLModel.metadata.tables[name]
        there = link.execute(
            sql.SQL("SELECT 1 FROM {} WHERE authority_id = %s").format(sql.Identifier(name)), (authority,)
        )
        if there.fetchone() is not None:
            continue
        columns = [column for column in table.c if not column.nullable and column.name != "id"]
        values = [authority if column.name == "authority_id" else _value(column, authority) for column in columns]
        link.execute(
            sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                sql.Identifier(name),
                sql.SQL(", ").join(sql.Identifier(column.name) for column in columns),
                sql.SQL(", ").join(sql.Placeholder() for _ in columns),
            ),
            values,
        )


def _value(column: object, authority: int) -> object:
    kind = str(column.type).upper()  # type: ignore[attr-defined]
    if "JSON" in kind:
        return "{}"
    if kind.startswith(("DATE", "TIMESTAMP")):
        return "2026-11-30"
    return "true" if kind == "BOOLEAN" else str(authority) if "INT" in kind else f"x{authority}"


def test_every_table_of_an_authority_is_partitioned(owner: Link) -> None:
    secured = {row[0] for row in owner.execute("SELECT relname FROM pg_class WHERE relrowsecurity")}
    assert secured == {*OWNED, "authority"}
    asked = "SELECT tablename, cmd, qual, with_check FROM pg_policies WHERE policyname = 'partition'"
    policies = owner.execute(asked).fetchall()
    assert sorted(row[0] for row in policies) == OWNED
    assert {(row[1], row[2] is not None, row[3] is not None) for row in policies} == {("ALL", True, True)}
    others = owner.execute("SELECT tablename, policyname, cmd FROM pg_policies WHERE policyname <> 'partition'")
    assert set(others) == {
        ("figure", "platform", "SELECT"),
        ("authority", "known", "SELECT"),
        ("authority", "own", "ALL"),
        ("submission_revision", "destroyed", "DELETE"),
        ("notice", "destroyed", "DELETE"),
    }


def test_an_authority_changes_itself_alone(app: Link) -> None:
    change = "UPDATE authority SET telephone = '01 99 00 00 00' WHERE id = 2"
    for scope, reached in (("3", 0), ("2", 1), ("", 0), ("*", 1)):
        speak_for(app, scope)
        assert app.execute(sql.SQL(change)).rowcount == reached
        assert len(app.execute("SELECT id FROM authority").fetchall()) >= 2


@pytest.mark.parametrize("table", OWNED)
def test_each_authority_sees_its_own_rows_only(app: Link, table: str) -> None:
    assert seen(app, table) == set()
    speak_for(app, "2")
    assert seen(app, table) == {2}
    speak_for(app, "3")
    assert seen(app, table) == {3}
    speak_for(app, "")
    assert seen(app, table) == set()


OF_THE_PLATFORM = {"outbox_entry", "webhook_delivery", "figure"}


@pytest.mark.parametrize("table", OWNED)
def test_the_platform_sees_what_it_claims_and_the_figures_and_nothing_else(app: Link, table: str) -> None:
    speak_for(app, "*")
    assert seen(app, table) == ({2, 3} if table in OF_THE_PLATFORM else set())


@pytest.mark.parametrize("scope", [None, "3", "*"])
@pytest.mark.parametrize("table", [name for name in OWNED if name not in schema.APPEND_ONLY])
def test_nobody_changes_the_rows_of_another(app: Link, table: str, scope: str | None) -> None:
    if scope is not None:
        speak_for(app, scope)
    name = sql.Identifier(table)
    reached = 1 if table in schema.PLATFORM_CLAIMED and scope == "*" else 0
    for act in ("UPDATE {} SET authority_id = 2 WHERE authority_id = 2", "DELETE FROM {} WHERE authority_id = 2"):
        assert app.execute(sql.SQL(act).format(name)).rowcount == reached


@pytest.mark.parametrize("table", OWNED)
def test_no_row_is_written_for_another_or_handed_over(app: Link, table: str) -> None:
    speak_for(app, "3")
    copied = [column.name for column in SQLModel.metadata.tables[table].c if column.name not in ("id", "authority_id")]
    columns = sql.SQL(", ").join(map(sql.Identifier, copied))
    insert = sql.SQL("INSERT INTO {0} (authority_id, {1}) SELECT 2, {1} FROM {0} LIMIT 1").format(
        sql.Identifier(table), columns
    )
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        app.execute(insert)
    app.rollback()
    speak_for(app, "3")
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(sql.SQL("UPDATE {} SET authority_id = 2").format(sql.Identifier(table)))


@pytest.mark.parametrize("table", ["event", "notice", "procedure_version", "submission_revision"])
@pytest.mark.parametrize("act", ["UPDATE {} SET authority_id = authority_id", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_happened_is_never_rewritten(app: Link, table: str, act: str) -> None:
    speak_for(app, "2")
    assert seen(app, table) == {2}
    statement = sql.SQL(act).format(sql.Identifier(table))
    if table in schema.DESTROYED_WITH and act.startswith("DELETE"):
        assert app.execute(statement).rowcount == 0, "no destruction is recorded"
        return
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(statement)


def test_the_serving_role_owns_nothing_and_is_nobody(owner: Link) -> None:
    owned = owner.execute(
        "SELECT relname FROM pg_class WHERE relowner = %(role)s::regrole"
        " UNION ALL SELECT proname FROM pg_proc WHERE proowner = %(role)s::regrole"
        " UNION ALL SELECT nspname FROM pg_namespace WHERE nspowner = %(role)s::regrole"
        " UNION ALL SELECT datname FROM pg_database WHERE datdba = %(role)s::regrole",
        {"role": APP},
    ).fetchall()
    assert owned == []
    rights = "rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb"
    assert owner.execute(f"SELECT {rights} FROM pg_roles WHERE rolname = %s", (APP,)).fetchone() == (False,)
    assert owner.execute("SELECT count(*) FROM pg_auth_members WHERE member = %s::regrole", (APP,)).fetchone() == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE sly (id int)",
        "ALTER TABLE submission DISABLE ROW LEVEL SECURITY",
        "DROP POLICY partition ON submission",
        "DROP TABLE task",
        "UPDATE alembic_version SET version_num = 'x'",
        f"SET ROLE {OWNER}",
        "ALTER ROLE grc_app BYPASSRLS",
        "TRUNCATE submission CASCADE",
    ],
)
def test_the_serving_role_cannot_lift_the_partition(app: Link, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(statement)


def test_a_made_up_scope_sees_nothing(app: Link) -> None:
    speak_for(app, "2 OR true")
    with pytest.raises(errors.InvalidTextRepresentation):
        seen(app, "submission")


def test_a_scope_ends_with_its_transaction(app: Link) -> None:
    speak_for(app, "2")
    assert seen(app, "service") == {2}
    app.commit()
    assert seen(app, "service") == set()
