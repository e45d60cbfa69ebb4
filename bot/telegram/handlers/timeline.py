"""/timeline: events on a time axis, as a picture with captions and the cited statements below."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Message, Update

from bot.answering.answerer import Answerer
from bot.telegram.handlers.typing_indicator import Working
from bot.telegram.reply import Attachment, reply
from bot.telegram.services import Context, desk_of
from bot.telegram.serving.pictures import PictureRefused
from bot.telegram.views.charts import draw_timeline
from bot.telegram.views.events import Event, between, milestones, period, statement_blocks
from bot.telegram.views.html import Span, block
from bot.telegram.views.phrases import Phrases
from bot.telegram.views.timeline import timeline_of
from index.types import Scope
from sources.errors import MetadataError


async def timeline(update: Update, context: Context) -> None:
    """`/timeline [WORDS] [FROM] [TO]`."""
    desk, say = desk_of(context), context.say()
    if not isinstance(update.effective_message, Message):
        return
    words, days = worded(context.args or [])
    try:
        since, until = period(days)
    except MetadataError:
        await reply(update, context, [block(say("timeline_what"))])
        return
    async with Working(update, context, say, action="upload_photo"):
        documents = list(desk.live.documents.values())
        if words:
            events = await desk.live.call(lambda serving: named(serving.answerer, words, since, until))
        else:
            events = await desk.live.call(lambda _: between(documents, since, until))
        if not events:
            await reply(update, context, [block(say("timeline_what" if words and not days else "nothing"))])
            return
        told = await desk.live.call(lambda _: milestones(events))
        title = _title(events, say)
        files = await _picture(context, (words, since, until), events, told, title)
    listed = statement_blocks(told, desk.work.parties, say, numbered=bool(files))  # as in the picture
    intro = [] if files and listed else [block(Span(title, bold=True))]  # it is shown below the picture
    await reply(update, context, [*intro, *listed], files=files)


def _title(events: list[Event], say: Phrases) -> str:
    first, last = events[0][1].date_from or "", max(event[1].date_to or "" for event in events)
    count = say.number(len(events))
    if first[:7] == last[:7]:
        return say("timeline_of", count=count, when=say.date(first[:7]))
    return say("timeline_intro", count=count, first=say.date(first[:7]), last=say.date(last[:7]))


def worded(arguments: Sequence[str]) -> tuple[str, str]:
    """(the words, the dates) of the arguments; a date contains a digit, or is a “to” between two dates."""
    times = [any(char.isdecimal() for char in each) for each in arguments]
    first, last = (times.index(True), len(times) - times[::-1].index(True)) if any(times) else (len(times), len(times))
    return " ".join((*arguments[:first], *arguments[last:])), " ".join(arguments[first:last])


def named(answerer: Answerer, words: str, since: str, until: str) -> list[Event]:
    """A statement of each event within the days that the words match, oldest first."""
    found = answerer.lists.timeline(words, None, Scope(since=since, until=until))
    rows = [event.rows[0] for event in found]
    return [(row.document, row.statement) for row in rows if row.statement.date_from]


async def _picture(
    context: Context, span: tuple[str, str, str], events: list[Event], told: list[Event], title: str
) -> list[Attachment]:
    """The picture, or None if too many are queued."""
    desk, say = desk_of(context), context.say()
    picture = timeline_of(events, told, desk.work.parties, say, title)
    try:
        content = await desk.outgoing.pictures.get((desk.live.generation, span, say.language), draw_timeline, picture)
    except PictureRefused:
        return []
    return [Attachment("timeline.png", content, title, picture=True)]
