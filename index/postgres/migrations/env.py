"""The alembic environment; it is handed an open connection."""

from __future__ import annotations

from alembic import context

from index.postgres.schema import VERSIONS

given = context.config.attributes
context.configure(connection=given["connection"], version_table=VERSIONS, version_table_schema=given["schema"])
with context.begin_transaction():
    context.run_migrations()
