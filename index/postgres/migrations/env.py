"""The alembic environment; it is handed an open connection."""

from __future__ import annotations

from alembic import context

from index.postgres.schema import VERSION_TABLE

given = context.config.attributes
context.configure(connection=given["connection"], version_table=VERSION_TABLE, version_table_schema=given["schema"])
with context.begin_transaction():
    context.run_migrations()
