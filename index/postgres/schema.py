"""The database objects: their names and versions, the migrations that make them, and the roles that use them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from index.errors import DatabaseError
from index.postgres.connection import Transaction

VERSION_TABLE = "index_version"  # alembic's table
HEAD_MIGRATION = "0001"  # the migration this program requires
TABLES = (
    "generations",
    "serving",
    "readers",
    "documents",
    "passages",
    "passage_vectors",
    "sentences",
    "postings",
    "computed_vectors",
)
READ_BY_REPLICAS = TABLES[:-1]  # tables an answering role has to read
WRITTEN_BY_REPLICAS = ("readers",)
FOREVER = 2_147_483_647  # `until` of live rows
POSTGRES_VERSION = 14  # minimum server version
# minimum extension version: halfvec, and iterative index scans that continue until enough rows pass the filter
PGVECTOR_VERSION = (0, 8)


def migrate(transaction: Transaction, scripts: Path, **attributes: str) -> None:
    """Apply the migrations in a folder that this schema lacks; `attributes` are passed to the folder's env.py."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    schema = transaction.value("SELECT current_schema()")
    config.attributes.update(connection=transaction.connection, schema=schema, **attributes)
    command.upgrade(config, "head")


def version_of(transaction: Transaction, table: str) -> str | None:
    """The version recorded in a version table, None if this very schema has none.

    Another schema on the search path may have tables of its own.
    """
    there = "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = :table"
    if transaction.value(there, table=table) is None:
        return None
    version: str | None = transaction.value(f"SELECT version_num FROM {table}")
    return version


def quoted(transaction: Transaction, name: str) -> str:
    """A name quoted as an SQL identifier."""
    preparer: Any = transaction.connection.dialect.identifier_preparer
    return str(preparer.quote_identifier(name))


def existing_role(transaction: Transaction, role: str) -> str:
    """A role quoted as an SQL identifier; DatabaseError if it does not exist."""
    if not transaction.value("SELECT 1 FROM pg_roles WHERE rolname = :role", role=role):
        raise DatabaseError(f"There is no role {role}: create it with CREATE ROLE, with LOGIN and a password.")
    return quoted(transaction, role)
