"""The SQL in which the journal's two stores differ: clock, row locks, taking over from dead processes."""

from __future__ import annotations

from typing import Protocol

LEASE_SECONDS = 10.0  # a replica's updates are taken over after this long without a heartbeat
MERCY_SECONDS = 5  # no takeover this soon after a server start: leases expired while it was down


class Backend(Protocol):
    """The SQL fragments of a store."""

    shared: bool
    now: str  # the store's clock: seconds since 1970
    lock: str  # skips rows that another process is claiming
    abandoned: str  # whether an update with an expired lease may be taken over; may use :mercy


class SqliteBackend:
    """A single process, guarded by a lock on the home: any owner found at startup belongs to a dead process."""

    shared = False
    now = "((julianday('now') - 2440587.5) * 86400.0)"
    lock = ""
    abandoned = ":mercy < 0"


class PostgresBackend:
    """Several replicas, with leases by the server's clock."""

    shared = True
    now = "CAST(EXTRACT(EPOCH FROM now()) AS DOUBLE PRECISION)"
    lock = "FOR UPDATE SKIP LOCKED"
    abandoned = "pg_postmaster_start_time() < now() - make_interval(secs => :mercy)"


def backend_of(shared: bool) -> Backend:
    """The fragments for a store of one process, or for one shared by replicas."""
    return PostgresBackend() if shared else SqliteBackend()
