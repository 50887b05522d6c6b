"""The schema: migrations, and on PostgreSQL what the serving role may touch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlmodel import Session, SQLModel

_FOLDER = Path(__file__).parent / "migrations"

APPEND_ONLY = frozenset(
    {
        "event",
        "notice",
        "procedure_version",
        "submission_revision",
        "journal_entry",
        "journal_link",
        "journal_seal",
        "destruction",
    }
)
"""Tables whose rows the serving role may add and read, never change."""

DESTROYED_WITH = {"submission_revision": "answers", "notice": "receipts"}
"""Of these the serving role may delete a row, once a destruction of that stage is recorded for its demande.

The record names a visa and can be neither changed nor deleted: whatever goes leaves its trace.
"""

PLATFORM_CLAIMED = frozenset({"outbox_entry", "webhook_delivery"})
"""Tables that the worker claims from across authorities: identifiers and dates only."""

PLATFORM_READABLE = frozenset({"figure"})
"""Tables of counts, read across authorities for the syndicate's statistics."""

_TOLD = "current_setting('grc.authority', true)"
_MINE = f"(SELECT nullif(nullif({_TOLD}, ''), '*')::bigint)"
_PLATFORM = f"{_TOLD} = '*'"


def migrate(owner_url: str, *, serving_role: str | None = None) -> str:
    """Brings the database to the newest revision and gives its name.

    owner_url: of the role that owns the tables. serving_role: on PostgreSQL, the role of GRC_DATABASE_URL, which must
    exist and own nothing; it gets just the rights it needs, and row-level security on every table of an authority.
    """
    engine = _engine(owner_url)
    with engine.begin() as connection:
        command.upgrade(_config(connection), "head")
        if connection.dialect.name == "postgresql" and serving_role:
            _restrict(connection, serving_role)
    engine.dispose()
    return newest()


def newest() -> str:
    """The name of the newest revision."""
    return str(ScriptDirectory(str(_FOLDER)).get_current_head())


def known(revision: str) -> bool:
    """Whether this program knows that revision: one that it does not comes from a newer program."""
    return revision in {each.revision for each in ScriptDirectory(str(_FOLDER)).walk_revisions()}


def current(connection: Connection) -> str | None:
    """The revision that the database is at; None when it holds no schema."""
    return MigrationContext.configure(connection).get_current_revision()


def revision_of(url: str) -> str | None:
    """The revision of the database at this address; None when it holds no schema."""
    engine = _engine(url)
    with engine.connect() as connection:
        found = current(connection)
    engine.dispose()
    return found


def serves_as_owner(session: Session) -> bool:
    """On PostgreSQL, whether row-level security would not hold for the role of this session: it owns, or may bypass."""
    asked = text(
        "SELECT rolsuper OR rolbypassrls OR EXISTS (SELECT 1 FROM pg_tables "
        "WHERE schemaname = 'public' AND tableowner = current_user) FROM pg_roles WHERE rolname = current_user"
    )
    return bool(session.connection().execute(asked).scalar_one())


def role_of(url: str) -> str:
    """The role that a PostgreSQL address signs in with."""
    return make_url(url).username or ""


def draft(owner_url: str, message: str) -> None:
    """Writes a new migration from what the tables declare and the database lacks (for developers)."""
    engine = _engine(owner_url)
    with engine.connect() as connection:
        command.revision(_config(connection), message=message, autogenerate=True)
    engine.dispose()


def differences(owner_url: str) -> list[Any]:
    """What the tables declare and the migrated database has otherwise: empty when the migrations are whole."""
    engine = _engine(owner_url)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    engine.dispose()
    return list(found)


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, hide_parameters=True)
    if parsed.drivername == "sqlite":

        @event.listens_for(engine, "connect")
        def _prepare(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA journal_mode=WAL")

    return engine


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    config.attributes["metadata"] = SQLModel.metadata
    return config


def _restrict(connection: Connection, role: str) -> None:
    """Grants and row-level security for the serving role; safe to run at each migration."""
    quote = connection.dialect.identifier_preparer.quote
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {quote(role)}"))
    connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quote(role)}"))
    connection.execute(text(f"GRANT SELECT ON alembic_version TO {quote(role)}"))
    for name, table in SQLModel.metadata.tables.items():
        rights = "SELECT, INSERT" if name in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
        rights += ", DELETE" if name in DESTROYED_WITH else ""
        connection.execute(text(f"REVOKE ALL ON {quote(name)} FROM {quote(role)}"))
        connection.execute(text(f"GRANT {rights} ON {quote(name)} TO {quote(role)}"))
        if "authority_id" in table.c:
            _partition(connection, quote(name), name)
    for name, stage in DESTROYED_WITH.items():
        _guard_destruction(connection, quote(name), stage)
    _guard_authorities(connection)


def _partition(connection: Connection, table: str, name: str) -> None:
    """The rows of an authority are seen and changed under its own scope alone."""
    mine = f"authority_id = {_MINE}"
    reached = f"({mine} OR {_PLATFORM})" if name in PLATFORM_CLAIMED else mine
    _secure(connection, table)
    _policy(connection, table, "partition", f"USING ({reached}) WITH CHECK ({reached})")
    if name in PLATFORM_READABLE:
        _policy(connection, table, "platform", f"FOR SELECT USING ({_PLATFORM})")


def _guard_destruction(connection: Connection, table: str, stage: str) -> None:
    """A row goes only once the destruction of that stage of its demande is recorded, on a visa."""
    recorded = (
        f"EXISTS (SELECT 1 FROM destruction WHERE destruction.submission_id = {table}.submission_id "  # noqa: S608 - ours
        f"AND destruction.stage = '{stage}')"
    )
    _policy(connection, table, "destroyed", f"AS RESTRICTIVE FOR DELETE USING ({recorded})")


def _guard_authorities(connection: Connection) -> None:
    """Who is served here is known to all; the row of an authority changes under its own scope, or the platform's."""
    own = f"(id = {_MINE} OR {_PLATFORM})"
    _secure(connection, "authority")
    _policy(connection, "authority", "known", "FOR SELECT USING (true)")
    _policy(connection, "authority", "own", f"USING ({own}) WITH CHECK ({own})")


def _secure(connection: Connection, table: str) -> None:
    connection.execute(text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))


def _policy(connection: Connection, table: str, name: str, rule: str) -> None:
    connection.execute(text(f"DROP POLICY IF EXISTS {name} ON {table}"))
    connection.execute(text(f"CREATE POLICY {name} ON {table} {rule}"))
