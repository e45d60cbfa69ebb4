"""Where an index is: the home or the database URL that was given, as storage."""

from __future__ import annotations

from pathlib import Path

from index.storage import Storage


def storage_of(where: Path | str | Storage) -> Storage:
    """The storage of a home (a path), of a database (its URL, `postgresql+psycopg://…`), or as it was given."""
    if isinstance(where, Path):
        from index.generations import Generations

        return Generations(where)
    if isinstance(where, str):
        from index.postgres.connection import Database
        from index.postgres.generations import DatabaseGenerations

        return DatabaseGenerations(Database(where))
    return where
