"""What admins can do in a private chat; everybody is checked by numeric id, every time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from telegram import Document as File
from telegram import Message, Update

from bot.telegram import commands
from bot.telegram.buttons import Button, data
from bot.telegram.desk import Context, desk_of
from bot.telegram.drawing import draw_days
from bot.telegram.grouping import group
from bot.telegram.intake import Intake, Preview
from bot.telegram.markup import Span, block
from bot.telegram.outbox import reply
from index.errors import IndexingError
from sources.errors import SourceError

GROUPS = 15
LARGEST_FILE = 20_000_000  # what the Bot API lets a bot download
Handler = Callable[[Update, Context], Coroutine[Any, Any, None]]


def for_admins(*, changing: bool = False) -> Callable[[Handler], Handler]:
    """Only for admins in a private chat; what changes the library only where the operator switched it on."""

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        async def guarded(update: Update, context: Context) -> None:
            desk, user, chat = desk_of(context), update.effective_user, update.effective_chat
            admin = user is not None and desk.limits.is_admin(user.id) and chat is not None and chat.type == "private"
            if not admin:
                await reply(update, context, [block(desk.say(update)("admins_only"))])
            elif changing and not desk.work.settings.telegram_admin_changes:
                await reply(update, context, [block("Switched off: set TORKHAM_TELEGRAM_ADMIN_CHANGES to yes.")])
            else:
                await handler(update, context)

        return guarded

    return decorate


@for_admins()
async def stats(update: Update, context: Context) -> None:
    """`/stats`: the last days, with a plot."""
    days = desk_of(context).feedback.days()
    if not days:
        await reply(update, context, [block("Nothing was asked yet.")])
        return
    if isinstance(update.effective_message, Message):
        await update.effective_message.reply_photo(await asyncio.to_thread(draw_days, days))
    lines = [
        f"{day.day}: {day.questions} questions, {day.refused} refused, {day.liked} 👍, {day.disliked} 👎,"
        f" p50 {day.p50:.2f} s, p95 {day.p95:.2f} s"
        for day in days[-14:]
    ]
    await reply(update, context, [block("\n".join(lines))])


@for_admins()
async def unanswered(update: Update, context: Context) -> None:
    """`/unanswered`: what the library lacks, alike questions together, the most asked first."""
    desk = desk_of(context)
    questions = desk.feedback.questions("unanswered")
    if not questions:
        await reply(update, context, [block("There is nothing unanswered.")])
        return
    groups = await asyncio.to_thread(lambda: group(questions, desk.work.encoder().encode_queries))
    blocks = [
        block(Span(f"{len(those)}× ", bold=True), "\n".join(dict.fromkeys(those[:5]))) for those in groups[:GROUPS]
    ]
    await reply(update, context, blocks)


@for_admins(changing=True)
async def reindex(update: Update, context: Context) -> None:
    """`/reindex`: bring the index up to date; answers go on from the old one until it is done."""
    desk = desk_of(context)
    try:
        outcome = await asyncio.to_thread(desk.work.update)
    except IndexingError as error:
        await reply(update, context, [block(str(error))])
        return
    await desk.live.settled()
    failures = [failure.reason for failure in outcome.failures]
    said = (
        f"Generation {desk.live.generation} serves: {outcome.changes}." if outcome.written else "Nothing has changed."
    )
    await reply(update, context, [block(said), *(block(reason) for reason in failures[:10])])


@for_admins(changing=True)
async def add_source(update: Update, context: Context) -> None:
    """`/addsource ADDRESS`: what stands there, to be confirmed before it is added."""
    if not context.args:
        await reply(update, context, [block("Write an address after the command, or send a file.")])
        return
    intake, address = Intake(desk_of(context).work), context.args[0]
    await _preview(update, context, lambda: intake.from_address(address))


async def add_file(update: Update, context: Context) -> None:
    """A file: from an admin a document to add, from anybody else one of the things that are not read."""
    desk, user, message = desk_of(context), update.effective_user, update.effective_message
    if user is None or message is None or not isinstance(message.document, File):
        return
    if not (desk.limits.is_admin(user.id) and desk.work.settings.telegram_admin_changes):
        await commands.unsupported(update, context)
        return
    if (message.document.file_size or 0) > LARGEST_FILE:
        await reply(update, context, [block("The file has more than 20 MB: add it with `torkham sources add`.")])
        return
    file = await message.document.get_file()
    content, name = bytes(await file.download_as_bytearray()), message.document.file_name or "document"
    intake = Intake(desk.work)
    await _preview(update, context, lambda: intake.from_file(content, name))


async def _preview(update: Update, context: Context, read: Callable[[], Preview]) -> None:
    try:
        preview = await asyncio.to_thread(read)
    except SourceError as error:
        await reply(update, context, [block(str(error))])
        return
    rows = ((Button("Add", data("a", preview.key, "yes")), Button("Leave", data("a", preview.key, "no"))),)
    await reply(update, context, [block(line) for line in preview.lines()], rows)


@for_admins(changing=True)
async def undo(update: Update, context: Context) -> None:
    """`/undo`: remove the document that was added last from here."""
    desk = desk_of(context)
    try:
        removed = await asyncio.to_thread(Intake(desk.work).undo)
    except (SourceError, IndexingError) as error:
        await reply(update, context, [block(str(error))])
        return
    await desk.live.settled()
    await reply(update, context, [block(f"Removed: {removed}." if removed else "There is nothing to undo.")])


async def add_confirmed(update: Update, context: Context, key: str, answer: str) -> None:
    """A button below a preview."""

    @for_admins(changing=True)
    async def confirmed(update: Update, context: Context) -> None:
        desk = desk_of(context)
        intake = Intake(desk.work)
        if answer != "yes":
            intake.leave(key)
            await reply(update, context, [block("Nothing was added.")])
            return
        try:
            added = await asyncio.to_thread(intake.confirm, key)
        except (SourceError, IndexingError) as error:
            await reply(update, context, [block(str(error))])
            return
        await desk.live.settled()
        said = f"Added as {added}; generation {desk.live.generation} serves." if added else "This is no longer waiting."
        await reply(update, context, [block(said)])

    await confirmed(update, context)
