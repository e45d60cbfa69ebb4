"""Where alembic meets the database: it is handed the open connection."""

from __future__ import annotations

from alembic import context

from index.postgres.schema import VERSIONS

given = context.config.attributes
context.configure(connection=given["connection"], version_table=VERSIONS, version_table_schema=given["schema"])
with context.begin_transaction():
    context.run_migrations()
