"""Messages on their way out: split, journaled, in plain text where the markup is refused, never lost to a broken line."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from telegram import (
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError

from bot.telegram.buttons import Rows
from bot.telegram.desk import Context, Desk, desk_of
from bot.telegram.limiter import in_doubt
from bot.telegram.markup import Block, Part, block, split

DOUBTS = 3  # broken connections after which a message is left for later
_REFUSED_MARKUP = ("can't parse entities", "message is too long", "entities_too_long")
log = logging.getLogger("torkham.outbox")


async def reply(
    update: Update, context: Context, blocks: Sequence[Block], rows: Rows = (), *, answer: str | None = None
) -> Message | None:
    """Answer an update, once: what a killed process had sent is not sent again. Returns the last message."""
    desk, parts, message = desk_of(context), split(blocks), None
    entry = desk.journal.entry(update.update_id)
    begun = entry.state == "sending"
    for number, part in enumerate(parts):
        if begun and number < entry.part:
            continue
        if begun and number == entry.part:
            doubt(desk, update.update_id)
        desk.journal.sending(update.update_id, answer, number)
        await desk.durable()
        last = number == len(parts) - 1
        message = await send(update, context, part, rows if last else ())
        desk.journal.sent(update.update_id, answer, number + 1)
    if desk.store.shared:
        await desk.durable()  # a database that ends now must not forget that the reader has it
    return message


def doubt(desk: Desk, update_id: int) -> None:
    """Note that a message may arrive twice."""
    desk.metrics.doubts.inc()
    desk.journal.doubt(update_id)


async def send(update: Update, context: Context, part: Part, rows: Rows = ()) -> Message | None:
    """One message in reply to an update; None when the reader cannot be reached."""
    target = where(update)
    try:
        return await _html(update, context, target, part, rows)
    except ChatMigrated as moved:
        return await _html(update, context, {**target, "chat_id": moved.new_chat_id}, part, rows)
    except Forbidden:
        if update.effective_user is not None:
            desk_of(context).people.block(update.effective_user.id, True)
        log.info("a reader cannot be reached any more")
        return None


async def _html(update: Update, context: Context, target: dict[str, Any], part: Part, rows: Rows) -> Message | None:
    try:
        return await _patiently(update, context, {**target, "parse_mode": "HTML"}, part.html, rows)
    except BadRequest as error:
        if not any(sign in str(error).lower() for sign in _REFUSED_MARKUP):
            raise
        log.warning("Telegram refused the markup: sent as plain text")
    message = None
    pieces = split([block(part.plain)])
    for number, piece in enumerate(pieces):
        message = await _patiently(update, context, target, piece.plain, rows if number == len(pieces) - 1 else ())
    return message


async def _patiently(update: Update, context: Context, target: dict[str, Any], text: str, rows: Rows) -> Message:
    """Send; where the connection broke after it was handed over, send again and note the doubt."""
    for attempt in range(1, DOUBTS + 1):
        try:
            return await context.bot.send_message(
                text=text,
                reply_markup=keyboard(rows),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                **target,
            )
        except NetworkError as error:
            if attempt == DOUBTS or not in_doubt(error):
                raise
            doubt(desk_of(context), update.update_id)
            await asyncio.sleep(0.2 * attempt)
    raise AssertionError("unreachable")


def where(update: Update) -> dict[str, Any]:
    """Chat, topic and the message replied to."""
    message, chat = update.effective_message, update.effective_chat
    assert chat is not None
    target: dict[str, Any] = {"chat_id": chat.id}
    if isinstance(message, Message):
        if message.is_topic_message:
            target["message_thread_id"] = message.message_thread_id
        target["reply_parameters"] = ReplyParameters(message.message_id, allow_sending_without_reply=True)
    return target


def keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    """Buttons as Telegram has them."""
    if not any(rows):
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(
                    button.text,
                    callback_data=button.data or None,
                    url=button.url or None,
                    copy_text=CopyTextButton(button.copy) if button.copy else None,
                )
                for button in row
            ]
            for row in rows
            if row
        ]
    )
