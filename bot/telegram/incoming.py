"""Updates on their way in: each is in the journal, and on the disk, before it is confirmed to Telegram."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from telegram import Bot, Update

from bot.telegram.durable import Durable
from bot.telegram.journal import Journal
from bot.telegram.metrics import Metrics

KINDS = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
log = logging.getLogger("torkham.incoming")


class Incoming:
    """Takes raw updates and hands over those that are new and can be read, bound to the bot that answers."""

    def __init__(
        self, bot: Bot, journal: Journal, durable: Durable, deliver: Callable[[Update], None], metrics: Metrics
    ) -> None:
        self._bot = bot
        self._journal = journal
        self._durable = durable
        self._deliver = deliver
        self._metrics = metrics

    async def take(self, updates: Sequence[Mapping[str, Any]]) -> None:
        """Return when they may be confirmed; one that cannot be read is set aside and never stops the rest."""
        for raw in self._journal.take(updates):
            update = parse(raw, self._bot)
            if update is None:
                self._metrics.unreadable.inc()
                self._journal.aside(raw["update_id"], "cannot be read")
                log.warning("update %s cannot be read and is set aside", raw["update_id"])
            else:
                self._deliver(update)
        await self._durable()


def parse(raw: Mapping[str, Any], bot: Bot) -> Update | None:
    """The update, or None when python-telegram-bot cannot read it."""
    try:
        return Update.de_json(dict(raw), bot)
    except Exception:  # it fails in many ways on what it does not know; one bad update must not stop the rest
        return None
