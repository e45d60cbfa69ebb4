"""Sends messages: split, journaled, as plain text if the markup is refused, and retried when the connection breaks."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from telegram import (
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError

from bot.telegram.offers import RICH
from bot.telegram.services import Context, Desk, desk_of
from bot.telegram.transport.retry import in_doubt
from bot.telegram.views.html import MAX_MESSAGE_UNITS, Block, Part, block, shorten, split
from bot.telegram.views.keyboards import Rows
from bot.telegram.views.tables import RichText

MAX_SENDS = 3  # times a message is handed over before it is postponed
_REFUSED_MARKUP = ("can't parse entities", "message is too long", "entities_too_long")
log = logging.getLogger("torkham.outbox")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to send: a picture with its caption, or a document."""

    name: str
    content: bytes
    caption: str = ""
    picture: bool = False


async def reply(
    update: Update,
    context: Context,
    blocks: Sequence[Block],
    rows: Rows = (),
    *,
    answer: str | None = None,
    files: Sequence[Attachment] = (),
    rich: RichText | None = None,
) -> Message | None:
    """Answer an update, files first; each message is sent once, even if the process is killed in between.

    `rich` is the same content as a rich message, for servers that support it. Returns the last message.
    """
    desk, message = desk_of(context), None
    parts: list[Part | Attachment] = [*files, *split(blocks)]
    entry = desk.journal.entry(update.update_id)
    begun = entry.state == "sending"
    for number, part in enumerate(parts):
        if begun and number < entry.part:
            continue
        if begun and number == entry.part:
            await doubt(desk, update.update_id)
        await desk.stored(partial(desk.journal.sending, update.update_id, answer, number))
        await desk.outgoing.durable()
        last = number == len(parts) - 1
        if isinstance(part, Attachment):
            message = await _file(update, context, part)
        else:
            message = await _richly(update, context, rich, rows) if rich and len(parts) == 1 else None
            message = message or await send(update, context, part, rows if last else ())
        await desk.stored(partial(desk.journal.sent, update.update_id, answer, number + 1))
    if desk.store.shared:
        await desk.outgoing.durable()  # a crash of the database must not forget that the reader has it
    return message


async def edit(update: Update, context: Context, blocks: Sequence[Block], rows: Rows = ()) -> None:
    """Replace the message of the touched button; overlong text is truncated."""
    query = update.callback_query
    if query is None or not isinstance(query.message, Message):
        return
    part = split(blocks)[0]
    about: dict[str, Any] = {
        "chat_id": query.message.chat_id,
        "message_id": query.message.message_id,
        "reply_markup": keyboard(rows),
        "link_preview_options": LinkPreviewOptions(is_disabled=True),
    }
    try:
        await context.bot.edit_message_text(part.html, parse_mode="HTML", **about)
    except BadRequest as error:
        if query.message.api_kwargs.get(RICH):  # a rich message cannot become text: the reply goes below it
            await send(update, context, part, rows)
            return
        if not any(sign in str(error).lower() for sign in _REFUSED_MARKUP):
            raise
        log.warning("Telegram refused the markup: shown as plain text")
        await context.bot.edit_message_text(shorten(part.plain, MAX_MESSAGE_UNITS), **about)


async def _richly(update: Update, context: Context, text: RichText, rows: Rows) -> Message | None:
    """The content as a rich message; None if this server or chat does not accept it, so that text is sent."""
    return await desk_of(context).outgoing.rich.send(
        context.bot,
        text.html,
        right_to_left=text.right_to_left,
        reply_markup=keyboard(rows),
        **where(update),
    )


async def show_alone(update: Update, context: Context, blocks: Sequence[Block], rows: Rows = ()) -> bool:
    """Show something in a group only to the person who touched a button; False if Telegram cannot.

    Only buttons with a link or text to copy are shown: the others need a message they can change.
    """
    query, message = update.callback_query, update.effective_message
    if query is None or not isinstance(message, Message):
        return False
    inert = tuple(tuple(button for button in row if not button.data) for row in rows)
    thread = {"message_thread_id": message.message_thread_id} if message.is_topic_message else {}
    return await desk_of(context).outgoing.ephemeral.send(
        context.bot,
        message.chat_id,
        query.from_user.id,
        query.id,
        split(blocks)[0].html,
        reply_markup=keyboard(inert),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        **thread,
    )


async def _file(update: Update, context: Context, file: Attachment) -> Message | None:
    content = InputFile(io.BytesIO(file.content), filename=file.name)
    try:
        if file.picture:
            return await context.bot.send_photo(photo=content, caption=file.caption or None, **where(update))
        return await context.bot.send_document(document=content, caption=file.caption or None, **where(update))
    except Forbidden:
        log.info("a reader cannot be reached any more")
        return None


async def doubt(desk: Desk, update_id: int) -> None:
    """Record that a message may arrive twice."""
    desk.metrics.doubts.inc()
    await desk.stored(partial(desk.journal.doubt, update_id))


async def send(update: Update, context: Context, part: Part, rows: Rows = ()) -> Message | None:
    """Send one message in reply to an update; None when the reader cannot be reached."""
    target = where(update)
    try:
        return await _html(update, context, target, part, rows)
    except ChatMigrated as moved:
        return await _html(update, context, {**target, "chat_id": moved.new_chat_id}, part, rows)
    except Forbidden:
        if update.effective_user is not None:
            await desk_of(context).stored(
                partial(desk_of(context).readers.people.block, update.effective_user.id, True)
            )
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
    """Send; if the connection broke after the request was handed over, send again and record the doubt."""
    for attempt in range(1, MAX_SENDS + 1):
        try:
            return await context.bot.send_message(
                text=text,
                reply_markup=keyboard(rows),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                **target,
            )
        except NetworkError as error:
            if attempt == MAX_SENDS or not in_doubt(error):
                raise
            await doubt(desk_of(context), update.update_id)
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
    """Convert buttons to Telegram's type."""
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
