"""Long polling: each update is journaled before it is confirmed, and one that cannot be parsed never stops the rest."""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.errors import SetupError
from bot.telegram.journal import Journal
from bot.telegram.limiter import seconds_of
from bot.telegram.metrics import Metrics

KINDS = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
MOST_PAUSE = 15.0
log = logging.getLogger("torkham.polling")
# The raw answer is wanted: it is what the journal keeps, and one bad update in it must not spoil the others.
warnings.filterwarnings("ignore", message="Please use 'Bot.getUpdates'")


class Poller:
    """Asks for updates through one bot, and hands them over bound to another, until it is cancelled."""

    def __init__(
        self,
        asking: Bot,
        answering: Bot,
        journal: Journal,
        deliver: Callable[[Update], None],
        metrics: Metrics,
        seconds: int,
    ) -> None:
        self._asking = asking
        self._answering = answering
        self._journal = journal
        self._deliver = deliver
        self._metrics = metrics
        self._seconds = seconds
        self._offset = 0

    async def run(self) -> None:
        """Poll for ever; SetupError when Telegram does not know the token."""
        failures = 0
        while True:
            try:
                updates = await self._ask()
            except InvalidToken:
                raise SetupError("Telegram does not know this token: take it from BotFather again.") from None
            except TelegramError as error:
                failures += 1
                if isinstance(error, Conflict):
                    log.warning("another process polls with this token, or a webhook is set: stop it")
                else:
                    log.warning("a poll failed (%s)", type(error).__name__)
                await asyncio.sleep(_pause(error, failures))
                continue
            failures = 0
            self._metrics.polled()
            self.take(updates)

    async def _ask(self) -> list[Mapping[str, Any]]:
        wanted: dict[str, Any] = {"timeout": self._seconds, "limit": 100, "allowed_updates": list(KINDS)}
        if self._offset:
            wanted["offset"] = self._offset
        found: list[Mapping[str, Any]] = await self._asking.do_api_request(
            "getUpdates", api_kwargs=wanted, read_timeout=self._seconds + 10
        )
        return found

    def take(self, updates: list[Mapping[str, Any]]) -> None:
        """Journal the updates and hand over those that are new and can be read."""
        for raw in self._journal.take(updates):
            update = parse(raw, self._answering)
            if update is None:
                self._metrics.unreadable.inc()
                self._journal.aside(raw["update_id"], "cannot be read")
                log.warning("update %s cannot be read and is set aside", raw["update_id"])
            else:
                self._deliver(update)
        self._offset = max([self._offset, *(raw["update_id"] + 1 for raw in updates)])


def parse(raw: Mapping[str, Any], bot: Bot) -> Update | None:
    """The update, or None when python-telegram-bot cannot read it."""
    try:
        return Update.de_json(dict(raw), bot)
    except Exception:  # it fails in many ways on what it does not know; one bad update must not stop the rest
        return None


def _pause(error: TelegramError, failures: int) -> float:
    if isinstance(error, RetryAfter):
        return seconds_of(error)
    return min(0.3 * float(2 ** min(failures - 1, 10)), MOST_PAUSE)
