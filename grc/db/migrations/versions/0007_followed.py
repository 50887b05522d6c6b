"""the phase "followed" of what is decided and not yet done"""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

_VERSION = sa.table("procedure_version", sa.column("id", BIG), sa.column("document", DOCUMENT))
_SUBMISSION = sa.table(
    "submission", sa.column("version_id", BIG), sa.column("state", sa.String), sa.column("phase", sa.String)
)
_BEFORE, _AFTER = (
    sa.text(f"retained_until IS NULL AND phase IN ({names})")
    for names in ("'decided', 'closed'", "'decided', 'followed', 'closed'")
)


def upgrade() -> None:
    """Says of each decided demande whether agents have more to do. The previous code lists those in no view."""
    _index(_AFTER)
    bind = op.get_bind()
    for version_id in bind.execute(sa.select(_VERSION.c.id)).scalars().all():
        document = bind.execute(sa.select(_VERSION.c.document).where(_VERSION.c.id == version_id)).scalar_one()
        for state in _followed(document.get("workflow", {}).get("states", {})):
            mine = (_SUBMISSION.c.version_id == version_id, _SUBMISSION.c.state == state)
            decided = sa.update(_SUBMISSION).where(*mine, _SUBMISSION.c.phase == "decided")
            bind.execute(decided.values(phase="followed"))


def downgrade() -> None:
    """Takes back what was added."""
    op.execute(sa.update(_SUBMISSION).where(_SUBMISSION.c.phase == "followed").values(phase="decided"))
    _index(_BEFORE)


def _index(where: Any) -> None:
    op.drop_index("ix_submission_ended", "submission")
    op.create_index(
        "ix_submission_ended", "submission", ["authority_id", "id"], sqlite_where=where, postgresql_where=where
    )


def _followed(states: Mapping[str, Any]) -> Iterator[str]:
    """The decided states that a transition of agents leaves, as documents write them."""
    for name, state in states.items():
        meta = state["meta"]
        if meta["phase"] != "decided" or meta.get("waiting") or meta.get("ongoing"):
            continue
        ways = [one for each in state.get("on", {}).values() for one in (each if isinstance(each, list) else [each])]
        elsewhere = [one for one in ways if one.get("target") not in (None, name)]
        if any(set(one.get("meta", {}).get("by", ())) - {"citizen"} for one in elsewhere):
            yield name
