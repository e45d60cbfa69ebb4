"""What tells the two stores of the journal apart: how they tell the time, lock rows and take over from the dead."""

from __future__ import annotations

from typing import Protocol

LEASE_SECONDS = 10.0  # without a sign of life for so long, a replica's updates are taken over
MERCY_SECONDS = 5  # after a start of the server nobody's updates are taken over: leases ended while it was away


class Backend(Protocol):
    """SQL fragments of a store."""

    shared: bool
    now: str  # the store's clock: seconds since 1970
    lock: str  # skips rows that another process is just claiming
    abandoned: str  # whether an update whose lease has ended may be taken over; it may use :mercy


class SqliteBackend:
    """One process, which a lock on the home guards: whatever has an owner at its start was left by a dead process."""

    shared = False
    now = "((julianday('now') - 2440587.5) * 86400.0)"
    lock = ""
    abandoned = ":mercy < 0"


class PostgresBackend:
    """Several replicas, which hold leases by the clock of the server."""

    shared = True
    now = "CAST(EXTRACT(EPOCH FROM now()) AS DOUBLE PRECISION)"
    lock = "FOR UPDATE SKIP LOCKED"
    abandoned = "pg_postmaster_start_time() < now() - make_interval(secs => :mercy)"


def backend_of(shared: bool) -> Backend:
    """The fragments for a store of one process, or for one that replicas share."""
    return PostgresBackend() if shared else SqliteBackend()
