"""The answers given on the command line, kept in the home for `show`, `log` and `ask --continue`."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.answering.answer import Answer
from bot.answering.stored import dump, load
from bot.errors import StoreError
from index.normalise import normalise

FILE = "log.sqlite"
_TABLE = """CREATE TABLE IF NOT EXISTS answers(
    id INTEGER PRIMARY KEY, conversation INTEGER NOT NULL, at TEXT NOT NULL, question TEXT NOT NULL, abstained INTEGER NOT NULL,
    words TEXT NOT NULL, body TEXT NOT NULL)"""


@dataclass(frozen=True, slots=True)
class Logged:
    """A logged answer: `at` in ISO time (UTC), `conversation` the id of its first answer."""

    id: int
    conversation: int
    at: str
    question: str
    answer: Answer


class AnswerLog:
    """At most `most` answers in a file readable only by its owner; StoreError when the file cannot be used."""

    def __init__(self, home: Path, most: int) -> None:
        self._path = home / FILE
        self._most = max(1, most)  # the last one is what `show` shows

    def add(self, answer: Answer, conversation: int | None = None) -> int:
        """Log an answer, in an existing conversation or a new one; returns the id of the conversation."""
        words = normalise(" ".join([answer.question, *(claim.text for claim in answer.claims)]))
        values = (
            datetime.now(UTC).isoformat(timespec="seconds"),
            answer.question,
            answer.abstained,
            words,
            dump(answer),
        )
        with self._open() as database:
            added = database.execute(
                "INSERT INTO answers(conversation, at, question, abstained, words, body) VALUES (?, ?, ?, ?, ?, ?)",
                (conversation or 0, *values),
            ).lastrowid
            assert added is not None
            if conversation is None:
                database.execute("UPDATE answers SET conversation = id WHERE id = ?", (added,))
            database.execute("DELETE FROM answers WHERE id <= ?", (added - self._most,))
        return conversation or added

    def last(self) -> Logged | None:
        """The newest answer."""
        return next(iter(self._rows("ORDER BY id DESC LIMIT 1")), None)

    def get(self, identifier: int) -> Logged | None:
        """The answer of that id."""
        return next(iter(self._rows("WHERE id = ?", identifier)), None)

    def search(self, text: str, most: int) -> list[Logged]:
        """The newest answers whose question or claims contain every word of a text; all of them for an empty text."""
        sought = normalise(text).split()
        condition = " AND ".join(["instr(words, ?)"] * len(sought)) or "1"
        return self._rows(f"WHERE {condition} ORDER BY id DESC LIMIT ?", *sought, most)

    def questions(self, conversation: int, most: int) -> list[str]:
        """The last questions of a conversation, oldest first."""
        rows = self._rows("WHERE conversation = ? ORDER BY id DESC LIMIT ?", conversation, most)
        return [row.question for row in reversed(rows)]

    def clear(self) -> None:
        """Delete every answer."""
        with suppress(FileNotFoundError):
            self._path.unlink()

    def _rows(self, condition: str, *values: object) -> list[Logged]:
        if not self._path.exists() or not self._path.stat().st_size:
            return []
        with self._open(writing=False) as database:
            found: Sequence[tuple[int, int, str, str, str]] = database.execute(
                f"SELECT id, conversation, at, question, body FROM answers {condition}", values
            ).fetchall()
        return [Logged(*row[:4], load(row[4])) for row in found]

    @contextmanager
    def _open(self, *, writing: bool = True) -> Iterator[sqlite3.Connection]:
        """The file; `writing` creates what is missing, and without it a home that is only to be read will do."""
        mode = "rwc" if writing else "ro"
        try:
            if writing:
                os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            with (
                closing(
                    sqlite3.connect(f"{self._path.absolute().as_uri()}?mode={mode}", timeout=5, uri=True)
                ) as database,
                database,
            ):
                if writing:
                    # Losing an answer in a power failure is cheaper than waiting on each.
                    database.execute("PRAGMA synchronous = OFF")
                    database.execute(_TABLE)
                yield database
        except (OSError, sqlite3.OperationalError) as error:
            raise StoreError(f"{self._path} cannot be used ({error}): check its permissions and the disk.") from error
        except sqlite3.Error as error:
            raise StoreError(f"{self._path} is damaged ({error}): move it away, and a new one is begun.") from error
