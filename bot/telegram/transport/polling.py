"""Long polling: each getUpdates call confirms the updates of the previous one."""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Callable
from typing import Any

from telegram import Bot
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.errors import SetupError, StoreError
from bot.telegram.metrics import Metrics
from bot.telegram.queue.updates import is_update
from bot.telegram.transport.incoming import Incoming
from bot.telegram.transport.retry import seconds_of

MAX_PAUSE_SECONDS = 15.0
LOOK_SECONDS = 0.3  # between checks of the leader lock
log = logging.getLogger("torkham.polling")
# The raw answer is needed: the journal stores it, and one bad update must not spoil the others.
warnings.filterwarnings("ignore", message="Please use 'Bot.getUpdates'")


class Poller:
    """Polls with a bot of its own until cancelled; one request stays open for `seconds`."""

    def __init__(self, bot: Bot, incoming: Incoming, metrics: Metrics, seconds: int) -> None:
        self._bot = bot
        self._incoming = incoming
        self._metrics = metrics
        self._seconds = seconds
        self._offset = 0

    async def begin(self) -> None:
        """Delete a webhook, with which polling would be refused; updates queued at Telegram are kept."""
        await self._bot.delete_webhook(drop_pending_updates=False)

    async def run(self) -> None:
        """Poll forever; SetupError when Telegram rejects the token."""
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
            if not updates:
                continue
            try:
                await self._incoming.take(updates)
            except StoreError as error:  # not confirmed: Telegram sends them again
                log.warning("%s", error)
                await asyncio.sleep(1.0)
                continue
            if not any(map(is_update, updates)):  # it contains nothing that can be confirmed
                await asyncio.sleep(1.0)
            self._offset = max([self._offset, *(raw["update_id"] + 1 for raw in updates if is_update(raw))])

    async def end(self) -> None:
        """No-op: there is nothing to clean up."""

    async def _ask(self) -> list[Any]:
        wanted: dict[str, Any] = {"timeout": self._seconds, "limit": 100, "allowed_updates": self._incoming.kinds}
        if self._offset:
            wanted["offset"] = self._offset
        found = await self._bot.do_api_request("getUpdates", api_kwargs=wanted, read_timeout=self._seconds + 10)
        if not isinstance(found, list):
            raise NetworkError("the answer of the server holds no list of updates")
        return found


class OneOfSeveral(Poller):
    """Polls only while this replica is the leader."""

    def __init__(self, bot: Bot, incoming: Incoming, metrics: Metrics, seconds: int, leads: Callable[[], bool]) -> None:
        super().__init__(bot, incoming, metrics, seconds)
        self._leads = leads

    async def run(self) -> None:
        """Poll whenever this replica leads; SetupError when Telegram rejects the token."""
        while True:
            if self._leads():
                log.info("this replica polls")
                await self._while_leading()
            self._metrics.polled()
            await asyncio.sleep(LOOK_SECONDS)

    async def _while_leading(self) -> None:
        polling = asyncio.create_task(super().run())
        try:
            while self._leads() and not polling.done():
                await asyncio.wait({polling}, timeout=LOOK_SECONDS)
            if polling.done():
                await polling
        finally:
            polling.cancel()
            await asyncio.gather(polling, return_exceptions=True)


def _pause(error: TelegramError, failures: int) -> float:
    if isinstance(error, RetryAfter):
        return seconds_of(error)
    return min(0.3 * float(2 ** min(failures - 1, 10)), MAX_PAUSE_SECONDS)
