"""Writes the next generation to the database, in one transaction that ends with the switch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from index.errors import CorruptIndexError
from index.manifest import Manifest, library_digest
from index.postgres import postings, serving
from index.postgres.bm25 import BLOCK_KEYS
from index.postgres.connection import Transaction
from index.postgres.records import changed_checksums, passage_json, passage_of
from index.postgres.schema import FOREVER
from index.postgres.vectors import EF_CONSTRUCTION, EXACT_PASSAGES, LINKS, literal
from index.storage import Embedded
from index.types import Passage
from sources.document import Document

_OF_DOCUMENTS = {
    "sentences": "passage IN (SELECT key FROM passages WHERE document = ANY(:numbers))",
    "passage_vectors": "key IN (SELECT key FROM passages WHERE document = ANY(:numbers))",
    "passages": "document = ANY(:numbers)",
    "documents": "number = ANY(:numbers)",
}


class DatabaseWriter:
    """Rows of unchanged documents are not touched; removed ones end and added ones begin with this generation."""

    def __init__(self, transaction: Transaction, base: Manifest | None, dimension: int) -> None:
        self._sql = transaction
        self._base = base
        self._dimension = dimension
        newest = transaction.value("SELECT coalesce(max(number), 0) FROM generations")
        self._number = int(newest) + 1
        self._tokens = 0
        self._removed: list[int] = []
        self._added: list[range] = []
        if base is None:
            self._end("TRUE")
            transaction.run(f"UPDATE postings SET until = :g WHERE until = {FOREVER}", g=self._number)
        else:
            self._tokens = int(
                transaction.value("SELECT tokens FROM generations WHERE number = :n", n=int(base.generation))
            )

    def restamp(self, stamps: Mapping[str, str]) -> None:
        """Update the stamps of files whose documents are unchanged."""
        for identifier, stamp in stamps.items():
            self._sql.run(
                f"UPDATE documents SET stamp = :stamp WHERE id = :id AND until = {FOREVER}", stamp=stamp, id=identifier
            )

    def replace(
        self, gone: Sequence[str], documents: Mapping[str, Document], stamps: Mapping[str, str], embedded: Embedded
    ) -> None:
        """Delete the documents `gone` with everything that belongs to them, and add others with their passages."""
        self._removed += self._end("id = ANY(:ids)", ids=list(gone)) if gone else []
        numbers = self._add_documents(documents, stamps)
        first_key = self._next("passages", "key")
        keys = range(first_key, first_key + len(embedded.passages))
        self._add_passages(keys, embedded, numbers)
        self._add_sentences(first_key, embedded)
        self._added.append(keys)

    def publish(self, **about: Any) -> tuple[Manifest, list[bytes]]:
        """Count, check the counts, switch; all of it takes effect when the writer's transaction commits."""
        self._merge_words()
        rows = self._sql.rows
        sums = changed_checksums(rows, self._number, dict(self._base.files) if self._base else None)
        counts = {table: int(sums[table].split(":")[0]) for table in ("documents", "passages", "sentences")}
        revisions = rows(f"SELECT id, revision FROM documents WHERE until = {FOREVER}")
        library = library_digest((identifier, revision) for identifier, revision in revisions)
        if len(revisions) != counts["documents"]:
            raise CorruptIndexError("The index in the database is inconsistent: run `torkham index update --full`.")
        manifest = Manifest(generation=f"{self._number:06d}", counts=counts, library=library, files=sums, **about)
        self._index_vectors(counts["passages"])
        self._sql.run(
            "INSERT INTO generations VALUES (:g, :manifest, :passages, :tokens)",
            g=self._number,
            manifest=manifest.to_json(),
            passages=counts["passages"],
            tokens=self._tokens,
        )
        self._sql.run("DELETE FROM computed_vectors")
        serving.serve(self._sql, self._number, pinned=False)
        return manifest, []

    def _end(self, which: str, **values: Any) -> list[int]:
        """End documents with everything that belongs to them; returns their passage keys."""
        found = self._sql.rows(f"SELECT number FROM documents WHERE until = {FOREVER} AND {which}", **values)
        numbers = [number for (number,) in found]
        keys = self._sql.rows("SELECT key FROM passages WHERE document = ANY(:numbers)", numbers=numbers)
        for table, condition in _OF_DOCUMENTS.items():
            self._sql.run(f"UPDATE {table} SET until = :g WHERE {condition}", g=self._number, numbers=numbers)
        return [key for (key,) in keys]

    def _merge_words(self) -> None:
        """Remove and add postings, block by block, so that none is written twice."""
        first, end = (self._added[0].start, self._added[-1].stop) if self._added else (0, 0)
        while self._removed or first < end:
            stop = min(end, (first // BLOCK_KEYS + 1) * BLOCK_KEYS)
            rows = self._sql.rows(
                f"SELECT key, json FROM passages WHERE key >= :first AND key < :stop AND until = {FOREVER} ORDER BY key",
                first=first,
                stop=stop,
            )
            fresh = ((key, passage_of(line)) for key, line in rows)
            out, into = postings.merge(self._sql, self._number, self._removed, fresh)
            self._tokens += into - out
            self._removed, first = [], stop

    def _next(self, table: str, column: str) -> int:
        return int(self._sql.value(f"SELECT coalesce(max({column}), -1) + 1 FROM {table}"))

    def _add_documents(self, documents: Mapping[str, Document], stamps: Mapping[str, str]) -> dict[str, int]:
        first = self._next("documents", "number")
        numbers = {identifier: first + place for place, identifier in enumerate(documents)}
        self._sql.copy(
            "documents",
            ("number", "id", "first", "until", "stamp", "revision", "digest", "json"),
            (
                (numbers[d.id], d.id, self._number, FOREVER, stamps[d.id], d.revision, d.digest, d.to_json())
                for d in documents.values()
            ),
        )
        return numbers

    def _add_passages(self, keys: Sequence[int], embedded: Embedded, numbers: Mapping[str, int]) -> None:
        columns = "key document id document_id first until start language parties date_from date_to json".split()
        self._sql.copy("passages", columns, self._passages(keys, embedded.passages, numbers))
        self._sql.copy(
            "passage_vectors",
            ("key", "first", "until", "vector", "embedding"),
            (
                (key, self._number, FOREVER, cached, literal(row))
                for key, cached, row in zip(keys, embedded.keys, embedded.rows, strict=True)
            ),
        )

    def _passages(
        self, keys: Sequence[int], passages: Sequence[Passage], numbers: Mapping[str, int]
    ) -> Iterator[tuple[Any, ...]]:
        for key, p in zip(keys, passages, strict=True):
            yield (
                key, numbers[p.document_id], p.id, p.document_id, self._number, FOREVER, p.start, p.language,
                list(p.parties), p.date_from, p.date_to, passage_json(p),
            )  # fmt: skip

    def _add_sentences(self, first_key: int, embedded: Embedded) -> None:
        lines, first = embedded.sentences, self._next("sentences", "number")
        self._sql.copy(
            "sentences",
            ("number", "passage", "first", "until", "start", "stop", "vector", "embedding"),
            (
                (first + place, first_key + position, self._number, FOREVER, *span, cached, literal(row))
                for place, (position, span, cached, row) in enumerate(
                    zip(lines.positions, lines.spans, lines.keys, lines.rows, strict=True)
                )
            ),
        )

    def _index_vectors(self, passages: int) -> None:
        """Create the HNSW index for this dimension once there are enough passages."""
        if passages > EXACT_PASSAGES:
            self._sql.run(
                f"CREATE INDEX IF NOT EXISTS passage_vectors_near_{self._dimension} ON passage_vectors"
                f" USING hnsw ((CAST(embedding AS halfvec({self._dimension}))) halfvec_cosine_ops)"
                f" WITH (m = {LINKS}, ef_construction = {EF_CONSTRUCTION})"
                f" WHERE vector_dims(embedding) = {self._dimension}"
            )
