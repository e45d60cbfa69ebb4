"""Handles failures: a sentence and a number for the reader, the place in the code for the operator, no text in the
log.
"""

from __future__ import annotations

import logging
import secrets
import traceback

from telegram import Message, Update
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError
from telegram.ext import ApplicationHandlerStop

from bot.errors import LeaseLost, StoreError
from bot.service.worker_pool import Overdue, WorkerDied
from bot.telegram.reply import send
from bot.telegram.services import Context, InFlight, desk_of
from bot.telegram.views.html import block, split
from index.errors import DatabaseError

HARMLESS_ERRORS = ("message is not modified", "query is too old", "query id is invalid", "message to edit not found")
MAX_RETRIES = 1000  # of an undelivered answer: somewhat more than an hour
log = logging.getLogger("torkham.failing")


async def failed(update: object, context: Context) -> None:
    """The error handler: every exception of a handler ends here, and the update goes no further.

    Otherwise an update that failed at the door would reach the handlers behind it.
    """
    await _dealt_with(update, context)
    raise ApplicationHandlerStop


async def _dealt_with(update: object, context: Context) -> None:
    error, desk = context.error, desk_of(context)
    if error is None or not isinstance(update, Update):
        return
    if isinstance(error, BadRequest) and any(words in str(error).lower() for words in HARMLESS_ERRORS):
        return
    if isinstance(error, LeaseLost):
        log.warning("%s", error)
    elif isinstance(error, Overdue | WorkerDied):
        await _give_up(update, context, error)
    elif (why := _passing(error)) and _once_more(desk.in_flight, update):
        log.warning("%s (%s): an answer is kept for later", why, type(error).__name__)
    else:
        await _tell(update, context, error)


def _passing(error: BaseException) -> str:
    """What is temporarily unavailable, so that the journal keeps the question; empty for a permanent failure."""
    if isinstance(error, RetryAfter) or (isinstance(error, NetworkError) and not isinstance(error, BadRequest)):
        return "Telegram cannot be reached"
    return "the store fails" if isinstance(error, StoreError | DatabaseError) else ""


def _once_more(in_flight: InFlight, update: Update) -> bool:
    """Whether to retry: Telegram may be unreachable for long, but a store that keeps failing will not recover."""
    tries = in_flight.unsent[update.update_id] = in_flight.unsent.get(update.update_id, 0) + 1
    if tries > MAX_RETRIES:
        in_flight.unsent.pop(update.update_id)
        return False
    in_flight.failed.add(update.update_id)
    return True


async def _give_up(update: Update, context: Context, error: BaseException) -> None:
    """A question that timed out or crashed two processes: it is not retried."""
    desk = desk_of(context)
    why = "took too long" if isinstance(error, Overdue) else "ended two processes"
    desk.metrics.given_up.labels(why).inc()
    log.error("update %s %s and is set aside", update.update_id, why)
    await _say(update, context, context.say()("set_aside"))
    await desk.stored(lambda: desk.journal.aside(update.update_id, why))


async def _tell(update: Update, context: Context, error: BaseException) -> None:
    number = secrets.token_hex(4)
    desk_of(context).metrics.errors.inc()
    log.error("error %s: %s at %s", number, type(error).__name__, where(error))
    await _say(update, context, context.say()("error", id=number))


async def _say(update: Update, context: Context, text: str) -> None:
    """Tell the reader, below the message or over the button; delivered or not, the update is done."""
    if update.effective_chat is None or not isinstance(update.effective_message, Message):
        return
    try:
        if update.callback_query is not None and not update.callback_query.message:
            await update.callback_query.answer(text, show_alert=True)
        else:
            await send(update, context, split([block(text)])[0])
    except (TelegramError, StoreError) as error:
        log.warning("the reader could not be told of a failure (%s)", type(error).__name__)


def where(error: BaseException) -> str:
    """The frames of a traceback, innermost last, without the values of variables."""
    frames = traceback.extract_tb(error.__traceback__)
    return " > ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames[-6:])
