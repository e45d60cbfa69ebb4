"""After a start: what the last process left unfinished."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Update
from telegram.error import TelegramError
from telegram.ext import Application

from bot.telegram.desk import Desk
from bot.telegram.incoming import parse
from bot.telegram.journal import TRIES, Entry
from bot.telegram.markup import block, split
from bot.telegram.outbox import send
from bot.telegram.scheduler import Scheduler

log = logging.getLogger("torkham.replay")


async def replay(
    desk: Desk,
    application: Application[Any, Any, Any, Any, Any, Any],
    handle: Callable[[Update], Awaitable[None]],
    scheduler: Scheduler,
) -> None:
    """Finish it. What was being worked on goes first and one by one: so an update that ends the process harms no other."""
    entries = desk.journal.unfinished()
    if entries:
        log.info("%s updates were left unfinished", len(entries))
    for entry in entries:
        update = parse(json.loads(entry.body), application.bot) if entry.body else None
        if update is None:
            desk.journal.aside(entry.update_id, "cannot be read")
        elif hopeless(entry, began=entry.attempts):
            await set_aside(desk, application, entry, update)
        elif entry.attempts:
            await handle(update)
        else:
            scheduler.put(update)


def hopeless(entry: Entry, *, began: int) -> bool:
    """Whether an update ended the process as often as it was begun, and too often."""
    return began >= TRIES and entry.state == "working" and entry.answer is None


async def set_aside(
    desk: Desk, application: Application[Any, Any, Any, Any, Any, Any], entry: Entry, update: Update
) -> None:
    """Tell the reader, and try no more."""
    log.error("update %s ended the process %s times and is set aside", entry.update_id, TRIES)
    if update.effective_message is not None and update.callback_query is None:
        context = application.context_types.context.from_update(update, application)
        try:
            await send(update, context, split([block(desk.say(update)("set_aside"))])[0])
        except TelegramError as error:
            log.warning("the reader could not be told (%s)", type(error).__name__)
    desk.journal.aside(entry.update_id, f"ended the process {TRIES} times")
