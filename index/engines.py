"""Opens a storage by its address, and imports the engines of a question ahead of time."""

from __future__ import annotations

from pathlib import Path

from index.storage import Storage


def open_storage(where: Path | str | Storage) -> Storage:
    """The storage of a home (a path), of a database (a URL, `postgresql+psycopg://…`), or one already open."""
    if isinstance(where, Path):
        from index.files.generations import Generations

        return Generations(where)
    if isinstance(where, str):
        from index.postgres.connection import Database
        from index.postgres.generations import DatabaseGenerations

        return DatabaseGenerations(Database(where))
    return where


def import_model_engine() -> None:
    """Import onnxruntime, the slowest import."""
    from index.model import onnx

    onnx.load()


def import_other_engines() -> None:
    """Import the tokenizer and the word index."""
    from index.lexical import bm25
    from index.model import tokenizer

    tokenizer.load()
    bm25.load()
