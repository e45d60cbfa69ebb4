"""The migrations of the index tables (alembic)."""
