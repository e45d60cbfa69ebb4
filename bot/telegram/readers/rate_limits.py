"""Access and rate limits, applied by the door."""

from __future__ import annotations

from enum import Enum

from bot.settings import Settings
from bot.telegram.readers.rate_windows import Windows
from bot.telegram.readers.readers import People


class Verdict(Enum):
    """The decision on a request; `SILENT` if the refusal was shown already."""

    FREE = "free"
    MINUTE = "limit_minute"
    DAY = "limit_day"
    GROUP = "limit_group"
    BUSY = "busy"
    CLOSED = "closed"
    SILENT = "silent"


class Limits:
    """Sliding windows of a minute, and a daily limit; a limit of 0 allows nothing."""

    def __init__(self, settings: Settings, people: People, windows: Windows) -> None:
        self._settings = settings
        self._people = people
        self._windows = windows

    def is_admin(self, person: int) -> bool:
        """Whether a person is an admin."""
        return person in self._settings.telegram_admins

    def may_use(self, person: int, chat: int, *, group: bool) -> bool:
        """Whether a person may use the bot there."""
        settings = self._settings
        if person in settings.telegram_blocked:
            return False
        if self.is_admin(person) or settings.telegram_access == "public":
            return True
        if settings.telegram_access == "closed":
            return False
        return person in settings.telegram_users or (group and chat in settings.telegram_groups)

    def ask(self, person: int, chat: int, *, group: bool, waiting: int) -> Verdict:
        """Count a question, or return the limit that refuses it; a refusal is shown once a minute."""
        if waiting > self._settings.telegram_waiting:
            return Verdict.BUSY
        with self._windows.together():
            return self._count(person, chat, group=group)

    def act(self, person: int, chat: int, *, group: bool, loud: bool = False) -> Verdict:
        """Count a command or a button, or return the limit that refuses it; `loud`: shown every time, else once a
        minute.
        """
        settings = self._settings
        with self._windows.together():
            if self._windows.count("act", person) >= settings.telegram_actions_per_minute:
                return Verdict.MINUTE if loud else self.refuse(Verdict.MINUTE, person)
            if group and self._windows.count("group", chat) >= settings.telegram_group_per_minute:
                return Verdict.GROUP if loud else self.refuse(Verdict.GROUP, chat)
            self._windows.add("act", person)
            if group:
                self._windows.add("group", chat)
        return Verdict.FREE

    def search(self, person: int) -> bool:
        """Count an inline query; False if over the limit."""
        with self._windows.together():
            if self._windows.count("inline", person) >= self._settings.telegram_actions_per_minute:
                return False
            self._windows.add("inline", person)
        return True

    def _count(self, person: int, chat: int, *, group: bool) -> Verdict:
        settings = self._settings
        if self._windows.count("user", person) >= settings.telegram_per_minute:
            return self.refuse(Verdict.MINUTE, person)
        if group and self._windows.count("group", chat) >= settings.telegram_group_per_minute:
            return self.refuse(Verdict.GROUP, chat)
        if self._people.count_question(person) + self._windows.forgotten(person) > settings.telegram_per_day:
            return self.refuse(Verdict.DAY, person)
        self._windows.add("user", person)
        if group:
            self._windows.add("group", chat)
        return Verdict.FREE

    def forget(self, person: int) -> None:
        """The store forgets a person; today's count is kept elsewhere, otherwise /forget would reset the limit."""
        self._windows.forget(person, self._people.questions_today(person))

    def sweep(self) -> None:
        """Delete expired entries."""
        self._windows.sweep()

    def once(self, kind: str, identifier: int) -> bool:
        """Whether this was not shown within the last minute."""
        return self._windows.once(kind, identifier)

    def refuse(self, verdict: Verdict, identifier: int) -> Verdict:
        """The refusal, or `SILENT` if it was shown within the last minute."""
        return verdict if self.once(verdict.value, identifier) else Verdict.SILENT
