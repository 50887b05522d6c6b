"""what the complete forms need"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

import grc.db.types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds only: the previous code runs on the result."""
    document = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unfinished", document, nullable=True))
        batch_op.add_column(sa.Column("notified_at", grc.db.types.UtcDateTime(timezone=True), nullable=True))
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    for table in ("outbox_entry", "message"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column("submission_id", existing_type=big, nullable=True)
            batch_op.alter_column("notice_id", existing_type=big, nullable=True)
            batch_op.add_column(sa.Column("draft_id", big, nullable=True))
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_report", sa.Boolean(), server_default=sa.false(), nullable=False))
    _create_reference_item(big, document)
    _quarantine_attachments()


def _quarantine_attachments() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("scan", text(length=10), server_default="none", nullable=False))
        batch_op.add_column(sa.Column("scan_due_at", grc.db.types.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("scan_tries", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("scan_found", text(length=100), server_default="", nullable=False))
        batch_op.create_index("ix_attachment_scan", ["authority_id", "scan_due_at"], unique=False)


def _create_reference_item(big: sa.types.TypeEngine, document: sa.types.TypeEngine) -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "reference_item",
        sa.Column("id", big, nullable=False),
        sa.Column("authority_id", big, nullable=False),
        sa.Column("source", text(length=60), nullable=False),
        sa.Column("slug", text(length=60), nullable=False),
        sa.Column("label", text(length=200), nullable=False),
        sa.Column("attributes", document, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", grc.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", big, nullable=True),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"]),
        sa.ForeignKeyConstraint(["changed_by_id"], ["agent.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("authority_id", "source", "slug"),
    )
    with op.batch_alter_table("reference_item", schema=None) as batch_op:
        batch_op.create_index("ix_reference_item_order", ["authority_id", "source", "position"], unique=False)


def downgrade() -> None:
    """Takes away what was added."""
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index("ix_attachment_scan")
        for column in ("scan_found", "scan_tries", "scan_due_at", "scan"):
            batch_op.drop_column(column)
    with op.batch_alter_table("reference_item", schema=None) as batch_op:
        batch_op.drop_index("ix_reference_item_order")
    op.drop_table("reference_item")
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_column("is_report")
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.execute("DELETE FROM message WHERE draft_id IS NOT NULL")
    op.execute("DELETE FROM outbox_entry WHERE draft_id IS NOT NULL")
    for table in ("message", "outbox_entry"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("draft_id")
            batch_op.alter_column("notice_id", existing_type=big, nullable=False)
            batch_op.alter_column("submission_id", existing_type=big, nullable=False)
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_column("notified_at")
        batch_op.drop_column("unfinished")
