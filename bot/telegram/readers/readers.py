"""Data stored about a person: the chosen language, the conversation, today's number of questions."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.store.sqlite import Store

BLOCKED_DAYS = 30  # all data of a person who blocked the bot is deleted after this time
MAX_FOLLOW_UP_QUESTIONS = 6  # questions of a conversation available to a follow-up


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a conversation and the id of its answer."""

    question: str
    answer: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A reader's interface language, the languages in which the notice on English passages was given, and whether two
    sides are shown as a table.
    """

    language: str | None = None
    told: tuple[str, ...] = ()
    tables: bool = False


class People:
    """People by their numeric id."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def language(self, person: int) -> str | None:
        """The interface language a person chose."""
        row = self._store.row("SELECT language FROM people WHERE person = :person", person=person)
        return row["language"] if row else None

    def kept(self, person: int) -> Kept:
        """A reader's stored choices."""
        row = self._store.row("SELECT language, told, tables FROM people WHERE person = :person", person=person)
        return Kept(row["language"], tuple((row["told"] or "").split()), bool(row["tables"])) if row else Kept()

    def tell(self, person: int, told: Sequence[str]) -> None:
        """Record that the notice on English passages was given in these languages."""
        self._store.write(
            "INSERT INTO people(person, told) VALUES (:person, :told) ON CONFLICT(person) DO UPDATE SET told = :told",
            person=person,
            told=" ".join(told),
        )

    def choose_language(self, person: int, language: str | None) -> None:
        """Store a choice; None lets the question decide again."""
        self._store.write(
            "INSERT INTO people(person, language) VALUES (:person, :language)"
            " ON CONFLICT(person) DO UPDATE SET language = :language",
            person=person,
            language=language,
        )

    def choose_tables(self, person: int, wanted: bool) -> None:
        """Store whether two sides are shown as a table."""
        self._store.write(
            "INSERT INTO people(person, tables) VALUES (:person, :wanted)"
            " ON CONFLICT(person) DO UPDATE SET tables = :wanted",
            person=person,
            wanted=int(wanted),
        )

    def block(self, person: int, blocked: bool) -> None:
        """Record that a person blocked or unblocked the bot."""
        self._store.write(
            "INSERT INTO people(person, blocked) VALUES (:person, :at) ON CONFLICT(person) DO UPDATE SET blocked = :at",
            person=person,
            at=time.time() if blocked else None,
        )

    def long_blocked(self) -> list[int]:
        """People who blocked the bot long ago."""
        rows = self._store.rows(
            "SELECT person FROM people WHERE blocked < :old", old=time.time() - BLOCKED_DAYS * 86_400
        )
        return [row["person"] for row in rows]

    def turns(self, chat: int, person: int, hours: int, *, thread: int = 0) -> Sequence[Turn]:
        """The last questions of a conversation, oldest first."""
        rows = self._store.rows(
            "SELECT question, answer FROM turns WHERE chat = :chat AND person = :person AND thread = :thread AND at > :old"
            " ORDER BY at DESC LIMIT :most",
            chat=chat,
            thread=thread,
            person=person,
            old=time.time() - hours * 3600,
            most=MAX_FOLLOW_UP_QUESTIONS,
        )
        return [Turn(**row) for row in reversed(rows)]

    def add_turn(self, chat: int, person: int, turn: Turn, *, thread: int = 0) -> None:
        """Store a question for follow-ups."""
        self._store.write(
            "INSERT INTO turns(chat, thread, person, at, question, answer)"
            " VALUES (:chat, :thread, :person, :now, :question, :answer)",
            chat=chat,
            thread=thread,
            person=person,
            now=time.time(),
            question=turn.question,
            answer=turn.answer,
        )

    def drop_turn(self, answer: str) -> None:
        """Remove the question of this answer from the conversation, since it was edited."""
        self._store.write("DELETE FROM turns WHERE answer = :answer", answer=answer)

    def new_conversation(self, chat: int, person: int, *, thread: int = 0) -> None:
        """Start a new conversation."""
        self._store.write(
            "DELETE FROM turns WHERE chat = :chat AND person = :person AND thread = :thread",
            chat=chat,
            person=person,
            thread=thread,
        )

    def count_question(self, person: int) -> int:
        """Count a question; returns how many there were today."""
        with self._store.transaction():
            self._store.write(
                "INSERT INTO usage(person, day, questions) VALUES (:person, :day, 1)"
                " ON CONFLICT(person, day) DO UPDATE SET questions = usage.questions + 1",
                person=person,
                day=today(),
            )
            return self.questions_today(person)

    def questions_today(self, person: int) -> int:
        """How many questions a person asked today."""
        row = self._store.row(
            "SELECT questions FROM usage WHERE person = :person AND day = :day", person=person, day=today()
        )
        return int(row["questions"]) if row else 0

    def forget(self, person: int) -> None:
        """Delete everything stored under this id."""
        with self._store.transaction():
            for table in ("people", "turns", "usage"):
                self._store.write(f"DELETE FROM {table} WHERE person = :person", person=person)

    def sweep(self, hours: int) -> None:
        """Delete expired conversations and counts."""
        with self._store.transaction():
            self._store.write("DELETE FROM turns WHERE at < :old", old=time.time() - hours * 3600)
            self._store.write("DELETE FROM usage WHERE day < :today", today=today())


def today() -> str:
    """The ISO day in UTC."""
    return datetime.now(UTC).date().isoformat()
