"""accounts of citizens and of agents, and filing for someone else"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

import grc.db.types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
INSTANT = grc.db.types.UtcDateTime(timezone=True)
OPEN_LOCAL = sa.text("issuer = 'local' AND closed_at IS NULL")
VOUCHED = sa.text("subject <> ''")

_POINTERS = {
    "citizen": {"merged_into_id": "citizen"},
    "draft": {"agent_id": "agent"},
    "submission": {"entered_by_id": "agent"},
}
_PARTIAL = (
    ("citizen", "ux_citizen_local", ["authority_id", "email"], OPEN_LOCAL),
    ("agent", "ux_agent_subject", ["authority_id", "issuer", "subject"], VOUCHED),
)
_TABLES = ("email_link", "sign_in_record", "account_relink", "recovery_code", "passkey", "door_step", "agent_arrival")


def upgrade() -> None:
    """Adds only: the previous code runs on the result."""
    _create_tables()
    for table, columns in _added().items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.add_column(column)
            for name, target in _POINTERS.get(table, {}).items():
                batch_op.create_foreign_key(f"fk_{table}_{name}", target, [name], ["id"])
    for table, name, columns, where in _PARTIAL:
        op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.alter_column("sealed_nonce", existing_type=TEXT(length=400), type_=TEXT(length=1200))


def _added() -> dict[str, list[sa.Column]]:
    return {
        "authority": [
            sa.Column("establishments", DOCUMENT, nullable=True),
            sa.Column("embed_sites", DOCUMENT, nullable=True),
        ],
        "agent": [
            _text("issuer", 300),
            _text("subject", 255),
            sa.Column("needs_second_factor", sa.Boolean(), server_default=sa.false(), nullable=False),
            sa.Column("sealed_totp", TEXT(length=400), nullable=True),
            sa.Column("totp_step", BIG, nullable=True),
            sa.Column("passkey_handle", TEXT(length=100), nullable=True),
        ],
        "identity_client": [sa.Column("options", DOCUMENT, nullable=True)],
        "citizen": [
            _text("email", 254),
            _text("password_hash", 200),
            sa.Column("profile", DOCUMENT, nullable=True),
            sa.Column("profile_consented_at", INSTANT, nullable=True),
            sa.Column("closed_at", INSTANT, nullable=True),
            sa.Column("merged_into_id", BIG, nullable=True),
        ],
        "browser_session": [
            _text("means", 20),
            _text("acr", 120),
            _text("device", 120),
            sa.Column("second_factor_at", INSTANT, nullable=True),
        ],
        "draft": [
            sa.Column("channel", TEXT(length=20), server_default="online", nullable=False),
            sa.Column("agent_id", BIG, nullable=True),
            sa.Column("stamped_on", sa.Date(), nullable=True),
            sa.Column("helper", DOCUMENT, nullable=True),
        ],
        "submission": [
            sa.Column("entered_by_id", BIG, nullable=True),
            sa.Column("helper", DOCUMENT, nullable=True),
        ],
    }


def _text(name: str, length: int) -> sa.Column:
    return sa.Column(name, TEXT(length=length), server_default="", nullable=False)


def _create_tables() -> None:
    _create(
        "email_link",
        sa.Column("citizen_id", BIG, nullable=True),
        sa.Column("session_id", BIG, nullable=True),
        sa.Column("purpose", TEXT(length=20), nullable=False),
        sa.Column("token_hash", TEXT(length=64), nullable=False),
        sa.Column("email", TEXT(length=254), nullable=False),
        sa.Column("pair_id", BIG, nullable=True),
        sa.Column("next_path", TEXT(length=500), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("outbox_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"]),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_email_link_expiry", "email_link", ["authority_id", "expires_at"])
    _create(
        "sign_in_record",
        sa.Column("citizen_id", BIG, nullable=True),
        sa.Column("agent_id", BIG, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("means", TEXT(length=20), nullable=False),
        sa.Column("outcome", TEXT(length=40), nullable=False),
        sa.Column("detail", TEXT(length=120), nullable=False),
        sa.Column("device", TEXT(length=120), nullable=False),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"]),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"]),
    )
    op.create_index("ix_sign_in_record_citizen", "sign_in_record", ["authority_id", "citizen_id", "at"])
    op.create_index("ix_sign_in_record_agent", "sign_in_record", ["authority_id", "agent_id", "at"])
    op.create_index("ix_sign_in_record_at", "sign_in_record", ["authority_id", "at"])
    _create(
        "account_relink",
        sa.Column("kind", TEXT(length=10), nullable=False),
        sa.Column("from_id", BIG, nullable=False),
        sa.Column("to_id", BIG, nullable=False),
        sa.Column("agent_id", BIG, nullable=True),
        sa.Column("proof", TEXT(length=500), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("details", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"]),
    )
    op.create_index("ix_account_relink_at", "account_relink", ["authority_id", "at"])
    _create_factors()


def _create_factors() -> None:
    _create(
        "recovery_code",
        *_of_agent(),
        sa.Column("code_hash", TEXT(length=64), nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.UniqueConstraint("agent_id", "code_hash"),
    )
    _create(
        "passkey",
        *_of_agent(),
        sa.Column("credential_id", TEXT(length=1400), nullable=False),
        sa.Column("public_key", TEXT(length=4000), nullable=False),
        sa.Column("sign_count", BIG, nullable=False),
        sa.Column("name", TEXT(length=100), nullable=False),
        sa.Column("is_backed_up", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.UniqueConstraint("credential_id"),
    )
    op.create_index("ix_passkey_agent", "passkey", ["authority_id", "agent_id"])
    _create(
        "door_step",
        sa.Column("session_id", BIG, nullable=False),
        sa.Column("agent_id", BIG, nullable=True),
        sa.Column("purpose", TEXT(length=20), nullable=False),
        sa.Column("sealed_state", TEXT(length=1200), nullable=False),
        sa.Column("next_path", TEXT(length=500), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"]),
    )
    op.create_index("ix_door_step_session", "door_step", ["authority_id", "session_id"])
    _create(
        "agent_arrival",
        sa.Column("issuer", TEXT(length=300), nullable=False),
        sa.Column("subject", TEXT(length=255), nullable=False),
        sa.Column("code_hash", TEXT(length=64), nullable=False),
        sa.Column("email", TEXT(length=254), nullable=False),
        sa.Column("given_name", TEXT(length=100), nullable=False),
        sa.Column("family_name", TEXT(length=100), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.UniqueConstraint("authority_id", "issuer", "subject"),
    )


def _of_agent() -> list[sa.schema.SchemaItem]:
    return [sa.Column("agent_id", BIG, nullable=False), sa.ForeignKeyConstraint(["agent_id"], ["agent.id"])]


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
    """Takes away what was added; sign-ins under way are forgotten, for they may be longer than the column was."""
    op.execute("DELETE FROM sign_in")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.alter_column("sealed_nonce", existing_type=TEXT(length=1200), type_=TEXT(length=400))
    for table, name, _columns, _where in _PARTIAL:
        op.drop_index(name, table_name=table)
    for table in reversed(_TABLES):
        op.drop_table(table)
    for table, columns in _added().items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in _POINTERS.get(table, {}):
                batch_op.drop_constraint(f"fk_{table}_{name}", type_="foreignkey")
            for column in columns:
                batch_op.drop_column(column.name)
