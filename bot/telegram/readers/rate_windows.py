"""Sliding windows of the last minute: in memory for one process, in the store for replicas."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Protocol

from bot.store.sqlite import Store
from bot.telegram.readers.readers import today

WINDOW_SECONDS = 60.0


class Windows(Protocol):
    """Sliding windows of a minute by kind and number; refusals shown; and the count of today's forgotten questions."""

    def together(self) -> AbstractContextManager[None]:
        """Context in which counting and adding are atomic."""
        ...

    def count(self, kind: str, identifier: int) -> int:
        """The count within the last minute."""
        ...

    def add(self, kind: str, identifier: int) -> None:
        """Count one more, now."""
        ...

    def once(self, kind: str, identifier: int) -> bool:
        """Whether this was not shown within the last minute; from now on it was."""
        ...

    def forgotten(self, person: int) -> int:
        """How many of a person's questions today were deleted on request."""
        ...

    def forget(self, person: int, questions: int) -> None:
        """Record that the store deletes that many of today's questions."""
        ...

    def sweep(self) -> None:
        """Delete expired entries."""
        ...


class MemoryWindows:
    """The windows of a single process, in memory."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._windows: dict[tuple[str, int], deque[float]] = {}
        self._told: dict[tuple[str, int], float] = {}
        self._day = datetime.now(UTC).date()
        self._forgotten: dict[int, int] = {}

    def together(self) -> AbstractContextManager[None]:
        """A no-op: there is no other process."""
        return nullcontext()

    def count(self, kind: str, identifier: int) -> int:
        """The count within the last minute."""
        return len(self._fresh(self._window(kind, identifier)))

    def add(self, kind: str, identifier: int) -> None:
        """Count one more, now."""
        self._window(kind, identifier).append(self._clock())

    def once(self, kind: str, identifier: int) -> bool:
        """Whether this was not shown within the last minute; from now on it was."""
        now = self._clock()
        if now - self._told.get((kind, identifier), -WINDOW_SECONDS) < WINDOW_SECONDS:
            return False
        self._told[kind, identifier] = now
        return True

    def forgotten(self, person: int) -> int:
        """How many of a person's questions today were deleted on request."""
        return self._forgotten.get(person, 0)

    def forget(self, person: int, questions: int) -> None:
        """Record that the store deletes that many of today's questions."""
        self._forgotten[person] = self._forgotten.get(person, 0) + questions

    def sweep(self) -> None:
        """Delete expired entries."""
        today = datetime.now(UTC).date()
        if today != self._day:
            self._day, self._forgotten = today, {}
        for key in [key for key, window in self._windows.items() if not self._fresh(window)]:
            del self._windows[key]
        self._told = {key: at for key, at in self._told.items() if self._clock() - at < WINDOW_SECONDS}

    def _window(self, kind: str, identifier: int) -> deque[float]:
        return self._windows.setdefault((kind, identifier), deque())

    def _fresh(self, window: deque[float]) -> deque[float]:
        while window and self._clock() - window[0] >= WINDOW_SECONDS:
            window.popleft()
        return window


class StoredWindows:
    """The windows of replicas: under keyed hashes, by each replica's clock; clocks have to agree within a second or
    so.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    def together(self) -> AbstractContextManager[None]:
        """Rows read inside are locked against other replicas."""
        return self._store.transaction()

    def count(self, kind: str, identifier: int) -> int:
        """The count within the last minute."""
        return len(self._times(kind, identifier))

    def add(self, kind: str, identifier: int) -> None:
        """Count one more, now."""
        with self._store.transaction():
            self._store.write(
                "UPDATE windows SET times = :times WHERE kind = :kind AND who = :who",
                times=json.dumps([*self._times(kind, identifier), self._clock()]),
                kind=kind,
                who=self._store.keyed_hash(identifier),
            )

    def once(self, kind: str, identifier: int) -> bool:
        """Whether this was not shown within the last minute; from now on it was, by exactly one replica."""
        now = self._clock()
        return bool(
            self._store.write(
                "INSERT INTO windows(kind, who, times, at) VALUES (:kind, :who, '[]', :now)"
                " ON CONFLICT(kind, who) DO UPDATE SET at = :now WHERE windows.at <= :old",
                kind=f"said {kind}",
                who=self._store.keyed_hash(identifier),
                now=now,
                old=now - WINDOW_SECONDS,
            )
        )

    def forgotten(self, person: int) -> int:
        """How many of a person's questions today were deleted on request."""
        row = self._store.row(
            "SELECT questions FROM forgotten WHERE who = :who AND day = :day",
            who=self._store.keyed_hash(person),
            day=today(),
        )
        return int(row["questions"]) if row else 0

    def forget(self, person: int, questions: int) -> None:
        """Record that the store deletes that many of today's questions."""
        self._store.write(
            "INSERT INTO forgotten(who, day, questions) VALUES (:who, :day, :questions)"
            " ON CONFLICT(who, day) DO UPDATE SET questions = forgotten.questions + :questions",
            who=self._store.keyed_hash(person),
            day=today(),
            questions=questions,
        )

    def sweep(self) -> None:
        """Delete expired entries."""
        with self._store.transaction():
            self._store.write("DELETE FROM windows WHERE at <= :old", old=self._clock() - WINDOW_SECONDS)
            self._store.write("DELETE FROM forgotten WHERE day < :today", today=today())

    def _times(self, kind: str, identifier: int) -> list[float]:
        """The times of a window, whose row is created or locked: the result holds until the transaction ends."""
        now = self._clock()
        row = self._store.row(
            "INSERT INTO windows(kind, who, times, at) VALUES (:kind, :who, '[]', :now)"
            " ON CONFLICT(kind, who) DO UPDATE SET at = :now RETURNING times",
            kind=kind,
            who=self._store.keyed_hash(identifier),
            now=now,
        )
        assert row is not None
        return [at for at in json.loads(row["times"]) if at > now - WINDOW_SECONDS]
