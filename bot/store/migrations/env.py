"""The alembic environment of the store; it is handed an open connection."""

from __future__ import annotations

from alembic import context

given = context.config.attributes
context.configure(
    connection=given["connection"],
    version_table=given.get("versions", "alembic_version"),
    version_table_schema=given.get("schema"),
)
with context.begin_transaction():
    context.run_migrations()
