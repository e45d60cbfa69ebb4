"""How the tables of the index came about, step by step (alembic)."""
