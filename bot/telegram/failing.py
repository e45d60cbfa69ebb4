"""What failed: a sentence and a number for the reader, the place in the code for the operator, no text for the log."""

from __future__ import annotations

import logging
import secrets
import traceback

from telegram import Update
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot.errors import LeaseLost, StoreAway
from bot.telegram.desk import Context, desk_of
from bot.telegram.markup import block, split
from bot.telegram.outbox import send
from index.errors import DatabaseError

HARMLESS = ("message is not modified", "query is too old", "query id is invalid", "message to edit not found")
log = logging.getLogger("torkham.failing")


async def failed(update: object, context: Context) -> None:
    """The error handler: every exception of every handler ends here."""
    error, desk = context.error, desk_of(context)
    if error is None or not isinstance(update, Update):
        return
    if isinstance(error, BadRequest) and any(words in str(error).lower() for words in HARMLESS):
        return
    if isinstance(error, RetryAfter) or (isinstance(error, NetworkError) and not isinstance(error, BadRequest)):
        desk.unsent.add(update.update_id)  # the line is broken: the journal keeps the question
        log.warning("Telegram cannot be reached (%s): an answer is kept for later", type(error).__name__)
        return
    if isinstance(error, LeaseLost):
        log.warning("%s", error)
        return
    if isinstance(error, StoreAway | DatabaseError):
        desk.unsent.add(update.update_id)
        log.warning("the database is away: a question is kept for later")
        return
    number = secrets.token_hex(4)
    desk.metrics.errors.inc()
    log.error("error %s: %s at %s", number, type(error).__name__, where(error))
    if update.effective_chat is None or update.callback_query is not None:
        return
    try:
        await send(update, context, split([block(desk.say(update)("error", id=number))])[0])
    except TelegramError as second:
        log.warning("the reader could not be told of error %s (%s)", number, type(second).__name__)
    except StoreAway:
        desk.unsent.add(update.update_id)


def where(error: BaseException) -> str:
    """The places of a traceback, innermost last, without the values that were in them."""
    frames = traceback.extract_tb(error.__traceback__)
    return " > ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames[-6:])
