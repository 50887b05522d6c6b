"""what workflows, implied decisions and the exchange need"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

import grc.db.types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
INSTANT = grc.db.types.UtcDateTime(timezone=True)
RUNNING = sa.text("state = 'running'")
IMPLICIT = sa.text("kind LIKE 'implicit%'")
PENDING = sa.text("state = 'pending'")
AWAITED = sa.text("answered_at IS NULL AND overdue_at IS NULL")
WITHOUT_TERM = sa.text("retained_until IS NULL AND phase IN ('decided', 'closed')")
RETAINED = sa.text("retained_until IS NOT NULL AND destruction_proposed_on IS NULL")
UNDECIDED = sa.text("silence_on IS NOT NULL AND implied_on IS NULL AND phase IN ('received', 'examined', 'waiting')")


def upgrade() -> None:
    """Adds only: the previous code runs on the result."""
    _create_tables()
    for table, columns in _added().items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.add_column(column)
            for name, target in _POINTERS.get(table, {}).items():
                batch_op.create_foreign_key(f"fk_{table}_{name}", target, [name], ["id"])
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.alter_column("agent_id", existing_type=BIG, nullable=True)
        batch_op.create_index(
            "ux_decision_implicit", ["submission_id"], unique=True, sqlite_where=IMPLICIT, postgresql_where=IMPLICIT
        )
    for table, name, columns, where in _PARTIAL:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(name, columns, unique=False, sqlite_where=where, postgresql_where=where)


_PARTIAL = (
    ("submission", "ix_submission_silence", ["authority_id", "silence_on"], UNDECIDED),
    ("submission", "ix_submission_ended", ["authority_id", "id"], WITHOUT_TERM),
    ("submission", "ix_submission_retained", ["authority_id", "retained_until"], RETAINED),
    ("outbox_entry", "ix_outbox_waiting", ["authority_id"], PENDING),
    ("documents_request", "ix_documents_request_awaited", ["authority_id", "due_on"], AWAITED),
)

_POINTERS = {
    "attachment": {"thread_entry_id": "thread_entry"},
    "decision": {"replaces_id": "decision", "corrects_id": "decision"},
    "draft": {"attacks_id": "decision", "link_id": "submission_link"},
    "task": {"notice_id": "notice", "closed_by_id": "agent"},
}


def _added() -> dict[str, list[sa.Column]]:
    return {
        "attachment": [
            sa.Column("thread_entry_id", BIG, nullable=True),
            sa.Column("sender", TEXT(length=10), server_default="citizen", nullable=False),
            sa.Column("is_private", sa.Boolean(), server_default=sa.false(), nullable=False),
        ],
        "decision": [
            sa.Column("kind", TEXT(length=20), server_default="express", nullable=False),
            sa.Column("born_on", sa.Date(), nullable=True),
            sa.Column("replaces_id", BIG, nullable=True),
            sa.Column("corrects_id", BIG, nullable=True),
            sa.Column("letter", TEXT(length=20000), server_default="", nullable=False),
            sa.Column("posted_on", sa.Date(), nullable=True),
            sa.Column("first_consulted_at", INSTANT, nullable=True),
        ],
        "documents_request": [
            sa.Column("reminded_at", INSTANT, nullable=True),
            sa.Column("overdue_at", INSTANT, nullable=True),
        ],
        "draft": [sa.Column("attacks_id", BIG, nullable=True), sa.Column("link_id", BIG, nullable=True)],
        "message": [
            sa.Column("bounced_at", INSTANT, nullable=True),
            sa.Column("bounce_code", TEXT(length=20), server_default="", nullable=False),
        ],
        "outbox_entry": [
            sa.Column("channel", TEXT(length=10), server_default="mail", nullable=False),
            sa.Column("revived_at", INSTANT, nullable=True),
            sa.Column("answer", TEXT(length=120), server_default="", nullable=False),
        ],
        "submission": [
            sa.Column("implied_on", sa.Date(), nullable=True),
            sa.Column("on_paper", sa.Boolean(), server_default=sa.false(), nullable=False),
            sa.Column("edited", DOCUMENT, nullable=True),
            sa.Column("editable", DOCUMENT, nullable=True),
            sa.Column("labels", DOCUMENT, nullable=True),
            sa.Column("variables", DOCUMENT, nullable=True),
            sa.Column("redirect", DOCUMENT, nullable=True),
            sa.Column("transferred_from", TEXT(length=300), server_default="", nullable=False),
            sa.Column("retained_until", sa.Date(), nullable=True),
            sa.Column("destruction_proposed_on", sa.Date(), nullable=True),
        ],
        "task": [
            sa.Column("notice_id", BIG, nullable=True),
            sa.Column("title", TEXT(length=200), server_default="", nullable=False),
            sa.Column("due_on", sa.Date(), nullable=True),
            sa.Column("closed_by_id", BIG, nullable=True),
        ],
    }


def _create_tables() -> None:
    op.create_table(
        "sweep_run",
        sa.Column("name", TEXT(length=40), nullable=False),
        sa.Column("as_of", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("fault", TEXT(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "worker_sign",
        sa.Column("holder", TEXT(length=60), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("holder"),
    )
    _create(
        "endpoint",
        sa.Column("name", TEXT(length=60), nullable=False),
        sa.Column("url", TEXT(length=500), nullable=False),
        sa.Column("sealed_secret", TEXT(length=600), nullable=False),
        sa.UniqueConstraint("authority_id", "name"),
    )
    _create(
        "agent_answers",
        *_of_submission(),
        sa.Column("form", TEXT(length=60), nullable=False),
        sa.Column("answers", DOCUMENT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("agent_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"]),
    )
    op.create_index("ix_agent_answers_submission", "agent_answers", ["authority_id", "submission_id"])
    _create(
        "thread_entry",
        *_of_submission(),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("kind", TEXT(length=10), nullable=False),
        sa.Column("author_kind", TEXT(length=10), nullable=False),
        sa.Column("author_id", BIG, nullable=True),
        sa.Column("text", TEXT(length=10000), nullable=False),
        sa.Column("event_sequence", sa.Integer(), nullable=True),
    )
    op.create_index("ix_thread_entry_submission", "thread_entry", ["authority_id", "submission_id", "id"])
    _create(
        "timer",
        *_of_submission(),
        sa.Column("event", TEXT(length=60), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("started_at_revision", sa.Integer(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("state", TEXT(length=10), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
    )
    op.create_index("ix_timer_due", "timer", ["authority_id", "due_at"], sqlite_where=RUNNING, postgresql_where=RUNNING)
    op.create_index("ix_timer_submission", "timer", ["authority_id", "submission_id"])
    _create_link_and_call()


def _create_link_and_call() -> None:
    _create(
        "submission_link",
        sa.Column("kind", TEXT(length=20), nullable=False),
        sa.Column("from_id", BIG, nullable=True),
        sa.Column("to_id", BIG, nullable=True),
        sa.Column("decision_id", BIG, nullable=True),
        sa.Column("other_authority_id", BIG, nullable=True),
        sa.Column("other_name", TEXT(length=300), nullable=False),
        sa.Column("other_reference", TEXT(length=60), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["from_id"], ["submission.id"]),
        sa.ForeignKeyConstraint(["to_id"], ["submission.id"]),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"]),
    )
    op.create_index("ix_submission_link_from", "submission_link", ["authority_id", "from_id"])
    op.create_index("ix_submission_link_to", "submission_link", ["authority_id", "to_id"])
    _create(
        "http_call",
        *_of_submission(),
        sa.Column("outbox_id", BIG, nullable=False),
        sa.Column("name", TEXT(length=60), nullable=False),
        sa.Column("endpoint", TEXT(length=60), nullable=False),
        sa.Column("body", TEXT(), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("response", TEXT(length=20000), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox_entry.id"]),
        sa.UniqueConstraint("outbox_id"),
    )
    op.create_index("ix_http_call_submission", "http_call", ["authority_id", "submission_id"])
    _create(
        "received_signal",
        *_of_submission(),
        sa.Column("endpoint", TEXT(length=60), nullable=False),
        sa.Column("key", TEXT(length=100), nullable=False),
        sa.Column("name", TEXT(length=60), nullable=False),
        sa.Column("sha256", TEXT(length=64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.UniqueConstraint("authority_id", "endpoint", "key"),
    )


def _of_submission() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("submission_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"]),
    ]


def _create(name: str, *items: sa.schema.SchemaItem) -> None:
    """A table of rows of an authority."""
    op.create_table(
        name,
        sa.Column("id", BIG, nullable=False),
        sa.Column("authority_id", BIG, nullable=False),
        *items,
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    """Takes away what was added; decisions of silence go, for the column of their agent may not be empty."""
    op.execute("UPDATE draft SET link_id = NULL")
    op.execute("DELETE FROM submission_link")
    op.execute("DELETE FROM http_call")
    op.execute("UPDATE decision SET replaces_id = NULL, corrects_id = NULL")
    op.execute("UPDATE draft SET attacks_id = NULL")
    op.execute("DELETE FROM decision WHERE agent_id IS NULL")
    op.execute("DELETE FROM outbox_entry WHERE channel <> 'mail'")
    for table, name, _columns, _where in _PARTIAL:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(name)
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index("ux_decision_implicit")
        batch_op.alter_column("agent_id", existing_type=BIG, nullable=False)
    for table, columns in _added().items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in _POINTERS.get(table, {}):
                batch_op.drop_constraint(f"fk_{table}_{name}", type_="foreignkey")
            for column in columns:
                batch_op.drop_column(column.name)
    for table in (
        "received_signal",
        "http_call",
        "submission_link",
        "timer",
        "thread_entry",
        "agent_answers",
        "endpoint",
    ):
        op.drop_table(table)
    op.drop_table("worker_sign")
    op.drop_table("sweep_run")
