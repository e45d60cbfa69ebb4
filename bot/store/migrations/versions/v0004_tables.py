"""Whether a reader wants two sides as a table."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

STEPS = ("ALTER TABLE people ADD COLUMN tables INTEGER",)


def upgrade() -> None:
    """Make it."""
    for statement in STEPS:
        op.execute(statement)
