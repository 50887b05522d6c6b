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
SCOPES = (None, "", "3", "*")
"""Nobody's, nobody's said aloud, a neighbour's, the platform's."""


@pytest.mark.parametrize("table", OWNED)
def test_the_platform_sees_what_it_claims_and_the_figures_and_nothing_else(app: Link, table: str) -> None:
    speak_for(app, "*")
    assert seen(app, table) == ({2, 3} if table in OF_THE_PLATFORM else set())


def test_what_the_platform_reads_across_authorities_is_written_down(owner: Link) -> None:
    """Keys, codes, dates, counts and one sealed code: a column of people's words is no column of these tables."""
    asked = "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND data_type <> ALL(%s)"
    plain = ["bigint", "integer", "timestamp with time zone"]
    told = {name: {row[0] for row in owner.execute(asked, (name, plain))} for name in OF_THE_PLATFORM}
    assert told == {
        "outbox_entry": {
            *("channel", "kind", "recipient", "answer", "state", "lease_holder", "last_fault", "sealed_secret"),
        },
        "webhook_delivery": {"kind", "state", "fault", "log"},
        "figure": {"month", "counts"},
    }


def test_what_belongs_to_no_authority_is_known(owner: Link) -> None:
    """A table without an authority has no partition: it holds nothing of anybody."""
    every = {row[0] for row in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert every - set(OWNED) == {"alembic_version", "authority", "sweep_run", "worker_sign"}


@pytest.mark.parametrize("table", OWNED)
def test_nobody_changes_the_rows_of_another(app: Link, table: str) -> None:
    for scope in SCOPES:
        if scope is not None:
            speak_for(app, scope)
        reached = 1 if table in schema.PLATFORM_CLAIMED and scope == "*" else 0
        for act in ("UPDATE {} SET authority_id = 2 WHERE authority_id = 2", "DELETE FROM {} WHERE authority_id = 2"):
            assert _done(app, act, table) == (reached or _nothing(table, act)), (scope, act)
        app.rollback()


def _nothing(table: str, act: str) -> int | None:
    """What comes of an act that reaches no row: None where the serving role may not even try."""
    is_kept = table in schema.APPEND_ONLY and not (table in schema.DESTROYED_WITH and act.startswith("DELETE"))
    return None if is_kept else 0


def _done(app: Link, act: str, table: str) -> int | None:
    """How many rows it reached; None where it was refused, undone then."""
    try:
        with app.transaction():
            return app.execute(sql.SQL(act).format(sql.Identifier(table))).rowcount
    except errors.InsufficientPrivilege:
        return None


@pytest.mark.parametrize("table", OWNED)
def test_no_row_is_written_for_another_or_handed_over(app: Link, table: str) -> None:
    hand = "UPDATE {} SET authority_id = 2 WHERE authority_id = 3"
    for scope in SCOPES:
        if scope is not None:
            speak_for(app, scope)
        may = table in schema.PLATFORM_CLAIMED and scope == "*"
        assert _may_insert(app, table) is may, scope
        refused = None if scope == "3" else _nothing(table, hand)
        assert _done(app, hand, table) == (1 if may else refused), scope
        app.rollback()


def _may_insert(app: Link, table: str) -> bool:
    """Whether the partition lets a row of the authority 2 in, whatever its constraints then say; undone."""
    every = SQLModel.metadata.tables[table].c
    row = {column.name: _value(column, 9) for column in every if not column.nullable and column.name != "id"}
    row["authority_id"] = 2
    insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(sql.Placeholder() for _ in row),
    )
    try:
        with app.transaction(force_rollback=True):
            app.execute(insert, list(row.values()))
    except errors.IntegrityError:
        return True
    except errors.InsufficientPrivilege as refused:
        assert "row-level security" in str(refused)
        return False
    return True


def test_what_is_destroyed_goes_on_a_destruction_of_its_own_authority(app: Link, owner: Link) -> None:
    """Neither the platform, nor a neighbour, nor a record that a neighbour made lets a revision go."""
    reference = "SELECT submission_id FROM submission_revision WHERE authority_id = 2"
    gone = "DELETE FROM submission_revision WHERE authority_id = 2"
    row = "INSERT INTO destruction (authority_id, submission_id, stage, reference, visa_id, files, receipts_until, "
    row += "answers_sha256, destroyed_at) VALUES (%s, %s, 'answers', 'x', %s, '[]', '2026-11-30', '', now())"
    speak_for(app, "2")
    (submission,) = app.execute(reference).fetchone() or (0,)
    (visa,) = app.execute("SELECT min(id) FROM visa").fetchone() or (0,)
    speak_for(app, "3")
    (theirs,) = app.execute("SELECT min(id) FROM visa").fetchone() or (0,)
    with app.transaction(force_rollback=True):
        app.execute(row, (3, submission, theirs))
        speak_for(app, "2")
        assert app.execute(gone).rowcount == 0, "a neighbour's record"
    speak_for(app, "2")
    app.execute(row, (2, submission, visa))
    for scope, reached in (("3", 0), ("*", 0), ("", 0), ("2", 1)):
        speak_for(app, scope)
        assert app.execute(gone).rowcount == reached, scope


def test_the_statistics_of_the_server_tell_no_words(app: Link, owner: Link) -> None:
    """PostgreSQL samples values of columns for its planner: they are not for who is under row-level security."""
    assert app.execute(
        "SELECT count(*) FROM pg_stats WHERE schemaname = 'public' AND tablename = 'agent'"
    ).fetchone() == (0,)


@pytest.mark.parametrize("table", sorted(schema.APPEND_ONLY))
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
