"""Deletes generations nobody needs, and rows that no generation refers to."""

from __future__ import annotations

from index.postgres.connection import Database, Transaction
from index.postgres.schema import FOREVER
from index.postgres.snapshot import LEASE
from index.storage import KEPT

_UNUSED = f"""
    DELETE FROM generations g WHERE number < (SELECT generation FROM serving)
    AND number NOT IN (
        SELECT number FROM generations WHERE number <= (SELECT generation FROM serving) ORDER BY number DESC LIMIT {KEPT}
    )
    AND NOT EXISTS (
        SELECT 1 FROM readers r WHERE r.generation = g.number AND r.seen > now() - interval '{LEASE} seconds'
    )
"""
_UNHELD = (
    "DELETE FROM {table} t WHERE until < "
    + str(FOREVER)
    + " AND NOT EXISTS (SELECT 1 FROM generations g WHERE g.number >= t.first AND g.number < t.until)"
)


def collect(transaction: Transaction) -> None:
    """Delete everything but the last three generations and those of live readers."""
    transaction.run(f"DELETE FROM readers WHERE seen <= now() - interval '{LEASE} seconds'")
    transaction.run(_UNUSED)
    for table in ("sentences", "passage_vectors", "passages", "documents", "postings"):
        transaction.run(_UNHELD.format(table=table))


def analyse(database: Database) -> None:
    """Update the planner's statistics."""
    with database.transaction(patient=True) as transaction:
        transaction.run("ANALYZE documents, passages, passage_vectors, sentences, postings")
