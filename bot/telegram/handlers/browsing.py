"""Browsing the library: /sources, /latest and their buttons; each page replaces the previous one."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from telegram import Message, Update

from bot.service.live_index import LiveIndex
from bot.telegram.reply import edit, reply
from bot.telegram.services import Context, desk_of
from bot.telegram.views.events import latest as newest
from bot.telegram.views.events import statement_blocks
from bot.telegram.views.html import Span, block
from bot.telegram.views.keyboards import Button, data, in_rows, number_of
from bot.telegram.views.library import (
    WAYS,
    choices,
    document_named,
    document_page,
    listing,
    named,
    pages_of,
    ways,
)
from bot.telegram.views.phrases import Phrases, phrases
from bot.telegram.views.source import opened_passage
from index.types import Passage
from sources.document import Document
from sources.parties import Parties

MAX_CHOICES = 60  # buttons per message
MAX_KEPT_DOCUMENTS = 16  # documents with cached pages
_pages: OrderedDict[tuple[str, str, str], list[str]] = OrderedDict()


async def sources(update: Update, context: Context) -> None:
    """`/sources`."""
    documents, say = desk_of(context).live.documents, context.say()
    intro = say("sources_intro", documents=say.number(len(documents)))
    await reply(update, context, [block(intro)], ways(say))


async def latest(update: Update, context: Context) -> None:
    """`/latest`."""
    desk, say = desk_of(context), context.say()
    documents = list(desk.live.documents.values())
    events = await desk.live.call(lambda _: newest(documents, datetime.now(UTC).date().isoformat()))
    blocks = statement_blocks(events, desk.work.parties, say)
    intro = block(Span(say("latest_intro"), bold=True))
    await reply(update, context, [intro, *blocks] if blocks else [block(say("nothing"))])


async def browse(update: Update, context: Context, way: str = "", value: str = "", page: str = "0") -> None:
    """A browsing button: the facets, the values of one, or a page of documents."""
    desk, say = desk_of(context), context.say()
    documents, parties = desk.live.documents, desk.work.parties
    if way not in WAYS:
        intro = say("sources_intro", documents=say.number(len(documents)))
        await edit(update, context, [block(intro)], ways(say))
        return
    title = say(WAYS[way])
    if value:
        shown = f"{title}: {named(way, value, parties, say)}"
        rows = await desk.live.call(lambda _: listing(documents, way, value, number_of(page), say))
    else:
        shown = title
        found = await desk.live.call(lambda _: choices(documents, way, parties, say))
        back = (Button(say("back_arrow"), data("b", "", "", 0)), Button("✕", data("x")))
        rows = (*in_rows(found[:MAX_CHOICES], {"y": 3, "s": 1}.get(way, 2)), back)
    await edit(update, context, [block(Span(shown, bold=True))], rows)


async def open_document(update: Update, context: Context, key: str = "", page: str = "0", *back: str) -> None:
    """A button that opens a document or turns its page, in place; opened from an answer, in that answer's language."""
    say, desk = context.say(), desk_of(context)
    if len(back) == 3 and back[0] not in WAYS and not context.who.language:
        kept = await desk.stored(partial(desk.readers.answers.get, back[0]))
        say = phrases(kept.language) if kept else say
    document = document_named(desk.live.documents, key)
    if document is None:
        await edit(update, context, [block(say("document_gone"))], ((Button("✕", data("x")),),))
        return
    texts = await _texts(desk.live, desk.work.parties, document, say)
    await edit(update, context, *document_page(document, texts, number_of(page), say, back[:3]))


async def show_document(update: Update, context: Context, document: Document | None) -> None:
    """Send a document as a message of its own."""
    say = context.say()
    if document is None:
        await reply(update, context, [block(say("document_gone"))])
        return
    desk = desk_of(context)
    texts = await _texts(desk.live, desk.work.parties, document, say)
    await reply(update, context, *document_page(document, texts, 0, say))


async def close(update: Update, context: Context) -> None:
    """✕ below a separately opened document: delete the message."""
    query = update.callback_query
    if query is not None and isinstance(query.message, Message):
        await context.bot.delete_message(query.message.chat_id, query.message.message_id)


def opened(passage: Passage, document: Document | None, parties: Parties, say: Phrases) -> Passage:
    """The text of a passage as shown to readers."""
    return replace(passage, text=opened_passage(passage, document, parties, say))


async def _texts(live: LiveIndex, parties: Parties, document: Document, say: Phrases) -> list[str]:
    """The pages of a document, computed off the event loop: a large one takes a second or more."""
    key = (document.id, live.digests.get(document.id, ""), say.language)
    if key not in _pages:
        whole = await live.document(document.id) or document
        _pages[key] = await live.call(lambda _: pages_of(whole, parties, say))
        while len(_pages) > MAX_KEPT_DOCUMENTS:
            _pages.popitem(last=False)
    _pages.move_to_end(key)
    return _pages[key]
