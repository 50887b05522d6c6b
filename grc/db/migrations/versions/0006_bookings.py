"""what demandes take of the things that an authority lends"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import grc.db.types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = grc.db.types.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Adds only: the previous code runs on the result."""
    op.create_table(
        "booking",
        sa.Column("id", BIG, nullable=False),
        sa.Column("authority_id", BIG, nullable=False),
        sa.Column("submission_id", BIG, nullable=True),
        sa.Column("source", TEXT(length=60), nullable=False),
        sa.Column("item", TEXT(length=60), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("is_firm", sa.Boolean(), nullable=False),
        sa.Column("reason", TEXT(length=200), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("made_by_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"]),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"]),
        sa.ForeignKeyConstraint(["made_by_id"], ["agent.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_booking_item", "booking", ["authority_id", "source", "item", "ends_at"])
    op.create_index("ix_booking_submission", "booking", ["authority_id", "submission_id"])


def downgrade() -> None:
    """Takes away what was added."""
    op.drop_table("booking")
