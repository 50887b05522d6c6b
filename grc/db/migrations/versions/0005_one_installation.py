"""one installation for many authorities: rights, journal, keys of programs, visas"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

import grc.db.types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
INSTANT = grc.db.types.UtcDateTime(timezone=True)

_TABLES = (
    "hash_key",
    "authority_logo",
    "closure",
    "figure",
    "journal_entry",
    "journal_link",
    "journal_seal",
    "absence",
    "agent_grant",
    "api_key",
    "api_deposit",
    "webhook",
    "webhook_delivery",
    "visa",
    "destruction",
)


_PROPOSED = sa.text("destruction_proposed_on IS NOT NULL AND destroyed_at IS NULL")


def upgrade() -> None:
    """Adds only: the previous code runs on the result."""
    _of_authorities()
    _of_journal()
    _of_agents()
    _of_programs()
    _of_what_is_kept()
    for table, columns in _added().items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.add_column(column)
    op.create_index(
        "ix_submission_proposed",
        "submission",
        ["authority_id", "procedure_id", "retained_until"],
        sqlite_where=_PROPOSED,
        postgresql_where=_PROPOSED,
    )


def _added() -> dict[str, list[sa.Column]]:
    return {
        "agent": [
            sa.Column("guest_from", TEXT(length=200), server_default="", nullable=False),
            sa.Column("expires_at", INSTANT, nullable=True),
        ],
        "procedure": [
            sa.Column("is_sensitive", sa.Boolean(), server_default=sa.false(), nullable=False),
            sa.Column("overlay", DOCUMENT, nullable=True),
            sa.Column("catalogue_sha256", TEXT(length=64), server_default="", nullable=False),
            sa.Column("functions", DOCUMENT, nullable=True),
        ],
        "service": [sa.Column("closed_at", INSTANT, nullable=True)],
        "submission": [sa.Column("destroyed_at", INSTANT, nullable=True)],
    }


def _of_authorities() -> None:
    _create("hash_key", sa.Column("sealed_key", TEXT(length=400), nullable=False))
    _create(
        "authority_logo",
        sa.Column("sha256", TEXT(length=64), nullable=False),
        sa.Column("media_type", TEXT(length=40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("authority_id"),
    )
    _create(
        "closure",
        sa.Column("service_id", BIG, nullable=True),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("reason", TEXT(length=200), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"]),
    )
    op.create_index("ix_closure_days", "closure", ["authority_id", "last_on"])
    _create(
        "figure",
        sa.Column("month", TEXT(length=7), nullable=False),
        sa.Column("counts", DOCUMENT, nullable=False),
        sa.Column("computed_at", INSTANT, nullable=False),
        sa.UniqueConstraint("authority_id", "month"),
    )


def _of_journal() -> None:
    _create(
        "journal_entry",
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor_kind", TEXT(length=10), nullable=False),
        sa.Column("actor_id", BIG, nullable=True),
        sa.Column("act", TEXT(length=60), nullable=False),
        sa.Column("subject_kind", TEXT(length=30), nullable=False),
        sa.Column("subject", TEXT(length=80), nullable=False),
        sa.Column("data", DOCUMENT, nullable=False),
    )
    op.create_index("ix_journal_entry_at", "journal_entry", ["authority_id", "at", "id"])
    op.create_index("ix_journal_entry_order", "journal_entry", ["authority_id", "id"])
    op.create_index("ix_journal_entry_subject", "journal_entry", ["authority_id", "subject_kind", "subject"])
    _create(
        "journal_link",
        sa.Column("entry_id", BIG, nullable=False),
        sa.Column("month", TEXT(length=7), nullable=False),
        sa.Column("position", BIG, nullable=False),
        sa.Column("hash", TEXT(length=64), nullable=False),
        sa.UniqueConstraint("authority_id", "month", "position"),
        sa.UniqueConstraint("entry_id"),
    )
    op.create_index("ix_journal_link_entry", "journal_link", ["authority_id", "entry_id"])
    _create(
        "journal_seal",
        sa.Column("month", TEXT(length=7), nullable=False),
        sa.Column("position", BIG, nullable=False),
        sa.Column("hash", TEXT(length=64), nullable=False),
        sa.Column("before", TEXT(length=64), nullable=False),
        sa.Column("signature", TEXT(length=64), nullable=False),
        sa.Column("sealed_at", INSTANT, nullable=False),
        sa.UniqueConstraint("authority_id", "month", "position"),
    )


def _of_agents() -> None:
    _create(
        "absence",
        sa.Column("agent_id", BIG, nullable=False),
        sa.Column("deputy_id", BIG, nullable=True),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("stated_by_id", BIG, nullable=True),
        sa.Column("stated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"]),
        sa.ForeignKeyConstraint(["deputy_id"], ["agent.id"]),
        sa.ForeignKeyConstraint(["stated_by_id"], ["agent.id"]),
    )
    op.create_index("ix_absence_agent", "absence", ["authority_id", "agent_id"])
    op.create_index("ix_absence_deputy", "absence", ["authority_id", "deputy_id"])
    _create(
        "agent_grant",
        sa.Column("agent_id", BIG, nullable=False),
        sa.Column("role", TEXT(length=20), nullable=False),
        sa.Column("service_id", BIG, nullable=True),
        sa.Column("procedure_id", BIG, nullable=True),
        sa.Column("granted_by_id", BIG, nullable=True),
        sa.Column("granted_at", INSTANT, nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"]),
        sa.ForeignKeyConstraint(["granted_by_id"], ["agent.id"]),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedure.id"]),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"]),
    )
    op.create_index("ix_agent_grant", "agent_grant", ["authority_id", "agent_id"])


def _of_programs() -> None:
    _create(
        "api_key",
        sa.Column("name", TEXT(length=100), nullable=False),
        sa.Column("prefix", TEXT(length=16), nullable=False),
        sa.Column("key_hash", TEXT(length=64), nullable=False),
        sa.Column("scopes", DOCUMENT, nullable=False),
        sa.Column("procedures", DOCUMENT, nullable=True),
        sa.Column("created_by_id", BIG, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["agent.id"]),
        sa.UniqueConstraint("key_hash"),
    )
    _create(
        "api_deposit",
        sa.Column("api_key_id", BIG, nullable=False),
        sa.Column("key_hash", TEXT(length=64), nullable=False),
        sa.Column("body_sha256", TEXT(length=64), nullable=False),
        sa.Column("submission_id", BIG, nullable=True),
        sa.Column("sealed_code", TEXT(length=400), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["api_key_id"], ["api_key.id"]),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"]),
        sa.UniqueConstraint("authority_id", "api_key_id", "key_hash"),
    )
    op.create_index("ix_api_deposit_at", "api_deposit", ["authority_id", "at"])
    _create(
        "webhook",
        sa.Column("name", TEXT(length=100), nullable=False),
        sa.Column("url", TEXT(length=500), nullable=False),
        sa.Column("sealed_secret", TEXT(length=600), nullable=False),
        sa.Column("kinds", DOCUMENT, nullable=True),
        sa.Column("procedures", DOCUMENT, nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", BIG, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("failing_since", INSTANT, nullable=True),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("lease_holder", TEXT(length=32), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["agent.id"]),
    )
    op.create_index("ix_webhook_authority", "webhook", ["authority_id"])
    _create(
        "webhook_delivery",
        sa.Column("webhook_id", BIG, nullable=False),
        sa.Column("submission_id", BIG, nullable=False),
        sa.Column("sequence", BIG, nullable=False),
        sa.Column("kind", TEXT(length=60), nullable=False),
        sa.Column("state", TEXT(length=20), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("fault", TEXT(length=200), nullable=False),
        sa.Column("delivered_at", INSTANT, nullable=True),
        sa.Column("log", DOCUMENT, nullable=True),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"]),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"]),
        sa.UniqueConstraint("webhook_id", "submission_id", "sequence"),
    )
    op.create_index("ix_webhook_delivery_order", "webhook_delivery", ["webhook_id", "state", "id"])
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_webhook_delivery_waiting",
        "webhook_delivery",
        ["webhook_id", "id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def _of_what_is_kept() -> None:
    _create(
        "visa",
        sa.Column("procedure_slug", TEXT(length=80), nullable=False),
        sa.Column("number", TEXT(length=100), nullable=False),
        sa.Column("granted_by", TEXT(length=200), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("listed", DOCUMENT, nullable=True),
        sa.Column("sha256", TEXT(length=64), nullable=False),
        sa.Column("made_by_id", BIG, nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("recorded_by_id", BIG, nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=True),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["agent.id"]),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["agent.id"]),
    )
    _create(
        "destruction",
        sa.Column("submission_id", BIG, nullable=False),
        sa.Column("stage", TEXT(length=10), nullable=False),
        sa.Column("reference", TEXT(length=20), nullable=False),
        sa.Column("visa_id", BIG, nullable=False),
        sa.Column("answers_sha256", TEXT(length=64), nullable=False),
        sa.Column("files", DOCUMENT, nullable=False),
        sa.Column("receipts_until", sa.Date(), nullable=False),
        sa.Column("destroyed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"]),
        sa.ForeignKeyConstraint(["visa_id"], ["visa.id"]),
        sa.UniqueConstraint("submission_id", "stage"),
    )
    op.create_index("ix_visa_authority", "visa", ["authority_id"])
    op.create_index("ix_destruction_due", "destruction", ["authority_id", "stage", "receipts_until"])
    op.create_index("ix_destruction_visa", "destruction", ["authority_id", "visa_id"])


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
    """Takes away what was added."""
    op.drop_index("ix_submission_proposed", table_name="submission")
    for table in reversed(_TABLES):
        op.drop_table(table)
    for table, columns in _added().items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.drop_column(column.name)
