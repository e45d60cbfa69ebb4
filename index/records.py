"""The documents, passages and sentences of a generation, in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from index import tables
from index.errors import CorruptIndexError
from index.passages import Passage, Scope, Sentence
from sources.document import Document

_PASSAGE = "id, document_id, title, heading, text, start, end, language, page, parties, date_from, date_to"


@dataclass(frozen=True, slots=True)
class Removed:
    """What went with a document: passage keys, sentence rows, and the cache keys of their vectors."""

    passages: tuple[int, ...]
    sentences: tuple[int, ...]
    vectors: tuple[bytes, ...]


class Records:
    """One open file; writing happens inside `with records.writing():`."""

    def __init__(self, path: Path, *, create: bool = False, read_only: bool = True) -> None:
        if not create and not path.exists():
            raise CorruptIndexError(f"{path} is missing: run `torkham index update --full`.")
        address = f"{path.absolute().as_uri()}?immutable=1" if read_only else str(path)
        try:
            self._connection = sqlite3.connect(address, uri=read_only, check_same_thread=False)
            if create:
                self._connection.executescript(tables.TABLES)
            self._connection.execute("SELECT 1 FROM documents, passages, sentences LIMIT 1").fetchall()
            self._connection.execute("PRAGMA cache_size=-32000")  # kB: the inner pages of a million passages
            if not read_only:
                self._connection.executescript(tables.INDEXES)
                self._connection.execute("PRAGMA secure_delete=ON")
                self._connection.execute("PRAGMA synchronous=OFF")  # the whole file is synced before it is published
        except sqlite3.DatabaseError as error:
            raise CorruptIndexError(f"{path} cannot be read ({error}): run `torkham index update --full`.") from error
        self.document = lru_cache(maxsize=64)(self._document)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def commit(self) -> None:
        """Make what was written durable in the file."""
        self._connection.commit()

    # reading

    def stamps(self) -> dict[str, tuple[str, str]]:
        """Document id -> (stamp, revision)."""
        rows = self._connection.execute("SELECT id, stamp, revision FROM documents")
        return {identifier: (stamp, revision) for identifier, stamp, revision in rows}

    def counts(self) -> dict[str, int]:
        """The numbers of documents, passages and sentences."""
        return {name: self._one(f"SELECT count(*) FROM {name}") for name in ("documents", "passages", "sentences")}

    def _one(self, query: str) -> Any:
        return self._connection.execute(query).fetchone()[0]

    def _document(self, identifier: str) -> Document | None:
        row = self._connection.execute("SELECT json FROM documents WHERE id = ?", (identifier,)).fetchone()
        return Document.from_json(row[0]) if row else None

    def documents(self) -> Iterator[Document]:
        """Every document, by id."""
        for (line,) in self._connection.execute("SELECT json FROM documents ORDER BY id"):
            yield Document.from_json(line)

    def passages(self, keys: Sequence[int]) -> dict[int, Passage]:
        """The passages of those keys."""
        found: dict[int, Passage] = {}
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            marks = ",".join("?" * len(part))
            for key, *fields in self._connection.execute(
                f"SELECT key, {_PASSAGE} FROM passages WHERE key IN ({marks})", part
            ):
                found[key] = _passage(fields)
        return found

    def keys_of_rows(self, rows: Sequence[int]) -> list[int]:
        """The passage keys of sentence rows, in their order, each once."""
        marks = ",".join("?" * len(rows))
        found = dict(
            self._connection.execute(f"SELECT row, passage_key FROM sentences WHERE row IN ({marks})", list(rows))
        )
        return list(dict.fromkeys(found[row] for row in rows if row in found))

    def rows_of_passages(self, keys: Sequence[int]) -> dict[int, list[int]]:
        """The sentence rows of those passages, by passage key."""
        found: dict[int, list[int]] = {}
        for start in range(0, len(keys), 500):
            part = list(keys[start : start + 500])
            marks = ",".join("?" * len(part))
            for key, row in self._connection.execute(
                f"SELECT passage_key, row FROM sentences WHERE passage_key IN ({marks})", part
            ):
                found.setdefault(key, []).append(row)
        return found

    def sentences(self, passage: Passage) -> list[Sentence]:
        """The sentences of a passage in order."""
        rows = self._connection.execute(
            "SELECT s.start, s.end, s.row FROM sentences s JOIN passages p ON p.key = s.passage_key"
            " WHERE p.id = ? ORDER BY s.start",
            (passage.id,),
        )
        return [Sentence(*row) for row in rows]

    def allowed(self, scope: Scope) -> list[int]:
        """The keys of the passages inside a scope."""
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
        rows = self._connection.execute(f"SELECT key FROM passages WHERE {' AND '.join(clauses)}", values)
        return [key for (key,) in rows]

    def facets(self) -> Iterator[tuple[int, str, str | None, str | None, str]]:
        """(key, language, first day, last day, parties as JSON) of every passage."""
        return iter(self._connection.execute("SELECT key, language, date_from, date_to, parties FROM passages"))

    def some_rows(self, count: int) -> list[int]:
        """About so many sentence rows, drawn evenly and the same every time."""
        every = max(1, self.counts()["sentences"] // count)
        rows = self._connection.execute("SELECT row FROM sentences WHERE row % ? = 0 LIMIT ?", (every, count))
        return [row for (row,) in rows]

    def undated(self) -> int:
        """How many passages have no date."""
        return int(self._one("SELECT count(*) FROM passages WHERE date_from IS NULL"))

    def languages(self) -> tuple[str, ...]:
        """The languages of the passages, the commonest first."""
        rows = self._connection.execute("SELECT language FROM passages GROUP BY language ORDER BY count(*) DESC")
        return tuple(language for (language,) in rows)

    def reach(self) -> str | None:
        """The last day of any passage."""
        day = self._one("SELECT max(date_to) FROM passages")
        return str(day) if day else None

    # writing

    def restamp(self, identifier: str, stamp: str) -> None:
        """Note a new file stamp of a document that has not changed."""
        self._connection.execute("UPDATE documents SET stamp = ? WHERE id = ?", (stamp, identifier))

    def remove(self, identifiers: Iterable[str]) -> Removed:
        """Delete documents with everything of theirs."""
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
        self._connection.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?)",
            (document.id, stamp, document.revision, document.digest, document.to_json()),
        )

    def add_passage(self, key: int, passage: Passage, vector: bytes) -> None:
        """Store a passage under its key; `vector` is the cache key of its vector."""
        self._connection.execute(
            f"INSERT INTO passages(key, {_PASSAGE}, vector) VALUES ({','.join('?' * 14)})",
            (
                key, passage.id, passage.document_id, passage.title, passage.heading, passage.text, passage.start,
                passage.end, passage.language, passage.page, json.dumps(passage.parties), passage.date_from,
                passage.date_to, vector,
            ),
        )  # fmt: skip

    def add_sentence(self, sentence: Sentence, passage_key: int, vector: bytes) -> None:
        """Store a sentence of a passage."""
        self._connection.execute(
            "INSERT INTO sentences VALUES (?, ?, ?, ?, ?)",
            (sentence.row, passage_key, sentence.start, sentence.end, vector),
        )

    def next_key(self) -> int:
        """The first free passage key."""
        return int(self._one("SELECT coalesce(max(key), -1) + 1 FROM passages"))

    def unused(self, vectors: Iterable[bytes]) -> list[bytes]:
        """Those cache keys that no passage and no sentence uses."""
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


def _passage(fields: Sequence[object]) -> Passage:
    values = list(fields)
    values[9] = tuple(json.loads(str(values[9])))
    return Passage(*values)  # type: ignore[arg-type]
