"""Caches what the library holds, by address, bytes and similarity, so that no file needs to be read to know it.

One SQLite file, brought up to date from file stamps; deleting it only costs time.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sources.document import Document
from sources.errors import SourceError, why
from sources.text.shingles import NEAR_DUPLICATE_RESEMBLANCE, figures, resemblance, sketch
from sources.text.urls import same_page

_VERSION = 2
_TABLES = """
CREATE TABLE documents(
    id TEXT PRIMARY KEY, stamp TEXT NOT NULL, bytes BLOB, digest TEXT, sketch BLOB, title TEXT, kind TEXT,
    language TEXT, publisher TEXT, author TEXT, published TEXT, party TEXT, url TEXT, characters INTEGER, reason TEXT,
    figures BLOB
) WITHOUT ROWID;
CREATE INDEX by_bytes ON documents(bytes);
CREATE INDEX by_digest ON documents(digest);
CREATE TABLE addresses(address TEXT, id TEXT, PRIMARY KEY(address, id)) WITHOUT ROWID;
CREATE TABLE shingles(hash INTEGER, id TEXT, PRIMARY KEY(hash, id)) WITHOUT ROWID;
CREATE INDEX addresses_by_id ON addresses(id);
CREATE INDEX shingles_by_id ON shingles(id);
CREATE TABLE years(id TEXT, year TEXT, party TEXT, count INTEGER, PRIMARY KEY(id, year, party)) WITHOUT ROWID;
"""
_INDEXED_HASHES = 16  # smallest hashes of a text: near-duplicates share some of them


@dataclass(frozen=True, slots=True)
class Row:
    """The cached entry of a document; `reason` is why a file could not be read (then the rest is empty)."""

    id: str
    title: str | None = None
    kind: str | None = None
    language: str | None = None
    publisher: str | None = None
    author: str | None = None
    published: str | None = None
    party: str | None = None
    url: str | None = None
    characters: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Twin:
    """A document of the library duplicated by another: the same bytes, text or address, or nearly the same text."""

    document_id: str
    why: str
    only_similar: bool = False


class Ledger:
    """The file at `path`, created on first use."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def stamps(self) -> dict[str, str]:
        """Document id to the stamp under which it was read."""
        with self._open() as connection:
            return dict(connection.execute("SELECT id, stamp FROM documents"))

    def put(self, stamp: str, document: Document, data: bytes, addresses: Iterable[str | None] = ()) -> None:
        """Record a document as read."""
        marks = sketch(document.text)
        known = {same_page(address) for address in (document.url, *addresses) if address} - {None}
        with self._open() as connection:
            _forget(connection, [document.id])
            connection.execute(
                "INSERT INTO documents VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,NULL,?)",
                (
                    document.id, stamp, sha256(data).digest(), document.digest, array("q", marks).tobytes(),
                    document.title, document.kind, document.language, document.publisher, document.author,
                    document.published, document.party, document.url, len(document.text),
                    figures(document.text),
                ),
            )  # fmt: skip
            connection.executemany("INSERT OR IGNORE INTO addresses VALUES (?,?)", ((a, document.id) for a in known))
            if not document.ours:  # briefs repeat one another's words on purpose
                connection.executemany(
                    "INSERT INTO shingles VALUES (?,?)", ((m, document.id) for m in marks[:_INDEXED_HASHES])
                )
            connection.executemany("INSERT INTO years VALUES (?,?,?,?)", _years(document))

    def put_failure(self, identifier: str, stamp: str, reason: str) -> None:
        """Record a file that cannot be read."""
        with self._open() as connection:
            _forget(connection, [identifier])
            connection.execute("INSERT INTO documents(id, stamp, reason) VALUES (?,?,?)", (identifier, stamp, reason))

    def forget(self, identifiers: Sequence[str]) -> None:
        """Delete the entries of documents that are gone."""
        if identifiers:
            with self._open() as connection:
                _forget(connection, identifiers)

    def rows(self) -> Iterator[Row]:
        """Every document, by id."""
        columns = ", ".join(Row.__slots__)
        with self._open() as connection:
            for values in connection.execute(f"SELECT {columns} FROM documents ORDER BY id").fetchall():
                yield Row(**dict(zip(Row.__slots__, values, strict=True)))

    def years(self) -> list[tuple[str, str, str, int]]:
        """(document id, year or "", party or "", statements or 1) over the whole library."""
        with self._open() as connection:
            return connection.execute("SELECT id, year, party, count FROM years ORDER BY year").fetchall()

    def by_address(self, address: str) -> str | None:
        """The document with that address."""
        with self._open() as connection:
            row = connection.execute("SELECT id FROM addresses WHERE address = ?", (same_page(address),)).fetchone()
        return row[0] if row else None

    def twin(self, document: Document, data: bytes, *, but: str | None = None) -> Twin | None:
        """The document (other than `but`) that this one duplicates, None if it is new."""
        with self._open() as connection:
            for column, value, why in (
                ("bytes", sha256(data).digest(), "is in the library already"),
                ("digest", document.digest, "has the same text as a document of the library"),
            ):
                query = f"SELECT id FROM documents WHERE {column} = ? AND id IS NOT ?"
                if row := connection.execute(query, (value, but)).fetchone():
                    return Twin(row[0], why)
        if document.ours:
            return None
        there = self.by_address(document.url) if document.url else None
        if there and there != but:
            return Twin(there, "stands at the same address as a document of the library")
        found, likeness = self._nearest(document, but)
        why = f"has nearly the same text ({likeness:.0%}) as a document of the library"
        return Twin(found, why, only_similar=True) if found else None

    def repeats(self) -> list[tuple[str, str]]:
        """(id, id of the first) of documents with the same text, which manual copying may produce."""
        query = (
            "SELECT d.id, f.id FROM documents d"
            " JOIN (SELECT min(id) AS id, digest FROM documents WHERE kind NOT IN ('brief', 'explainer') GROUP BY digest) f"
            " ON f.digest = d.digest WHERE d.kind NOT IN ('brief', 'explainer') AND d.id != f.id ORDER BY d.id"
        )
        with self._open() as connection:
            return connection.execute(query).fetchall()

    def _nearest(self, document: Document, but: str | None) -> tuple[str | None, float]:
        marks, own_figures = sketch(document.text), figures(document.text)
        wanted = ",".join("?" * len(marks[:_INDEXED_HASHES]))
        best: tuple[str | None, float] = (None, 0.0)
        with self._open() as connection:
            query = (
                "SELECT DISTINCT d.id, d.sketch, d.figures FROM shingles s JOIN documents d USING(id)"
                f" WHERE s.hash IN ({wanted})"
            )
            for identifier, blob, its_figures in connection.execute(query, marks[:_INDEXED_HASHES]):
                likeness = resemblance(marks, tuple(array("q", blob)))
                if (
                    identifier != but
                    and its_figures == own_figures
                    and likeness >= max(NEAR_DUPLICATE_RESEMBLANCE, best[1])
                ):
                    best = (identifier, likeness)
        return best

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction; a damaged file, or one of another version, is recreated."""
        try:
            connection = self._sound()
        except (sqlite3.Error, OSError) as error:
            raise self._unusable(error) from error
        try:
            with connection:
                yield connection
        except sqlite3.OperationalError as error:
            raise self._unusable(error) from error
        except sqlite3.DatabaseError as error:  # damaged in the middle: its contents are read again from the files
            connection.close()
            self._remove()
            raise SourceError(f"{self._path} was damaged and has been removed: run the command again") from error
        finally:
            connection.close()

    def _unusable(self, error: Exception) -> SourceError:
        return SourceError(f"{self._path} cannot be used ({why(error)}): free some space, or make it writable")

    def _sound(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except sqlite3.OperationalError:  # a full disk or a locked file: the contents are intact
            raise
        except sqlite3.DatabaseError:
            self._remove()
            return self._connect()

    def _remove(self) -> None:
        for suffix in ("", "-journal", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=30)
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("PRAGMA synchronous=OFF")  # a cache: whatever a power failure spoils is read again
        if connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                connection.execute(f"DROP TABLE {name}")
            connection.executescript(_TABLES)
            connection.execute(f"PRAGMA user_version={_VERSION}")
        return connection


def refresh(
    ledger: Ledger, stamps: Mapping[str, str], read: Callable[[str], None], progress: Callable[[int, int], None]
) -> None:
    """Bring the cache in line with the library: `read(id)` for new and changed documents, and drop those that are
    gone.
    """
    known = ledger.stamps()
    ledger.forget([identifier for identifier in known if identifier not in stamps])
    fresh = [identifier for identifier, stamp in stamps.items() if known.get(identifier) != stamp]
    for done, identifier in enumerate(fresh, 1):
        read(identifier)
        progress(done, len(fresh))


def _years(document: Document) -> list[tuple[str, str, str, int]]:
    """How often each (year, party) occurs in a document; one without statements counts once."""
    counts: dict[tuple[str, str], int] = {}
    for statement in document.statements:
        if statement.date_from:
            key = (statement.date_from[:4], statement.party or "")
            counts[key] = counts.get(key, 0) + 1
    counts = counts or {((document.published or "")[:4], document.party or ""): 1}
    return [(document.id, year, party, count) for (year, party), count in counts.items()]


def _forget(connection: sqlite3.Connection, identifiers: Sequence[str]) -> None:
    for table in ("documents", "addresses", "shingles", "years"):
        connection.executemany(f"DELETE FROM {table} WHERE id = ?", ((identifier,) for identifier in identifiers))
