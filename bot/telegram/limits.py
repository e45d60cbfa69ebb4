"""Who may ask, and how often."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum

from bot.settings import Settings
from bot.telegram.people import People

MINUTE = 60.0


class Verdict(Enum):
    """What becomes of a question; `SILENT` where the refusal has been said already."""

    FREE = "free"
    MINUTE = "limit_minute"
    DAY = "limit_day"
    GROUP = "limit_group"
    BUSY = "busy"
    CLOSED = "closed"
    SILENT = "silent"


class Limits:
    """Sliding windows of a minute in memory, the day in the store; a limit of 0 allows nothing."""

    def __init__(self, settings: Settings, people: People, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._people = people
        self._clock = clock
        self._windows: dict[tuple[str, int], deque[float]] = {}
        self._told: dict[tuple[str, int], float] = {}
        self._day = datetime.now(UTC).date()
        self._forgotten: dict[int, int] = {}

    def is_admin(self, person: int) -> bool:
        """Whether a person is an admin."""
        return person in self._settings.telegram_admins

    def may_use(self, person: int, chat: int, *, group: bool) -> bool:
        """Whether a person may use the bot there at all."""
        settings = self._settings
        if self.is_admin(person) or settings.telegram_access == "public":
            return True
        if settings.telegram_access == "closed":
            return False
        return person in settings.telegram_users or (group and chat in settings.telegram_groups)

    def ask(self, person: int, chat: int, *, group: bool, waiting: int) -> Verdict:
        """Count a question, or say which limit refuses it; each refusal is said once a minute."""
        settings = self._settings
        if not self.may_use(person, chat, group=group):
            return self._refuse(Verdict.CLOSED, person)
        if waiting > settings.telegram_waiting:
            return Verdict.BUSY
        if not self._room("user", person, settings.telegram_per_minute):
            return self._refuse(Verdict.MINUTE, person)
        if group and not self._room("group", chat, settings.telegram_group_per_minute):
            return self._refuse(Verdict.GROUP, chat)
        if self._people.count_question(person) + self._forgotten.get(person, 0) > settings.telegram_per_day:
            return self._refuse(Verdict.DAY, person)
        self._window("user", person).append(self._clock())
        if group:
            self._window("group", chat).append(self._clock())
        return Verdict.FREE

    def forget(self, person: int) -> None:
        """The store forgets a person; for today the count goes on in memory, or forgetting were a way around it."""
        self._forgotten[person] = self._forgotten.get(person, 0) + self._people.questions_today(person)

    def sweep(self) -> None:
        """Drop what is over."""
        today = datetime.now(UTC).date()
        if today != self._day:
            self._day, self._forgotten = today, {}
        for key in [key for key, window in self._windows.items() if not self._fresh(window)]:
            del self._windows[key]
        self._told = {key: at for key, at in self._told.items() if self._clock() - at < MINUTE}

    def once(self, kind: str, identifier: int) -> bool:
        """Whether this was not said within the last minute."""
        now = self._clock()
        if now - self._told.get((kind, identifier), -MINUTE) < MINUTE:
            return False
        self._told[kind, identifier] = now
        return True

    def _refuse(self, verdict: Verdict, identifier: int) -> Verdict:
        return verdict if self.once(verdict.value, identifier) else Verdict.SILENT

    def _window(self, kind: str, identifier: int) -> deque[float]:
        return self._windows.setdefault((kind, identifier), deque())

    def _room(self, kind: str, identifier: int, most: int) -> bool:
        return len(self._fresh(self._window(kind, identifier))) < most

    def _fresh(self, window: deque[float]) -> deque[float]:
        while window and self._clock() - window[0] >= MINUTE:
            window.popleft()
        return window
