"""The documents, passages and sentences of a generation, in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from index.errors import CorruptIndexError
from index.storage import KEPT_DOCUMENTS
from index.types import Passage, Scope, Sentence
from sources.document import Document

RECORDS_FILE = "passages.sqlite"  # the file in the folder of a generation
# `sum` is a checksum over the columns that are read, verified on every read.
_TABLES = """
CREATE TABLE documents(
    id TEXT PRIMARY KEY, stamp TEXT NOT NULL, revision TEXT NOT NULL, digest TEXT NOT NULL, json TEXT NOT NULL,
    sum INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE passages(
    key INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, document_id TEXT NOT NULL, title TEXT NOT NULL,
    heading TEXT NOT NULL, text TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, language TEXT NOT NULL,
    page INTEGER, parties TEXT NOT NULL, date_from TEXT, date_to TEXT, vector BLOB NOT NULL,
    sum INTEGER NOT NULL
);
CREATE INDEX passages_by_document ON passages(document_id, start);
CREATE INDEX passages_by_vector ON passages(vector);
CREATE TABLE sentences(
    row INTEGER PRIMARY KEY, passage_key INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    vector BLOB NOT NULL, sum INTEGER NOT NULL
);
CREATE INDEX sentences_by_passage ON sentences(passage_key, start);
CREATE INDEX sentences_by_vector ON sentences(vector);
"""
# Created in older files as well.
_INDEXES = """
CREATE INDEX IF NOT EXISTS passages_by_language ON passages(language);
CREATE INDEX IF NOT EXISTS passages_by_first_day ON passages(date_from);
CREATE INDEX IF NOT EXISTS passages_by_last_day ON passages(date_to);
"""
_PASSAGE = "id, document_id, title, heading, text, start, end, language, page, parties, date_from, date_to"
_DOCUMENT = "id, revision, digest, json"


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed with a document: passage keys, sentence rows, and the cache keys of their vectors."""

    passages: tuple[int, ...]
    sentences: tuple[int, ...]
    vectors: tuple[bytes, ...]


class Records:
    """One open file; write inside `with records.writing():`."""

    def __init__(self, path: Path, *, create: bool = False, read_only: bool = True) -> None:
        if not create and not path.exists():
            raise CorruptIndexError(f"{path} is missing: run `torkham index update --full`.")
        self._path = path
        address = f"{path.absolute().as_uri()}?immutable=1" if read_only else str(path)
        try:
            self._connection = sqlite3.connect(address, uri=read_only, check_same_thread=False)
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from error
        try:
            if create:
                self._connection.executescript(_TABLES)
            self._connection.execute(
                "SELECT d.sum, p.sum, s.sum FROM documents d, passages p, sentences s LIMIT 1"
            ).fetchall()
            self._connection.execute("PRAGMA cache_size=-32000")  # kB: the inner B-tree pages of a million passages
            if not read_only:
                self._connection.executescript(_INDEXES)
                self._connection.execute("PRAGMA secure_delete=ON")
                self._connection.execute("PRAGMA synchronous=OFF")  # the whole file is synced before it is published
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise self._damaged(error) from error
        self.document = lru_cache(maxsize=KEPT_DOCUMENTS)(self._document)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def commit(self) -> None:
        """Flush all writes to the file."""
        self._connection.commit()

    # reading

    def _rows(self, query: str, values: Sequence[object] = ()) -> Iterator[Any]:
        """The rows of a query; CorruptIndexError if the file cannot deliver them."""
        try:
            # Inside a chain: an abandoned generator would close the cursor, which fails once the connection is closed.
            yield from chain(self._connection.execute(query, values))
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from error

    def _damaged(self, reason: object) -> CorruptIndexError:
        return CorruptIndexError(f"{self._path} cannot be read ({reason}): run `torkham index update --full`.")

    def _checked(self, stored: object, fields: Sequence[object]) -> None:
        if stored != checksum(fields):
            raise self._damaged("a row differs from its checksum")

    def stamps(self) -> dict[str, tuple[str, str]]:
        """Document id -> (stamp, revision)."""
        rows = self._rows("SELECT id, stamp, revision FROM documents")
        return {identifier: (stamp, revision) for identifier, stamp, revision in rows}

    def counts(self) -> dict[str, int]:
        """The numbers of documents, passages and sentences."""
        return {name: self._one(f"SELECT count(*) FROM {name}") for name in ("documents", "passages", "sentences")}

    def _one(self, query: str) -> Any:
        return next(self._rows(query))[0]

    def _document(self, identifier: str) -> Document | None:
        return next(self._documents("WHERE id = ?", (identifier,)), None)

    def _documents(self, which: str, values: Sequence[object] = ()) -> Iterator[Document]:
        for stored, *fields in self._rows(f"SELECT sum, {_DOCUMENT} FROM documents {which}", values):
            self._checked(stored, fields)
            yield Document.from_json(fields[-1])

    def documents_of_kind(self, kind: str) -> Iterator[Document]:
        """The documents of a kind, by id."""
        query = "SELECT json FROM documents WHERE json LIKE ? ORDER BY id"
        for (line,) in self._connection.execute(query, (f'%"kind": "{kind}"%',)):
            document = Document.from_json(line)
            if document.kind == kind:
                yield document

    def documents(self) -> Iterator[Document]:
        """Every document, by id."""
        yield from self._documents("ORDER BY id")

    def passages(self, keys: Sequence[int]) -> dict[int, Passage]:
        """The passages with those keys."""
        found: dict[int, Passage] = {}
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            marks = ",".join("?" * len(part))
            for stored, key, *fields in self._rows(
                f"SELECT sum, key, {_PASSAGE} FROM passages WHERE key IN ({marks})", part
            ):
                self._checked(stored, (key, *fields))
                found[key] = _passage(fields)
        return found

    def keys_of_rows(self, rows: Sequence[int]) -> list[int]:
        """The passage keys of sentence rows, in order, without repeats."""
        marks = ",".join("?" * len(rows))
        found = dict(self._rows(f"SELECT row, passage_key FROM sentences WHERE row IN ({marks})", list(rows)))
        return list(dict.fromkeys(found[row] for row in rows if row in found))

    def rows_of_passages(self, keys: Sequence[int]) -> dict[int, list[int]]:
        """The sentence rows of those passages, by passage key."""
        found: dict[int, list[int]] = {}
        for start in range(0, len(keys), 500):
            part = list(keys[start : start + 500])
            marks = ",".join("?" * len(part))
            for key, row in self._rows(f"SELECT passage_key, row FROM sentences WHERE passage_key IN ({marks})", part):
                found.setdefault(key, []).append(row)
        return found

    def sentences(self, passage: Passage) -> list[Sentence]:
        """The sentences of a passage in order."""
        found = []
        for stored, *fields in self._rows(
            "SELECT s.sum, s.row, s.passage_key, s.start, s.end FROM sentences s JOIN passages p"
            " ON p.key = s.passage_key WHERE p.id = ? ORDER BY s.start",
            (passage.id,),
        ):
            self._checked(stored, fields)
            found.append(Sentence(fields[2], fields[3], fields[0]))
        return found

    def allowed(self, scope: Scope) -> list[int]:
        """The keys of the passages within a scope."""
        clauses, values = ["1"], list[object]()
        if scope.since:
            clauses.append("date_to >= ?")
            values.append(scope.since)
        if scope.until:
            clauses.append("date_from <= ?")
            values.append(scope.until)
        for column, chosen in (("language", scope.languages), ("document_id", scope.documents)):
            if chosen:
                clauses.append(f"{column} IN ({','.join('?' * len(chosen))})")
                values += chosen
        if scope.parties:
            marks = ",".join("?" * len(scope.parties))
            clauses.append(f"EXISTS (SELECT 1 FROM json_each(parties) WHERE value IN ({marks}))")
            values += scope.parties
        rows = self._rows(f"SELECT key FROM passages WHERE {' AND '.join(clauses)}", values)
        return [key for (key,) in rows]

    def facets(self) -> Iterator[tuple[int, str, str | None, str | None, str]]:
        """(key, language, first day, last day, parties as JSON) of every passage."""
        return self._rows("SELECT key, language, date_from, date_to, parties FROM passages")

    def some_rows(self, count: int) -> list[int]:
        """About `count` sentence rows, evenly spaced and the same every time."""
        every = max(1, self.counts()["sentences"] // count)
        rows = self._rows("SELECT row FROM sentences WHERE row % ? = 0 LIMIT ?", (every, count))
        return [row for (row,) in rows]

    def undated(self) -> int:
        """How many passages have no date."""
        return int(self._one("SELECT count(*) FROM passages WHERE date_from IS NULL"))

    def languages(self) -> tuple[str, ...]:
        """The languages of the passages, the commonest first."""
        rows = self._rows("SELECT language FROM passages GROUP BY language ORDER BY count(*) DESC")
        return tuple(language for (language,) in rows)

    def latest(self, most: int) -> list[tuple[str, str]]:
        """(document id, last day of its passages) of the latest documents, at most `most`."""
        query = "SELECT document_id, max(date_to) AS day FROM passages GROUP BY 1 HAVING day NOTNULL ORDER BY day DESC LIMIT ?"
        return [(identifier, str(day)) for identifier, day in self._connection.execute(query, (most,))]

    # writing

    def restamp(self, identifier: str, stamp: str) -> None:
        """Update the file stamp of an unchanged document."""
        self._connection.execute("UPDATE documents SET stamp = ? WHERE id = ?", (stamp, identifier))

    def remove(self, identifiers: Iterable[str]) -> Removed:
        """Delete documents with everything that belongs to them."""
        keys: list[int] = []
        rows: list[int] = []
        vectors: list[bytes] = []
        for identifier in identifiers:
            of_document = "SELECT key FROM passages WHERE document_id = ?"
            for key, vector in self._connection.execute(
                "SELECT key, vector FROM passages WHERE document_id = ?", (identifier,)
            ):
                keys.append(key)
                vectors.append(vector)
            for row, vector in self._connection.execute(
                f"SELECT row, vector FROM sentences WHERE passage_key IN ({of_document})", (identifier,)
            ):
                rows.append(row)
                vectors.append(vector)
            self._connection.execute(f"DELETE FROM sentences WHERE passage_key IN ({of_document})", (identifier,))
            self._connection.execute("DELETE FROM passages WHERE document_id = ?", (identifier,))
            self._connection.execute("DELETE FROM documents WHERE id = ?", (identifier,))
        return Removed(tuple(keys), tuple(rows), tuple(vectors))

    def add_document(self, document: Document, stamp: str) -> None:
        """Store a document's text and metadata."""
        fields = (document.id, document.revision, document.digest, document.to_json())
        self._connection.execute(
            f"INSERT INTO documents({_DOCUMENT}, stamp, sum) VALUES (?, ?, ?, ?, ?, ?)",
            (*fields, stamp, checksum(fields)),
        )

    def add_passage(self, key: int, passage: Passage, vector: bytes) -> None:
        """Store a passage under its key; `vector` is the cache key of its vector."""
        fields = (
            key, passage.id, passage.document_id, passage.title, passage.heading, passage.text, passage.start,
            passage.end, passage.language, passage.page, json.dumps(passage.parties), passage.date_from,
            passage.date_to,
        )  # fmt: skip
        self._connection.execute(
            f"INSERT INTO passages(key, {_PASSAGE}, vector, sum) VALUES ({','.join('?' * 15)})",
            (*fields, vector, checksum(fields)),
        )

    def add_sentence(self, sentence: Sentence, passage_key: int, vector: bytes) -> None:
        """Store a sentence of a passage."""
        fields = (sentence.row, passage_key, sentence.start, sentence.end)
        self._connection.execute("INSERT INTO sentences VALUES (?, ?, ?, ?, ?, ?)", (*fields, vector, checksum(fields)))

    def next_key(self) -> int:
        """The first free passage key."""
        return int(self._one("SELECT coalesce(max(key), -1) + 1 FROM passages"))

    def unused(self, vectors: Iterable[bytes]) -> list[bytes]:
        """The cache keys that no passage or sentence uses."""
        free = []
        for vector in vectors:
            used = self._connection.execute(
                "SELECT EXISTS(SELECT 1 FROM passages WHERE vector = ?)"
                " OR EXISTS(SELECT 1 FROM sentences WHERE vector = ?)",
                (vector, vector),
            ).fetchone()[0]
            if not used:
                free.append(vector)
        return free


def checksum(fields: Iterable[object]) -> int:
    """A 32-bit checksum of a row's fields: enough against accidental damage."""
    return zlib.crc32("\x1f".join(map(str, fields)).encode())


def _passage(fields: Sequence[object]) -> Passage:
    values = list(fields)
    values[9] = tuple(json.loads(str(values[9])))
    return Passage(*values)  # type: ignore[arg-type]
