"""what the complete forms need"""

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds only: the previous code runs on the result."""


def downgrade() -> None:
    """Takes away what was added."""
