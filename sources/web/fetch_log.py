"""The fetch log: followed feeds, recent requests, and failures with their reasons."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sources.errors import SourceError, why
from sources.limits import FRESH_HOURS

_TABLES = """
CREATE TABLE IF NOT EXISTS feeds(url TEXT PRIMARY KEY, title TEXT, etag TEXT, modified TEXT);
CREATE TABLE IF NOT EXISTS asked(url TEXT PRIMARY KEY, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS rechecks(url TEXT PRIMARY KEY, document TEXT, state TEXT, at TEXT, detail TEXT, diff TEXT);
CREATE TABLE IF NOT EXISTS failures(what TEXT PRIMARY KEY, reason TEXT, at TEXT, tries INTEGER, options TEXT);
"""


@dataclass(frozen=True, slots=True)
class Feed:
    """A followed feed, with the validators of its last response."""

    url: str
    title: str
    etag: str | None = None
    modified: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """An address or file that failed: why, when last, how often, and with which options."""

    what: str
    reason: str
    at: str
    tries: int
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rechecked:
    """The result of checking an address again: unchanged, changed, moved, dead or unreachable.

    `detail` is the new address or the reason, `diff` the lines of the text that differ.
    """

    url: str
    document_id: str
    state: str
    at: str
    detail: str | None = None
    diff: str = ""


class Journal:
    """The SQLite file `sources.sqlite` of a home."""

    def __init__(self, home: Path) -> None:
        self._path = home / "sources.sqlite"

    def follow(self, feed: Feed) -> None:
        """Follow a feed, or store its new validators."""
        with self._open() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO feeds VALUES (?,?,?,?)", (feed.url, feed.title, feed.etag, feed.modified)
            )

    def unfollow(self, url: str) -> bool:
        """Stop following a feed; False when it was not followed."""
        with self._open() as connection:
            return connection.execute("DELETE FROM feeds WHERE url = ?", (url,)).rowcount > 0

    def feeds(self) -> list[Feed]:
        """All followed feeds."""
        with self._open() as connection:
            rows = connection.execute("SELECT url, title, etag, modified FROM feeds ORDER BY title, url").fetchall()
        return [Feed(*row) for row in rows]

    def note_asked(self, url: str) -> None:
        """Record that an address responded now."""
        with self._open() as connection:
            connection.execute("INSERT OR REPLACE INTO asked VALUES (?,?)", (url, _now()))

    def asked_lately(self, url: str) -> bool:
        """Whether an address responded within the last hours."""
        since = (datetime.now(UTC) - timedelta(hours=FRESH_HOURS)).isoformat(timespec="seconds")
        with self._open() as connection:
            row = connection.execute("SELECT 1 FROM asked WHERE url = ? AND at >= ?", (url, since)).fetchone()
        return row is not None

    def note_recheck(self, result: Rechecked) -> None:
        """Record the result for an address, replacing the previous one."""
        with self._open() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO rechecks VALUES (?,?,?,?,?,?)",
                (result.url, result.document_id, result.state, result.at, result.detail, result.diff),
            )

    def rechecks(self) -> list[Rechecked]:
        """The last result for each address, by document."""
        with self._open() as connection:
            rows = connection.execute(
                "SELECT url, document, state, at, detail, diff FROM rechecks ORDER BY document, url"
            )
            return [Rechecked(*row) for row in rows]

    def forget_rechecks(self, kept: Collection[str]) -> None:
        """Delete the results of documents no longer in the library."""
        with self._open() as connection:
            for url, document in connection.execute("SELECT url, document FROM rechecks").fetchall():
                if document not in kept:
                    connection.execute("DELETE FROM rechecks WHERE url = ?", (url,))

    def fail(self, what: str, reason: str, options: Mapping[str, str] | None = None) -> None:
        """Record a failure; another one of the same address or file replaces it and increases the count."""
        with self._open() as connection:
            connection.execute(
                "INSERT INTO failures VALUES (?1,?2,?3,1,?4) ON CONFLICT(what) DO UPDATE SET"
                " reason = ?2, at = ?3, tries = tries + 1, options = ?4",
                (what, reason, _now(), json.dumps(dict(options or {}))),
            )

    def mend(self, what: str) -> bool:
        """Delete a failure; False when there was none."""
        with self._open() as connection:
            return connection.execute("DELETE FROM failures WHERE what = ?", (what,)).rowcount > 0

    def failures(self) -> list[Failed]:
        """All unresolved failures, latest first."""
        with self._open() as connection:
            rows = connection.execute("SELECT what, reason, at, tries, options FROM failures ORDER BY at DESC, what")
            return [Failed(what, why, at, tries, json.loads(options)) for what, why, at, tries, options in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=30)
            connection.executescript(_TABLES)
        except (sqlite3.Error, OSError) as error:
            raise SourceError(
                f"{self._path} cannot be used ({why(error)}): free some space, make it writable, or delete it"
            ) from error
        try:
            with connection:
                yield connection
        except sqlite3.Error as error:
            raise SourceError(
                f"{self._path} cannot be used ({why(error)}): free some space, make it writable, or delete it"
            ) from error
        finally:
            connection.close()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
