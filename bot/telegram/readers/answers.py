"""Stored answers for buttons and links; they contain their quotes, so no index is needed to show them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.answering.answer import Answer
from bot.answering.stored import dump, load
from bot.store.sqlite import Store

_ALPHABET = "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored answer; `person` is the keyed hash of the reader who asked, `language` that of the interface."""

    id: str
    chat: int
    person: str
    question_message: int | None
    message: int | None
    language: str
    answer: Answer


class KeptAnswers:
    """Stored answers by id, by their message and by the message of their question."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def save(self, answer: Answer, *, chat: int, person: int, question_message: int | None, language: str) -> Kept:
        """Store an answer under a new id."""
        kept = Kept(
            "".join(secrets.choice(_ALPHABET) for _ in range(10)),
            chat,
            self._store.keyed_hash(person),
            question_message,
            None,
            language,
            answer,
        )
        self._store.write(
            "INSERT INTO answers(id, chat, person, question_message, message, at, language, body)"
            " VALUES (:id, :chat, :person, :question, NULL, :now, :language, :body)",
            id=kept.id,
            chat=chat,
            person=kept.person,
            question=question_message,
            now=time.time(),
            language=language,
            body=dump(answer),
        )
        return kept

    def extend(self, identifier: str, answer: Answer) -> None:
        """Replace an answer that now has more claims."""
        self._store.write(
            "UPDATE answers SET body = :body WHERE id = :id",
            id=identifier,
            body=dump(answer),
        )

    def sent(self, identifier: str, message: int) -> None:
        """Record the message of the answer."""
        self._store.write("UPDATE answers SET message = :message WHERE id = :id", id=identifier, message=message)

    def get(self, identifier: str) -> Kept | None:
        """The answer with that id, while it is stored."""
        return self._one("id = :id", id=identifier)

    def of_message(self, chat: int, message: int) -> Kept | None:
        """The answer in this message."""
        return self._one("chat = :chat AND message = :message", chat=chat, message=message)

    def of_question(self, chat: int, message: int) -> Kept | None:
        """The last answer to this message."""
        return self._one("chat = :chat AND question_message = :message", chat=chat, message=message)

    def of_person(self, person: int, chat: int) -> list[tuple[float, Kept]]:
        """The answers given to a person in a chat, with times, oldest first."""
        rows = self._store.rows(
            "SELECT * FROM answers WHERE person = :person AND chat = :chat ORDER BY at",
            person=self._store.keyed_hash(person),
            chat=chat,
        )
        return [(row["at"], _kept(row)) for row in rows]

    def forget(self, person: int) -> None:
        """Delete all answers to a person."""
        self._store.write("DELETE FROM answers WHERE person = :person", person=self._store.keyed_hash(person))

    def sweep(self, days: int) -> None:
        """Delete older answers."""
        self._store.write("DELETE FROM answers WHERE at < :old", old=time.time() - days * 86_400)

    def _one(self, condition: str, **values: Any) -> Kept | None:
        row = self._store.row(f"SELECT * FROM answers WHERE {condition} ORDER BY at DESC LIMIT 1", **values)
        return _kept(row) if row else None


def _kept(row: Mapping[str, Any]) -> Kept:
    return Kept(
        row["id"],
        row["chat"],
        row["person"],
        row["question_message"],
        row["message"],
        row["language"],
        load(row["body"]),
    )
