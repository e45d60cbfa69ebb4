"""The journal: every update is in it before Telegram is told to forget it, and leaves nothing of its text once done."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.store import Store

TRIES = 2  # of an update that ends the process, then it is set aside
KEPT_DAYS = 3  # Telegram repeats an update for a day at most, and draws new numbers after a week of silence
DOUBT = "may have been sent twice"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of an update: state is new, working, sending, done or aside; `part` messages have gone out."""

    update_id: int
    body: str | None
    state: str
    attempts: int
    part: int
    answer: str | None


class Journal:
    """Updates from their arrival to their answer; what is being worked on is known without asking the store again."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._begun: dict[int, Entry] = {}

    def take(self, updates: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Write down what is new, in one transaction; returns only that."""
        fresh = []
        with self._store.transaction():
            for update in updates:
                chat, person = _who(update)
                new = self._store.write(
                    "INSERT INTO journal(update_id, body, chat, person, lane, state, attempts, part, received)"
                    " VALUES (:id, :body, :chat, :person, :lane, 'new', 0, 0, :now) ON CONFLICT DO NOTHING",
                    id=update["update_id"],
                    body=json.dumps(update),  # in ASCII: nothing in it is refused by a database
                    chat=chat,
                    person=person,
                    lane=lane_of(update),
                    now=time.time(),
                )
                if new:
                    fresh.append(update)
        return fresh

    def unfinished(self) -> list[Entry]:
        """What was never answered, oldest first."""
        rows = self._store.rows(
            "SELECT update_id, body, state, attempts, part, answer FROM journal"
            " WHERE state IN ('new', 'working', 'sending') ORDER BY update_id"
        )
        return [Entry(**row) for row in rows]

    def entry(self, update_id: int) -> Entry:
        """What is known of an update; of one that is being worked on without its text."""
        if update_id in self._begun:
            return self._begun[update_id]
        row = self._store.row(
            "SELECT update_id, body, state, attempts, part, answer FROM journal WHERE update_id = :id", id=update_id
        )
        return Entry(**row) if row else Entry(update_id, None, "new", 0, 0, None)

    def begin(self, update_id: int) -> None:
        """Work on an update begins; one that already was being sent stays so."""
        row = self._store.row(
            "UPDATE journal SET attempts = attempts + 1, state = CASE state WHEN 'new' THEN 'working' ELSE state END"
            " WHERE update_id = :id RETURNING state, attempts, part, answer",
            id=update_id,
        )
        if row:
            self._begun[update_id] = Entry(update_id, None, **row)

    def again(self, update_ids: Sequence[int], after: float = 0.0) -> None:
        """These were left by an orderly stop, or wait for the line: their attempts do not count.

        `after` so many seconds they may be begun anew; whoever calls it for one process keeps that time himself.
        """
        for identifier in update_ids:
            self._begun.pop(identifier, None)
        self._store.write_many(
            "UPDATE journal SET attempts = attempts - 1 WHERE update_id = :id AND attempts > 0",
            [{"id": identifier} for identifier in update_ids],
        )

    def sending(self, update_id: int, answer: str | None, part: int) -> None:
        """The next message goes out now; if nothing is heard of it, it may have arrived."""
        self._store.write(
            "UPDATE journal SET state = 'sending', answer = COALESCE(:answer, answer), part = :part"
            " WHERE update_id = :id",
            id=update_id,
            answer=answer,
            part=part,
        )
        self._note(update_id, state="sending", part=part, answer=answer)

    def sent(self, update_id: int, answer: str | None, part: int) -> None:
        """So many messages have gone out."""
        self.sending(update_id, answer, part)

    def answered(self, update_id: int, answer: str) -> None:
        """The answer is stored, and nothing of it has been handed to Telegram yet."""
        self._store.write("UPDATE journal SET answer = :answer WHERE update_id = :id", id=update_id, answer=answer)
        self._note(update_id, answer=answer)

    def _note(self, update_id: int, **changed: Any) -> None:
        if update_id in self._begun:
            known = {name: value for name, value in changed.items() if value is not None}
            self._begun[update_id] = replace(self._begun[update_id], **known)

    def doubt(self, update_id: int) -> None:
        """The connection broke after a message was handed over, and it is sent again."""
        self._store.write("UPDATE journal SET note = :note WHERE update_id = :id", id=update_id, note=DOUBT)

    def done(self, update_id: int) -> None:
        """Answered; the text goes."""
        self._close(update_id, "done", None)

    def aside(self, update_id: int, note: str) -> None:
        """Never to be tried again; the note says why, the text goes."""
        self._close(update_id, "aside", note)

    def _close(self, update_id: int, state: str, note: str | None) -> None:
        self._begun.pop(update_id, None)
        self._store.write(
            "UPDATE journal SET state = :state, note = COALESCE(:note, note), body = NULL, person = NULL"
            " WHERE update_id = :id",
            id=update_id,
            state=state,
            note=note,
        )

    def forget(self, person: int) -> None:
        """The texts of a person that wait for an answer are dropped."""
        self._store.write(
            "UPDATE journal SET body = NULL, person = NULL, state = 'aside', note = 'forgotten'"
            " WHERE person = :person AND state IN ('new', 'working', 'sending')",
            person=person,
        )

    def sweep(self) -> None:
        """Drop what is long done."""
        self._store.write(
            "DELETE FROM journal WHERE state IN ('done', 'aside') AND received < :old",
            old=time.time() - KEPT_DAYS * 86_400,
        )

    def count(self) -> dict[str, int]:
        """How many updates are in each state."""
        rows = self._store.rows("SELECT state, COUNT(*) AS number FROM journal GROUP BY state")
        return {row["state"]: row["number"] for row in rows}


def lane_of(update: Mapping[str, Any]) -> str:
    """What an update has to wait in line with: a chat's messages, a person's buttons; an inline query with nothing."""
    if "inline_query" in update:
        return f"inline:{update['update_id']}"
    chat, person = _who(update)
    if "callback_query" in update:
        return f"touch:{person or 0}"
    return f"chat:{chat or 0}"


def _who(update: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """The chat and the person of a raw update, where it has them."""
    for kind, value in update.items():
        if kind != "update_id" and isinstance(value, Mapping):
            message = value.get("message") if kind == "callback_query" else value
            return _id(message, "chat"), _id(value, "from")
    return None, None


def _id(holder: object, name: str) -> int | None:
    held = holder.get(name) if isinstance(holder, Mapping) else None
    number = held.get("id") if isinstance(held, Mapping) else None
    return number if type(number) is int and abs(number) < 2**63 else None
