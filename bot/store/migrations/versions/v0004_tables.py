"""Whether a reader wants two sides shown as a table."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

STEPS = ("ALTER TABLE people ADD COLUMN tables INTEGER",)


def upgrade() -> None:
    """Create it."""
    for statement in STEPS:
        op.execute(statement)
