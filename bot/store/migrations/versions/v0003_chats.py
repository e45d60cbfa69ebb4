"""Conversations per topic, notices given, digests, and when a document was first served."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

STEPS = (
    # thread: the topic of a group, 0 outside one
    "ALTER TABLE turns ADD COLUMN thread BIGINT NOT NULL DEFAULT 0",
    # told: the languages, separated by blanks, in which the notice on English passages was given
    "ALTER TABLE people ADD COLUMN told TEXT",
    # due: when the next digest is sent; days: 1 or 7; since: additions after that time are news
    """CREATE TABLE digests(
        person BIGINT PRIMARY KEY, days INTEGER NOT NULL, language TEXT NOT NULL, due DOUBLE PRECISION NOT NULL,
        since DOUBLE PRECISION NOT NULL
    )""",
    # at: when this version of the document was first served
    "CREATE TABLE served(document TEXT PRIMARY KEY, digest TEXT NOT NULL, at DOUBLE PRECISION NOT NULL)",
)


def upgrade() -> None:
    """Create them."""
    for statement in STEPS:
        op.execute(statement)
