"""Admin commands in a private chat; every call checks the numeric id."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from functools import wraps
from typing import Any

import numpy as np
from telegram import Document as File
from telegram import Message, Update

from bot.telegram.handlers import commands
from bot.telegram.handlers import questions as asking
from bot.telegram.queue.slots import step_aside
from bot.telegram.readers.feedback import Day
from bot.telegram.reply import Attachment, reply
from bot.telegram.services import Context, desk_of
from bot.telegram.serving.pictures import PictureRefused
from bot.telegram.serving.staging import Intake, Preview
from bot.telegram.views.charts import draw_days
from bot.telegram.views.html import Block, Span, block, shorten
from bot.telegram.views.keyboards import Button, data
from bot.telegram.views.phrases import Phrases
from bot.workspace import Workspace
from index.encoder import Vectors
from index.errors import IndexingError
from sources.collection.metadata import Metadata
from sources.errors import SourceError
from sources.formats.registry import endings
from sources.web.fetch_log import Journal

MAX_QUESTION_GROUPS = 15
DETAILS = ("title", "date", "publisher")  # the fields a preview asks for
_WANTED = re.compile(r"([0-9a-f]{16}):(title|date|publisher)")
MAX_FILE_BYTES = 20_000_000  # the download limit of the Bot API
Handler = Callable[[Update, Context], Coroutine[Any, Any, None]]


def for_admins(*, changing: bool = False) -> Callable[[Handler], Handler]:
    """Admins in a private chat only; commands that change the library also need the operator's setting."""

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        async def guarded(update: Update, context: Context) -> None:
            who, say = context.who, context.say()
            if not who.admin or who.group:
                await reply(update, context, [block(say("admins_only"))])
            elif changing and not desk_of(context).work.settings.telegram_admin_changes:
                await reply(update, context, [block(say("admin_off"))])
            else:
                await handler(update, context)

        return guarded

    return decorate


@for_admins()
async def stats(update: Update, context: Context) -> None:
    """`/stats`: the last days, with a plot."""
    desk, say = desk_of(context), context.say()
    days = await desk.stored(desk.readers.feedback.days)
    sources = [block(line)] if (line := await asyncio.to_thread(_rechecked, desk.work, say)) else []
    if not days:
        await reply(update, context, [block(say("stats_none")), *sources])
        return
    labels = tuple(say(key) for key in ("plot_questions", "plot_refused", "plot_disliked", "plot_seconds"))
    files: list[Attachment] = []
    with contextlib.suppress(PictureRefused):
        picture = await desk.outgoing.pictures.get(("days", tuple(days), labels), draw_days, days, labels)
        files.append(Attachment("days.png", picture, picture=True))
    lines = [_figures(day, say) for day in days[-14:]]
    await reply(update, context, [block("\n".join(lines)), *sources], files=files)


def _rechecked(work: Workspace, say: Phrases) -> str:
    """The state of fetched documents' addresses when last checked; empty if none was checked."""
    try:
        results = Journal(work.settings.home).rechecks()
    except SourceError:
        return ""
    if not results:
        return ""
    counts = Counter(each.state for each in results)
    numbers = {name: say.number(counts[name]) for name in ("unchanged", "changed", "moved", "dead", "unreachable")}
    return say("stats_sources", day=say.date(max(each.at for each in results)[:10]), **numbers)


def _figures(day: Day, say: Phrases) -> str:
    counts = {name: getattr(day, name) for name in ("questions", "refused", "liked", "disliked")}
    return say("stats_day", day=say.date(day.day), p50=f"{day.p50:.2f}", p95=f"{day.p95:.2f}", **counts)


@for_admins()
async def unanswered(update: Update, context: Context) -> None:
    """`/unanswered`: questions the library could not answer, similar ones grouped, most frequent first."""
    desk = desk_of(context)
    questions = await desk.stored(lambda: desk.readers.feedback.questions("unanswered"))
    if not questions:
        await reply(update, context, [block(context.say()("unanswered_none"))])
        return
    groups = await asyncio.to_thread(lambda: group(questions, desk.work.encoder().encode_queries))
    blocks = [
        block(Span(f"{len(those)}× ", bold=True), "\n".join(dict.fromkeys(those[:5])))
        for those in groups[:MAX_QUESTION_GROUPS]
    ]
    await reply(update, context, blocks)


@for_admins(changing=True)
async def reindex(update: Update, context: Context) -> None:
    """`/reindex`: update the index; the old one keeps answering until it is done."""
    desk = desk_of(context)
    step_aside()
    try:
        outcome = await asyncio.to_thread(desk.work.update)
    except IndexingError as error:
        await reply(update, context, [block(str(error))])
        return
    await desk.live.settled()
    failures = [failure.reason for failure in outcome.failures]
    say, changes = context.say(), outcome.changes
    counts = {name: len(getattr(changes, name)) for name in ("added", "changed", "removed")}
    said = say("reindexed", generation=desk.live.generation, **counts) if outcome.written else say("reindexed_same")
    await reply(update, context, [block(said), *(block(reason) for reason in failures[:10])])


@for_admins(changing=True)
async def add_source(update: Update, context: Context) -> None:
    """`/addsource ADDRESS`: fetch a document and ask for confirmation before adding it."""
    if not context.args:
        await reply(update, context, [block(context.say()("add_what", kinds=endings()))])
        return
    intake, address = Intake(desk_of(context).work), context.args[0]
    await _preview(update, context, lambda: intake.from_address(address))


async def add_file(update: Update, context: Context) -> None:
    """A file: from an admin a document to add, from anyone else an unsupported message."""
    desk, message = desk_of(context), update.effective_message
    if message is None or not isinstance(message.document, File):
        return
    if not (context.who.admin and desk.work.settings.telegram_admin_changes):
        await commands.unsupported(update, context)
        return
    if (message.document.file_size or 0) > MAX_FILE_BYTES:
        await reply(update, context, [block(context.say()("add_large"))])
        return
    file = await message.document.get_file()
    content, name = bytes(await file.download_as_bytearray()), message.document.file_name or "document"
    intake = Intake(desk.work)
    await _preview(update, context, lambda: intake.from_file(content, name))


async def add_photo(update: Update, context: Context) -> None:
    """A photo: an admin is told what can be added; from anyone else its caption is a question, or it is unsupported."""
    message = update.effective_message
    assert message is not None
    if context.who.admin and desk_of(context).work.settings.telegram_admin_changes and not message.caption:
        await reply(update, context, [block(context.say()("add_photo", kinds=endings()))])
    elif message.caption:
        await asking.text(update, context)
    else:
        await commands.unsupported(update, context)


async def _preview(update: Update, context: Context, read: Callable[[], Preview | None]) -> None:
    say = context.say()
    step_aside()
    try:
        preview = await asyncio.to_thread(read)
    except SourceError as error:
        await reply(update, context, [block(str(error)), block(say("add_kinds", kinds=endings()))])
        return
    if preview is None:
        await reply(update, context, [block(say("add_gone"))])
        return
    asking_for = tuple(Button(f"✎ {say(f'preview_{name}')}", data("e", preview.key, name)) for name in DETAILS)
    yes, no = (Button(say(f"add_{answer}"), data("a", preview.key, answer)) for answer in ("yes", "no"))
    await reply(update, context, preview_blocks(preview, say), (asking_for, (yes, no)))


async def detail_wanted(update: Update, context: Context, key: str = "", name: str = "") -> None:
    """A preview button that asks for title, date or publisher: the admin replies to this message."""

    @for_admins(changing=True)
    async def wanted(update: Update, context: Context) -> None:
        say = context.say()
        if name in DETAILS and all(char in "0123456789abcdef" for char in key):
            asked = say("add_detail", name=say(f"preview_{name}"))
            await reply(update, context, [block(f"{asked}\n{key}:{name}")])

    await wanted(update, context)


def detail_of(message: Message, bot_id: int) -> tuple[str, str] | None:
    """The key and field that a message fills in, when it replies to such a request of the bot."""
    asked = message.reply_to_message
    if asked is None or asked.from_user is None or asked.from_user.id != bot_id or not asked.text:
        return None
    found = _WANTED.fullmatch(asked.text.rsplit("\n", 1)[-1])
    return (found[1], found[2]) if found else None


async def detail_given(update: Update, context: Context) -> None:
    """Set the title, date or publisher of a staged document."""

    @for_admins(changing=True)
    async def given(update: Update, context: Context) -> None:
        message = update.effective_message
        assert message is not None
        found = detail_of(message, context.bot.id)
        if found is not None:
            changes, intake = Metadata(**{found[1]: (message.text or "").strip()}), Intake(desk_of(context).work)
            await _preview(update, context, lambda: intake.amend(found[0], changes))

    await given(update, context)


def preview_blocks(preview: Preview, say: Phrases) -> list[Block]:
    """The preview an admin sees before confirming."""
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
    """`/undo`: remove the document most recently added here."""
    desk = desk_of(context)
    try:
        removed = await asyncio.to_thread(Intake(desk.work).undo)
    except (SourceError, IndexingError) as error:
        await reply(update, context, [block(str(error))])
        return
    await desk.live.settled()
    say = context.say()
    said = say("undo_done", document=removed) if removed else say("undo_none")
    await reply(update, context, [block(said)])


async def add_confirmed(update: Update, context: Context, key: str = "", answer: str = "") -> None:
    """A button below a preview."""

    @for_admins(changing=True)
    async def confirmed(update: Update, context: Context) -> None:
        desk = desk_of(context)
        say, intake = context.say(), Intake(desk.work)
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


MIN_ALIKE_COSINE = 0.92  # of two questions with the same meaning


def group(questions: Sequence[str], encode: Callable[[Sequence[str]], Vectors]) -> list[list[str]]:
    """Groups around their first question, the largest first."""
    leaders: list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]] = []
    groups: list[list[str]] = []
    for question, vector in zip(questions, encode(questions), strict=True):
        cosines = [float(vector @ leader) for leader in leaders]
        best = int(np.argmax(cosines)) if cosines else -1
        if best >= 0 and cosines[best] >= MIN_ALIKE_COSINE:
            groups[best].append(question)
        else:
            leaders.append(vector)
            groups.append([question])
    return sorted(groups, key=len, reverse=True)
