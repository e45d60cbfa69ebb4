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
from bot.telegram.feedback import Day
from bot.telegram.grouping import group
from bot.telegram.intake import Intake, Preview
from bot.telegram.markup import Block, Span, block, shorten
from bot.telegram.outbox import reply
from bot.telegram.phrases import Phrases
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
                await reply(update, context, [block(desk.say(update)("admin_off"))])
            else:
                await handler(update, context)

        return guarded

    return decorate


@for_admins()
async def stats(update: Update, context: Context) -> None:
    """`/stats`: the last days, with a plot."""
    desk = desk_of(context)
    say, days = desk.say(update), desk.feedback.days()
    if not days:
        await reply(update, context, [block(say("stats_none"))])
        return
    if isinstance(update.effective_message, Message):
        labels = [say(key) for key in ("plot_questions", "plot_refused", "plot_disliked", "plot_seconds")]
        await update.effective_message.reply_photo(await asyncio.to_thread(draw_days, days, labels))
    lines = [_figures(day, say) for day in days[-14:]]
    await reply(update, context, [block("\n".join(lines))])


def _figures(day: Day, say: Phrases) -> str:
    counts = {name: getattr(day, name) for name in ("questions", "refused", "liked", "disliked")}
    return say("stats_day", day=say.date(day.day), p50=f"{day.p50:.2f}", p95=f"{day.p95:.2f}", **counts)


@for_admins()
async def unanswered(update: Update, context: Context) -> None:
    """`/unanswered`: what the library lacks, alike questions together, the most asked first."""
    desk = desk_of(context)
    questions = desk.feedback.questions("unanswered")
    if not questions:
        await reply(update, context, [block(desk.say(update)("unanswered_none"))])
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
    say, changes = desk.say(update), outcome.changes
    counts = {name: len(getattr(changes, name)) for name in ("added", "changed", "removed")}
    said = say("reindexed", generation=desk.live.generation, **counts) if outcome.written else say("reindexed_same")
    await reply(update, context, [block(said), *(block(reason) for reason in failures[:10])])


@for_admins(changing=True)
async def add_source(update: Update, context: Context) -> None:
    """`/addsource ADDRESS`: what stands there, to be confirmed before it is added."""
    if not context.args:
        await reply(update, context, [block(desk_of(context).say(update)("add_what"))])
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
        await reply(update, context, [block(desk.say(update)("add_large"))])
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
    say = desk_of(context).say(update)
    rows = (
        (Button(say("add_yes"), data("a", preview.key, "yes")), Button(say("add_no"), data("a", preview.key, "no"))),
    )
    await reply(update, context, preview_blocks(preview, say), rows)


def preview_blocks(preview: Preview, say: Phrases) -> list[Block]:
    """What an admin should see before confirming."""
    document = preview.document
    about = {
        "title": document.title,
        "author": document.author,
        "publisher": document.publisher,
        "date": say.date(document.published),
        "language": document.language,
        "kind": document.kind,
        "address": document.url,
        "characters": f"{len(document.text):,}",
        "duplicate": preview.repeats,
    }
    lines = [f"{say(f'preview_{name}')}: {value}" for name, value in about.items() if value]
    return [block("\n".join(lines)), block(shorten(document.text, 300))]


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
    say = desk.say(update)
    said = say("undo_done", document=removed) if removed else say("undo_none")
    await reply(update, context, [block(said)])


async def add_confirmed(update: Update, context: Context, key: str, answer: str) -> None:
    """A button below a preview."""

    @for_admins(changing=True)
    async def confirmed(update: Update, context: Context) -> None:
        desk = desk_of(context)
        say, intake = desk.say(update), Intake(desk.work)
        if answer != "yes":
            intake.leave(key)
            await reply(update, context, [block(say("add_left"))])
            return
        try:
            added = await asyncio.to_thread(intake.confirm, key)
        except (SourceError, IndexingError) as error:
            await reply(update, context, [block(str(error))])
            return
        await desk.live.settled()
        said = say("add_done", document=added, generation=desk.live.generation) if added else say("add_gone")
        await reply(update, context, [block(said)])

    await confirmed(update, context)
