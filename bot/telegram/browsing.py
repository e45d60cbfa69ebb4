"""Leafing through the library: /sources, /latest and their buttons."""

from __future__ import annotations

from datetime import UTC, datetime

from telegram import Message, Update

from bot.telegram.buttons import Button, Rows, data, in_rows
from bot.telegram.desk import Context, desk_of
from bot.telegram.library_view import (
    choices,
    document_named,
    document_page,
    listing,
    statement_blocks,
)
from bot.telegram.library_view import (
    latest as newest,
)
from bot.telegram.markup import Block, Span, block, split
from bot.telegram.outbox import keyboard, reply
from bot.telegram.timeline import timeline
from sources.document import Document

__all__ = ["browse", "document_named", "latest", "open_document", "show_document", "sources", "timeline"]
CHOICES = 60  # buttons of a message


async def sources(update: Update, context: Context) -> None:
    """`/sources`."""
    desk = desk_of(context)
    say = desk.say(update)
    intro = say("sources_intro", documents=say.number(len(desk.live.documents)))
    await reply(update, context, [block(intro)], _ways(update, context))


def _ways(update: Update, context: Context) -> Rows:
    say = desk_of(context).say(update)
    ways = (
        ("by_topic", data("b", "t", "", 0)),
        ("by_year", data("b", "y", "", 0)),
        ("by_party", data("b", "p", "", 0)),
    )
    return (tuple(Button(say(name), key) for name, key in ways),)


async def latest(update: Update, context: Context) -> None:
    """`/latest`."""
    desk = desk_of(context)
    say, documents = desk.say(update), list(desk.live.documents.values())
    pairs = await desk.live.call(lambda _: newest(documents, datetime.now(UTC).date().isoformat()))
    blocks = statement_blocks(pairs, desk.work.parties, say)
    await reply(
        update, context, [block(Span(say("latest_intro"), bold=True)), *blocks] if blocks else [block(say("nothing"))]
    )


async def browse(update: Update, context: Context, way: str, value: str, page: str) -> None:
    """A button of the browsing: the years, the parties, or a page of documents."""
    desk = desk_of(context)
    say, documents = desk.say(update), desk.live.documents
    title = {"t": "by_topic", "y": "by_year", "p": "by_party"}[way]
    if way in {"y", "p"} and not value:
        rows = in_rows(choices(documents, way, desk.work.parties, say)[:CHOICES], 4 if way == "y" else 2)
    else:
        rows = await desk.live.call(lambda _: listing(documents, way, value, int(page), say))
    shown = desk.work.parties[value].display(say.language) if way == "p" and value else value
    await _turn(update, [block(Span(": ".join(filter(None, [say(title), shown])), bold=True))], rows)


async def open_document(update: Update, context: Context, key: str, page: str) -> None:
    """A button that opens a document, or turns its page in place."""
    desk = desk_of(context)
    document = document_named(desk.live.documents, key)
    if document is None or page == "0":
        await show_document(update, context, document, page=0)
        return
    await _turn(update, *document_page(document, int(page), desk.say(update)))


async def show_document(update: Update, context: Context, document: Document | None, *, page: int) -> None:
    """A document in a message of its own."""
    say = desk_of(context).say(update)
    if document is None:
        await reply(update, context, [block(say("document_gone"))])
        return
    await reply(update, context, *document_page(document, page, say))


async def _turn(update: Update, blocks: list[Block], rows: Rows) -> None:
    query = update.callback_query
    if query is not None and isinstance(query.message, Message):
        await query.edit_message_text(split(blocks)[0].html, parse_mode="HTML", reply_markup=keyboard(rows))
