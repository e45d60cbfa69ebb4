"""Support for several replicas: leases on updates, and limits counted across them."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

STEPS = (
    # lane: updates of one lane are processed in order; owner: the replica processing it; until: when its lease expires
    # or, without an owner, the time before which it is not started
    "ALTER TABLE journal ADD COLUMN lane TEXT",
    "ALTER TABLE journal ADD COLUMN owner TEXT",
    "ALTER TABLE journal ADD COLUMN until DOUBLE PRECISION",
    "CREATE INDEX journal_lanes ON journal(lane, update_id) WHERE state IN ('new', 'working', 'sending')",
    # the database itself refuses a second update in work per lane
    "CREATE UNIQUE INDEX journal_in_work ON journal(lane) WHERE owner IS NOT NULL",
    # who: a keyed hash; times: JSON, the seconds of the last minute
    """CREATE TABLE windows(
        kind TEXT NOT NULL, who TEXT NOT NULL, times TEXT NOT NULL, at DOUBLE PRECISION NOT NULL, PRIMARY KEY(kind, who)
    )""",
    "CREATE TABLE forgotten(who TEXT NOT NULL, day TEXT NOT NULL, questions INTEGER NOT NULL, PRIMARY KEY(who, day))",
)


def upgrade() -> None:
    """Create them."""
    for statement in STEPS:
        op.execute(statement)
