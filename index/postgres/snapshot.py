"""A generation in the database, open for reading and leased by a heartbeat."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Sequence
from functools import partial
from typing import Any

from index.encoder import Vectors
from index.errors import CorruptIndexError, DatabaseError
from index.manifest import Manifest
from index.postgres.bm25 import DatabaseLexical
from index.postgres.connection import Database
from index.postgres.records import DatabaseRecords
from index.postgres.vectors import DatabaseSentences, DatabaseVectors
from index.types import Scope

BEAT_SECONDS = 20.0  # seconds between heartbeats of a reader
LEASE_SECONDS = 120  # seconds without a heartbeat after which a reader's generation may be collected


class DatabaseSnapshot:
    """Every statement names the generation, so that readers see one state however long they read."""

    def __init__(self, database: Database, manifest: Manifest, tokens: int) -> None:
        self.manifest = manifest
        self._database = database
        self._generation = int(manifest.generation)
        self._reader = uuid.uuid4().hex
        self._ended = threading.Event()
        self._collected = False
        passages = manifest.counts["passages"]
        self.records = DatabaseRecords(self._rows)
        self.lexical = DatabaseLexical(self._rows, passages, tokens)
        self.sentences = DatabaseSentences(self._rows, manifest.dimension, manifest.counts["sentences"])
        self._vectors = DatabaseVectors(self._rows, manifest.dimension, passages)
        self._register()
        threading.Thread(target=self._beat, name="generation-kept", daemon=True).start()

    def _rows(self, statement: str, **values: Any) -> list[Any]:
        if self._collected:
            raise CorruptIndexError(
                f"Generation {self.manifest.generation} was collected while this process could not reach the"
                " database: open the index again."
            )
        return self._database.rows(statement, g=self._generation, **values)

    def nearest(self, query: Vectors, k: int, scope: Scope) -> list[tuple[int, float]]:
        """The `k` best (passage key, cosine) for one unit row within a scope, best first."""
        return self._vectors.search(query, k, scope)

    def vectors(self, keys: Sequence[int]) -> Vectors:
        """The passage vectors of those keys, (n, dimension)."""
        return self._vectors.rows(keys)

    def close(self) -> None:
        """Release the generation."""
        if not self._ended.is_set():
            self._ended.set()
            try:
                self._write("DELETE FROM readers WHERE id = :id", id=self._reader)
            except DatabaseError:
                return  # its lease expires by itself

    def _register(self) -> None:
        self._write("INSERT INTO readers(id, generation) VALUES (:id, :g)", id=self._reader, g=self._generation)

    def _write(self, statement: str, **values: Any) -> int:
        with self._database.transaction() as transaction:
            return transaction.run(statement, **values)

    def _beat(self) -> None:
        sign = partial(self._write, "UPDATE readers SET seen = now() WHERE id = :id", id=self._reader)
        while not self._ended.wait(BEAT_SECONDS):
            try:
                if not sign() and not self._ended.is_set():
                    self._register()
            except DatabaseError:
                self._collected = self._is_gone()

    def _is_gone(self) -> bool:
        """Whether the generation has been collected; unknown, and False, while the database is unreachable."""
        try:
            return self._database.row("SELECT 1 FROM generations WHERE number = :g", g=self._generation) is None
        except DatabaseError:
            return False
