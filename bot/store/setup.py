"""Creates, migrates and checks the store's tables in a database, and grants access to a role."""

from __future__ import annotations

from collections.abc import Iterator

from bot.store.postgres import HEAD, VERSIONS
from bot.store.sqlite import MIGRATIONS
from index.postgres.connection import Database, Transaction
from index.postgres.schema import existing_role, migrate, version_of
from index.postgres.setup import Finding

TABLES = (
    "facts",
    "journal",
    "people",
    "usage",
    "turns",
    "answers",
    "asked",
    "outcomes",
    "windows",
    "forgotten",
    "digests",
    "served",
)
RIGHTS = "SELECT, INSERT, UPDATE, DELETE"
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('torkham store'), hashtext(current_schema()))"


def init(database: Database, *, role: str | None = None) -> list[str]:
    """Create or migrate the tables; returns what was done. `role` gets the privileges of a bot replica."""
    with database.transaction(patient=True) as transaction:
        transaction.rows(_LOCK)
        before = version_of(transaction, VERSIONS)
        migrate(transaction, MIGRATIONS, versions=VERSIONS)
        done = [f"store: {'as it was' if before == HEAD else f'version {HEAD}'}"]
        if role:
            _grant(transaction, role)
            done.append(f"role {role}: may answer in Telegram")
    return done


def check(database: Database) -> Iterator[Finding]:
    """Check the tables of the store, this role's privileges on them, and their contents."""
    with database.transaction() as transaction:
        found = version_of(transaction, VERSIONS)
        if found != HEAD:
            said = f"version {found}" if found else "none yet"
            yield Finding("store", False, f"{said}, {HEAD} is required: run `torkham database init`")
            return
        lacking = [
            f"{right} on {table}"
            for table in TABLES
            for right in RIGHTS.split(", ")
            if not _may(transaction, table, right)
        ]
        if lacking:
            yield Finding("store", True, f"version {HEAD}; for the bot this role lacks {'; '.join(lacking)}")
            return
        waiting, held, dead = transaction.rows(
            "SELECT count(*), count(owner), count(*) FILTER (WHERE owner IS NOT NULL AND until < EXTRACT(EPOCH FROM now()))"
            " FROM journal WHERE state IN ('new', 'working', 'sending')"
        )[0]
        replicas = transaction.value(
            "SELECT count(DISTINCT pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name LIKE 'torkham replica %'"
        )
    said = f"version {HEAD}; {waiting} updates wait, {held} of them in work; {replicas} replicas"
    yield Finding("store", True, said + (f"; the leases of {dead} have expired" if dead else ""))


def _may(transaction: Transaction, table: str, right: str) -> bool:
    return bool(transaction.value("SELECT has_table_privilege(:table, :right)", table=table, right=right))


def _grant(transaction: Transaction, role: str) -> None:
    replica = existing_role(transaction, role)
    transaction.run(f"GRANT {RIGHTS} ON {', '.join(TABLES)} TO {replica}")
    transaction.run(f"GRANT SELECT ON {VERSIONS} TO {replica}")
