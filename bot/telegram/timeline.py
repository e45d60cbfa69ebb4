"""/timeline: events by party on a time axis, as a picture, with the statements cited below it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import date

from telegram import Message, Update

from bot.telegram.desk import Context, desk_of
from bot.telegram.drawing import draw_events
from bot.telegram.library_view import statement_blocks
from bot.telegram.markup import Span, block
from bot.telegram.outbox import reply
from sources.dates import parse_date
from sources.document import Document, Statement
from sources.errors import MetadataError

LISTED = 12  # statements below the picture
ROWS = 12  # parties in the picture
SPAN = ("2021-08-15", "9999-12-31")  # unless years are given

Event = tuple[Document, Statement]


async def timeline(update: Update, context: Context) -> None:
    """`/timeline [FROM] [TO]`."""
    desk, message = desk_of(context), update.effective_message
    if not isinstance(message, Message):
        return
    say, parties = desk.say(update), desk.work.parties
    try:
        since, until = period(context.args or [])
    except MetadataError:
        await reply(update, context, [block(say("timeline_what"))])
        return
    documents = list(desk.live.documents.values())
    events = await desk.live.call(lambda _: events_between(documents, since, until))
    if not events:
        await reply(update, context, [block(say("nothing"))])
        return
    first, last = events[0][1].date_from or "", max(event[1].date_to or "" for event in events)
    title = say("timeline_intro", count=say.number(len(events)), first=say.date(first[:7]), last=say.date(last[:7]))
    rows = {parties[party].display(say.language): days for party, days in by_party(events).items()}
    picture = await asyncio.to_thread(draw_events, rows, title)
    await message.reply_photo(picture, caption=title)
    step = max(1, len(events) // LISTED)
    listed = statement_blocks(events[::step][:LISTED], parties, say)
    await reply(update, context, [block(Span(title, bold=True)), *listed])


def period(words: Iterable[str]) -> tuple[str, str]:
    """The first and the last day that the words name; MetadataError where they are no dates."""
    dates = [parse_date(word) for word in words]
    if not dates:
        return SPAN
    return dates[0].date_from, dates[-1].date_to if len(dates) > 1 else SPAN[1]


def events_between(documents: Iterable[Document], since: str, until: str) -> list[Event]:
    """The dated statements that lie within the days, oldest first, each text once."""
    found: dict[str, Event] = {}
    for document in documents:
        for statement in document.statements:
            if (
                statement.date_from
                and statement.date_to
                and since <= statement.date_from
                and statement.date_to <= until
            ):
                found.setdefault(document.text[statement.start : statement.end], (document, statement))
    return sorted(found.values(), key=lambda event: event[1].date_from or "")


def by_party(events: Iterable[Event]) -> dict[str, list[date]]:
    """The days of the events of each party, the most active parties first."""
    rows: dict[str, list[date]] = {}
    for _, statement in events:
        if statement.party and statement.date_from:
            rows.setdefault(statement.party, []).append(date.fromisoformat(statement.date_from))
    return dict(sorted(rows.items(), key=lambda row: -len(row[1]))[:ROWS])
