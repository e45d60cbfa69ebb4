"""Creates the tables, and checks the setup of the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import DatabaseError, NoIndexError
from index.postgres.connection import Database, Transaction
from index.postgres.generations import DatabaseGenerations
from index.postgres.schema import (
    HEAD_MIGRATION,
    PGVECTOR_VERSION,
    POSTGRES_VERSION,
    READ_BY_REPLICAS,
    TABLES,
    VERSION_TABLE,
    WRITTEN_BY_REPLICAS,
    existing_role,
    migrate,
    quoted,
    version_of,
)

MIGRATIONS = Path(__file__).with_name("migrations")
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('torkham tables'), hashtext(current_schema()))"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: whether it passed, and what was found."""

    subject: str
    good: bool
    found: str


def init(database: Database, *, reader: str | None = None) -> list[str]:
    """Create or migrate the extension and the tables; returns what was done.

    `reader` is a role to be granted the privileges of an answer-only replica. DatabaseError names a missing privilege.
    """
    done = []
    with database.transaction(patient=True) as transaction:
        _refuse_old(transaction)
        _may_create(transaction)
        transaction.rows(_LOCK)
        done.append(_extension(transaction))
        before = version_of(transaction, VERSION_TABLE)
        migrate(transaction, MIGRATIONS)
        done.append(f"tables: {'as they were' if before == HEAD_MIGRATION else f'version {HEAD_MIGRATION}'}")
        if reader:
            _grant(transaction, reader)
            done.append(f"role {reader}: may read, and say which generation it reads")
    return done


def beside(database: Database, schema: str) -> Database:
    """The same database with another schema for its tables, both created if missing."""
    with database.transaction() as transaction:
        transaction.run(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
        extension = transaction.value(
            "SELECT nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'vector'"
        )
    other = database.in_schema(schema, extension or "public")
    init(other)
    return other


def check(database: Database) -> Iterator[Finding]:
    """All checks in order; DatabaseError when the database cannot be reached."""
    with database.transaction() as transaction:
        yield _server(transaction)
        yield _connection(transaction)
        yield _vector(transaction)
        version = version_of(transaction, VERSION_TABLE)
        if version != HEAD_MIGRATION:
            found = f"version {version}" if version else "none yet"
            yield Finding("tables", False, f"{found}, {HEAD_MIGRATION} is required: run `torkham database init`")
            return
        yield Finding("tables", True, f"version {HEAD_MIGRATION}")
        yield from _rights(transaction)
    yield from _index(DatabaseGenerations(database))


def missing_rights(transaction: Transaction) -> tuple[list[str], list[str]]:
    """The privileges the role lacks for answering, and for indexing beyond that: `SELECT on passages`, and so on."""
    answering = [
        *(("SELECT", t) for t in READ_BY_REPLICAS),
        *(("INSERT, UPDATE, DELETE", t) for t in WRITTEN_BY_REPLICAS),
    ]
    indexing = [("SELECT, INSERT, UPDATE, DELETE", table) for table in TABLES]
    return _lacking(transaction, answering), _lacking(transaction, indexing)


def _lacking(transaction: Transaction, wanted: list[tuple[str, str]]) -> list[str]:
    lacking = []
    for rights, table in wanted:
        missing = [
            right
            for right in rights.split(", ")
            if not transaction.value("SELECT has_table_privilege(:table, :right)", table=table, right=right)
        ]
        if missing:
            lacking.append(f"{', '.join(missing)} on {table}")
    return lacking


def _refuse_old(transaction: Transaction) -> None:
    server = _server(transaction)
    if not server.good:
        raise DatabaseError(f"The server is {server.found}.")


def _may_create(transaction: Transaction) -> None:
    schema, role = transaction.rows("SELECT current_schema(), current_user")[0]
    if schema is None:
        raise DatabaseError("The search_path leads to no schema that exists: create it, or correct the URL's options.")
    if not transaction.value("SELECT has_schema_privilege(current_schema(), 'CREATE')"):
        raise DatabaseError(
            f"The role {role} may not create tables: as the owner, run GRANT CREATE, USAGE ON SCHEMA {schema} TO {role};"
        )


def _extension(transaction: Transaction) -> str:
    version = transaction.value("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
    if version is None:
        if not transaction.value("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'"):
            raise DatabaseError(
                "The server has no pgvector: install its package there (postgresql-NN-pgvector, or the image"
                " pgvector/pgvector), then run `torkham database init` again."
            )
        may = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
        trusted = "SELECT bool_or(trusted) FROM pg_available_extension_versions WHERE name = 'vector'"
        in_database = "SELECT has_database_privilege(current_database(), 'CREATE')"
        if not (transaction.value(may) or (transaction.value(trusted) and transaction.value(in_database))):
            raise DatabaseError(
                "This role may not install pgvector: as a superuser, run CREATE EXTENSION vector; in this database,"
                " then `torkham database init` again."
            )
        transaction.run("CREATE EXTENSION vector")
        version = transaction.value("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
    if _numbers(version) < PGVECTOR_VERSION:
        raise DatabaseError(
            f"pgvector {version} is too old: install {'.'.join(map(str, PGVECTOR_VERSION))} or later on the server, then run"
            " ALTER EXTENSION vector UPDATE; as its owner."
        )
    return f"pgvector: {version}"


def _grant(transaction: Transaction, role: str) -> None:
    reader = existing_role(transaction, role)
    schema = quoted(transaction, transaction.value("SELECT current_schema()"))
    transaction.run(f"GRANT USAGE ON SCHEMA {schema} TO {reader}")
    transaction.run(f"GRANT SELECT ON {', '.join((*READ_BY_REPLICAS, VERSION_TABLE))} TO {reader}")
    transaction.run(f"GRANT INSERT, UPDATE, DELETE ON {', '.join(WRITTEN_BY_REPLICAS)} TO {reader}")


def _server(transaction: Transaction) -> Finding:
    number = int(transaction.value("SELECT current_setting('server_version_num')"))
    version = transaction.value("SELECT current_setting('server_version')")
    if number // 10_000 < POSTGRES_VERSION:
        return Finding("server", False, f"PostgreSQL {version}, too old: {POSTGRES_VERSION} or later is required")
    standby = transaction.value("SELECT pg_is_in_recovery()")
    return Finding("server", True, f"PostgreSQL {version}{', a read-only standby' if standby else ''}")


def _connection(transaction: Transaction) -> Finding:
    user, name, schema = transaction.rows("SELECT current_user, current_database(), current_schema()")[0]
    driver: Any = transaction.connection.connection.driver_connection
    info = driver.info
    remote = bool(info.host) and not info.host.startswith("/")
    secured = bool(driver.pgconn.ssl_in_use)
    how = "TLS" if secured else ("not encrypted" if remote else "local socket")
    where = f"{info.host}:{info.port}" if remote else info.host
    local = not remote or info.host in {"localhost", "127.0.0.1", "::1"}
    found = f"{user} at {name} on {where}, schema {schema}, {how}"
    if secured or local:
        return Finding("connection", True, found)
    return Finding("connection", False, f"{found}: add sslmode=verify-full to TORKHAM_DATABASE_URL")


def _vector(transaction: Transaction) -> Finding:
    version = transaction.value("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
    if version is None:
        return Finding("pgvector", False, "not installed: run `torkham database init`")
    enough = _numbers(version) >= PGVECTOR_VERSION
    wanted = "" if enough else f", too old: {'.'.join(map(str, PGVECTOR_VERSION))} or later is required"
    return Finding("pgvector", enough, f"{version}{wanted}")


def _rights(transaction: Transaction) -> Iterator[Finding]:
    answering, indexing = missing_rights(transaction)
    if answering:
        yield Finding("rights", False, f"for answering this role lacks {'; '.join(answering)}")
    elif indexing:
        yield Finding("rights", True, f"enough for answering; for indexing this role lacks {'; '.join(indexing)}")
    else:
        yield Finding("rights", True, "enough for answering and indexing")


def _index(generations: DatabaseGenerations) -> Iterator[Finding]:
    try:
        manifest = generations.manifest()
    except NoIndexError:
        yield Finding("index", True, "empty: run `torkham index update`, or `torkham database move`")
        return
    counts = ", ".join(f"{count} {name}" for name, count in manifest.counts.items())
    readers = generations.database.row("SELECT count(*) FROM readers")[0]
    size = generations.database.row(
        "SELECT pg_size_pretty(sum(pg_total_relation_size(CAST(name AS regclass)))) FROM unnest(CAST(:tables AS TEXT[])) AS t(name)",
        tables=list(TABLES),
    )[0]
    pinned = ", rolled back by hand" if generations.pinned() else ""
    yield Finding(
        "index", True, f"generation {manifest.generation} serves{pinned}: {counts}; {size}, {readers} reading"
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
