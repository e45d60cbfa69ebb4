"""Gives up updates that crashed the process too often, and tells the reader."""

from __future__ import annotations

import logging
from typing import Any

from telegram import Message, Update
from telegram.error import TelegramError
from telegram.ext import Application

from bot.telegram.queue.journal import TRIES, Entry
from bot.telegram.reply import send
from bot.telegram.services import Desk
from bot.telegram.views.html import block, split

log = logging.getLogger("torkham.recovery")


async def set_aside(
    desk: Desk, application: Application[Any, Any, Any, Any, Any, Any], entry: Entry, update: Update
) -> None:
    """Tell the reader, and set it aside."""
    log.error("update %s ended the process %s times and is set aside", entry.update_id, TRIES)
    desk.metrics.given_up.labels("ended the process").inc()
    if isinstance(update.effective_message, Message) and update.callback_query is None:
        context = application.context_types.context.from_update(update, application)
        try:
            await send(update, context, split([block(context.say()("set_aside"))])[0])
        except TelegramError as error:
            log.warning("the reader could not be told (%s)", type(error).__name__)
    await desk.stored(lambda: desk.journal.aside(entry.update_id, f"ended the process {TRIES} times"))
