"""The serving generation: switching, notifying, waiting for the next one."""

from __future__ import annotations

import time
from typing import Any

from index.errors import DatabaseError
from index.postgres.connection import Database, Transaction, driver_error

CHANNEL = "torkham_index"
POLL_SECONDS = 5.0  # seconds between polls, in case a notification was lost


def serve(transaction: Transaction, number: int, *, pinned: bool) -> None:
    """Switch to a generation on commit and notify listeners."""
    transaction.run(
        "INSERT INTO serving(generation, pinned) VALUES (:g, :pinned)"
        " ON CONFLICT (one) DO UPDATE SET generation = excluded.generation, pinned = excluded.pinned",
        g=number,
        pinned=pinned,
    )
    transaction.run("SELECT pg_notify(:channel, CAST(:g AS TEXT))", channel=CHANNEL, g=number)


def serving(database: Database) -> tuple[int, bool] | None:
    """The number of the serving generation and whether it is pinned."""
    row = database.row("SELECT generation, pinned FROM serving")
    return (int(row[0]), bool(row[1])) if row else None


def wait(database: Database, known: int | None, seconds: float) -> int | None:
    """The number of the serving generation once it is no longer `known`, or after `seconds`.

    Listens for notifications and also polls every `POLL_SECONDS` seconds; if the LISTEN connection breaks, polling still works.
    DatabaseError if the database was unreachable at the end.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            return _listen(database, known, deadline)
        except DatabaseError:
            if time.monotonic() + 0.5 > deadline:
                raise
            time.sleep(0.5)


def _listen(database: Database, known: int | None, deadline: float) -> int | None:
    with database.session() as session:
        session.exec_driver_sql(f"LISTEN {CHANNEL}")
        driver: Any = session.connection.driver_connection
        while True:
            row = session.exec_driver_sql("SELECT generation FROM serving").first()
            now = int(row[0]) if row else None
            left = deadline - time.monotonic()
            if now != known or left <= 0:
                return now
            try:
                for _ in driver.notifies(timeout=min(left, POLL_SECONDS), stop_after=1):
                    break
            except driver_error() as error:
                raise DatabaseError(str(database)) from error
