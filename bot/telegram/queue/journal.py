"""The journal: an update is stored before Telegram may forget it, is claimed by one process, and keeps no text once
done.

The store enforces the rules, the same for one process and for replicas: an update id is accepted once (primary key), a
lane
has one update in work (unique index), and only the holder of an update writes to it.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.errors import LeaseLost, StoreAway, StoreError
from bot.store.postgres import state_of
from bot.store.sqlite import Store
from bot.telegram.queue import backends
from bot.telegram.queue.backends import backend_of
from bot.telegram.queue.updates import lane_of, sender

MAX_ATTEMPTS = 2  # attempts at an update that crashes the process before it is set aside
KEPT_DAYS = 3  # Telegram repeats an update for a day at most, and restarts its ids after a week of silence
DOUBT = "may have been sent twice"
NEWS = "torkham_journal"  # the channel on which a busy replica notifies the others of work
_OPEN = "state IN ('new', 'working', 'sending')"
_MINE = " WHERE update_id = :id AND owner = :me"
_COLUMNS = "update_id, body, state, attempts, part, answer"
log = logging.getLogger("torkham.journal")


@dataclass(frozen=True, slots=True)
class Entry:
    """A journal entry: state is new, working, sending, done or aside; `part` counts the messages sent."""

    update_id: int
    body: str | None
    state: str
    attempts: int
    part: int
    answer: str | None

    @property
    def hopeless(self) -> bool:
        """Whether it has crashed the process too often; the current attempt is already counted."""
        return self.attempts > MAX_ATTEMPTS and self.state == "working" and self.answer is None


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many updates are queued or in work, and the age of the oldest queued one in seconds."""

    waiting: int = 0
    oldest: float = 0.0


class Journal:
    """One process's view of the journal; `me` identifies the process. Thread-safe."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sql = backend_of(store.shared)
        self.me = uuid.uuid4().hex
        self._held: dict[int, Entry] = {}
        self._owed: list[tuple[str, dict[str, Any]]] = []
        self.failures = 0  # final states whose write failed
        self._lock = threading.Lock()
        self._claiming = f"""
            UPDATE journal SET owner = :me, until = {self._sql.now} + :lease, attempts = attempts + 1,
                state = CASE state WHEN 'new' THEN 'working' ELSE state END
            WHERE update_id IN (
                SELECT update_id FROM journal AS j
                WHERE {_OPEN} AND (until IS NULL OR until < {self._sql.now}) AND (attempts > 0) = :tried
                AND CASE WHEN owner IS NULL THEN NOT EXISTS (
                    SELECT 1 FROM journal AS e WHERE e.lane = j.lane AND e.{_OPEN} AND e.update_id <> j.update_id
                    AND (e.owner IS NOT NULL OR e.update_id < j.update_id)
                ) ELSE {self._sql.abandoned} END
                ORDER BY update_id LIMIT :most {self._sql.lock}
            )
            RETURNING {_COLUMNS}
        """

    @property
    def shared(self) -> bool:
        """Whether other processes claim from it as well."""
        return self._sql.shared

    @property
    def owed(self) -> int:
        """The number of final states not yet written."""
        return len(self._owed)

    def open(self) -> None:
        """Release every update; only for a single process, at startup."""
        if not self._sql.shared:
            self._store.write(
                "UPDATE journal SET owner = NULL, until = NULL WHERE owner IS NOT NULL OR until IS NOT NULL"
            )

    def take(self, updates: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Store new updates in one transaction; returns only those that are new."""
        fresh = []
        with self._store.transaction():
            for update in sorted(updates, key=lambda update: int(update["update_id"])):
                chat, person = sender(update)
                new = self._store.write(
                    "INSERT INTO journal(update_id, body, chat, person, lane, state, attempts, part, received)"
                    " VALUES (:id, :body, :chat, :person, :lane, 'new', 0, 0, :now) ON CONFLICT DO NOTHING",
                    id=update["update_id"],
                    body=json.dumps(update),  # ASCII JSON: no database rejects anything in it
                    chat=chat,
                    person=person,
                    lane=lane_of(update),
                    now=time.time(),
                )
                if new:
                    fresh.append(update)
        if fresh and self._held and self._sql.shared:
            self._store.rows("SELECT pg_notify(:channel, '')", channel=NEWS)
        return fresh

    def claim(self, most: int, *, tried: bool = False) -> list[Entry]:
        """Claim up to `most` updates, each the oldest of its lane; `tried`: only those with an unfinished attempt."""
        try:
            rows = self._store.rows(
                self._claiming,
                me=self.me,
                lease=backends.LEASE_SECONDS,
                most=most,
                tried=tried,
                mercy=backends.MERCY_SECONDS,
            )
        except StoreError as error:
            if state_of(error) == "23505":  # another replica was faster in one of these lanes
                return []
            raise
        entries = sorted((Entry(**row) for row in rows), key=lambda entry: entry.update_id)
        with self._lock:
            self._held |= {entry.update_id: entry for entry in entries}
        return entries

    def left(self) -> int:
        """The number of abandoned updates: started, not finished, and no longer held."""
        row = self._store.row(
            f"SELECT COUNT(*) AS number FROM journal WHERE {_OPEN} AND attempts > 0"
            f" AND (until IS NULL OR until < {self._sql.now}) AND (owner IS NULL OR {self._sql.abandoned})",
            mercy=backends.MERCY_SECONDS,
        )
        return int(row["number"]) if row else 0

    def backlog(self) -> Backlog:
        """The updates queued or in work, over all processes."""
        row = self._store.row(f"SELECT COUNT(*) AS number, MIN(received) AS since FROM journal WHERE {_OPEN}")
        if not row or not row["number"]:
            return Backlog()
        return Backlog(int(row["number"]), max(0.0, time.time() - row["since"]))

    def renew(self) -> None:
        """Retry failed writes and renew the leases; StoreError while that is impossible."""
        with self._lock:
            owed, held = list(self._owed), list(self._held)
        for one in owed:
            try:
                self._store.write(one[0], **one[1])
            except StoreAway:
                raise
            except StoreError as error:
                if not self._sql.shared:  # a full disk or a locked file may be temporary
                    raise
                log.error("%s", error)
            with self._lock:
                self._owed.remove(one)
        held += [values["id"] for _, values in owed]
        if held and self._sql.shared:
            self._store.write(
                f"UPDATE journal SET until = {self._sql.now} + :lease WHERE owner = :me AND update_id = ANY(:held)",
                lease=backends.LEASE_SECONDS,
                me=self.me,
                held=held,
            )

    def entry(self, update_id: int) -> Entry:
        """The entry of an update held here; for any other, a new one."""
        with self._lock:
            return self._held.get(update_id) or Entry(update_id, None, "new", 0, 0, None)

    def again(self, update_ids: Sequence[int], after: float = 0.0) -> None:
        """Requeue without counting the attempt; `after` is a delay in seconds."""
        for identifier in update_ids:
            self._settle(
                f"UPDATE journal SET attempts = attempts - 1, owner = NULL, until = {self._sql.now} + :after {_MINE}",
                identifier,
                after=after,
            )

    def sending(self, update_id: int, answer: str | None, part: int) -> None:
        """The next message is about to be sent; LeaseLost if another replica has taken over, and nothing may be sent."""
        self._mine(
            "UPDATE journal SET state = 'sending', answer = COALESCE(:answer, answer), part = :part" + _MINE,
            update_id,
            answer=answer,
            part=part,
        )
        self._note(update_id, state="sending", part=part, answer=answer)

    def sent(self, update_id: int, answer: str | None, part: int) -> None:
        """`part` messages have been sent; a failed write is retried later."""
        self._note(update_id, state="sending", part=part, answer=answer)
        self._or_later("UPDATE journal SET part = :part" + _MINE, update_id, part=part)

    def answered(self, update_id: int, answer: str) -> None:
        """Store the answer; LeaseLost, without storing it, if another replica has taken over."""
        self._mine("UPDATE journal SET answer = :answer" + _MINE, update_id, answer=answer)
        self._note(update_id, answer=answer)

    def doubt(self, update_id: int) -> None:
        """The connection broke after a message was handed over; it is sent again."""
        self._or_later("UPDATE journal SET note = :note" + _MINE, update_id, note=DOUBT)

    def done(self, update_id: int) -> None:
        """Done; the text is deleted."""
        self._close(update_id, "done", None)

    def aside(self, update_id: int, note: str) -> None:
        """Set aside for good, with the reason; the text is deleted."""
        self._close(update_id, "aside", note)

    def let_go(self, update_id: int) -> None:
        """Its failure could not be reported: it is retried once, alone, when its lease expires."""
        with self._lock:
            self._held.pop(update_id, None)
        if not self._sql.shared:
            self._or_later("UPDATE journal SET owner = NULL" + _MINE, update_id)

    def forget(self, person: int) -> None:
        """Delete the person's queued updates. One being processed may finish; if its replica dies it is not retried."""
        self._store.write(
            "UPDATE journal SET body = NULL, person = NULL, state = CASE WHEN owner IS NULL THEN 'aside' ELSE state END,"
            f" note = 'forgotten' WHERE person = :person AND {_OPEN}",
            person=person,
        )

    def sweep(self) -> None:
        """Delete entries done long ago."""
        self._store.write(
            "DELETE FROM journal WHERE state IN ('done', 'aside') AND received < :old",
            old=time.time() - KEPT_DAYS * 86_400,
        )

    def count(self) -> dict[str, int]:
        """The number of updates in each state."""
        rows = self._store.rows("SELECT state, COUNT(*) AS number FROM journal GROUP BY state")
        return {row["state"]: row["number"] for row in rows}

    def _note(self, update_id: int, **changed: Any) -> None:
        known = {name: value for name, value in changed.items() if value is not None}
        with self._lock:
            if update_id in self._held:
                self._held[update_id] = replace(self._held[update_id], **known)

    def _close(self, update_id: int, state: str, note: str | None) -> None:
        whose = "owner = :me" if update_id in self._held else "owner IS NULL"  # or not started by anyone
        self._settle(
            "UPDATE journal SET state = :state, note = COALESCE(:note, note), body = NULL, person = NULL, owner = NULL,"
            f" until = NULL WHERE update_id = :id AND {whose} AND {_OPEN}",  # the first final state counts
            update_id,
            state=state,
            note=note,
        )

    def _mine(self, statement: str, identifier: int, **values: Any) -> None:
        if not self._store.write(statement, id=identifier, me=self.me, **values):
            raise LeaseLost(f"Another replica works on update {identifier} by now.")

    def _settle(self, statement: str, identifier: int, **values: Any) -> None:
        """Write a final state; the update is held until that succeeds."""
        self._or_later(statement, identifier, **values)
        with self._lock:
            self._held.pop(identifier, None)

    def _or_later(self, statement: str, identifier: int, **values: Any) -> None:
        """Write now, or with `renew`; a write behind a pending one has to wait for it."""
        given = {"id": identifier, **values} | ({"me": self.me} if ":me" in statement else {})
        with self._lock:
            behind = any(known["id"] == identifier for _, known in self._owed)
            if behind:
                self._owed.append((statement, given))
        if behind:
            return
        try:
            self._store.write(statement, **given)
        except StoreError as error:
            if self._sql.shared and not isinstance(error, StoreAway):
                raise
            log.warning("%s", error)
            with self._lock:
                self.failures += 1
                self._owed.append((statement, given))
