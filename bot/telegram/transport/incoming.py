"""Receives updates: each is in the journal, and on disk, before it is confirmed to Telegram."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from telegram import Bot, Update

from bot.telegram.metrics import Metrics
from bot.telegram.offers import STOPPED
from bot.telegram.queue.journal import Journal
from bot.telegram.queue.store_calls import Durable, StoreCalls
from bot.telegram.queue.updates import is_update, parse

KINDS = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
log = logging.getLogger("torkham.incoming")


class Incoming:
    """Takes raw updates and passes on those that are new and valid, bound to the answering bot.

    `stops`: readers may stop a draft while it is composed.
    """

    def __init__(
        self,
        bot: Bot,
        journal: Journal,
        durable: Durable,
        deliver: Callable[[Update], None],
        metrics: Metrics,
        stored: StoreCalls,
        *,
        stops: bool = False,
    ) -> None:
        self._bot = bot
        self._journal = journal
        self._durable = durable
        self._deliver = deliver
        self._metrics = metrics
        self._stored = stored
        self._stops = stops

    @property
    def kinds(self) -> list[str]:
        """The update types to subscribe to; guest mentions only if supported (Bot API 10.0, enabled at BotFather)."""
        guests = ["guest_message"] if self._bot.bot.supports_guest_queries else []
        return [*KINDS, *guests, *([STOPPED] if self._stops else [])]

    async def take(self, updates: Sequence[Any]) -> None:
        """Return when they may be confirmed; an invalid one is set aside and never stops the rest."""
        numbered = [raw for raw in updates if is_update(raw)]
        if len(numbered) < len(updates):
            self._metrics.unreadable.inc(len(updates) - len(numbered))
            log.warning("%s updates have no number and are dropped", len(updates) - len(numbered))
        for raw in await self._stored(lambda: self._journal.take(numbered)):
            update = parse(raw, self._bot)
            if update is None:
                self._metrics.unreadable.inc()
                await self._stored(partial(self._journal.aside, raw["update_id"], "cannot be read"))
                log.warning("update %s cannot be read and is set aside", raw["update_id"])
            else:
                self._deliver(update)
        await self._durable()
