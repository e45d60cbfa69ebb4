"""Inline mode: passages with their citation in any chat, found while typing; nothing is generated."""

from __future__ import annotations

import asyncio
import hashlib

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)

from bot.errors import QuestionError
from bot.question import read_question
from bot.telegram.desk import Context, Desk, desk_of
from bot.telegram.markup import Block, Span, block, shorten, split
from bot.telegram.phrases import Phrases
from index.passages import Passage

PAUSE = 0.25  # seconds without another key before it is worth to search
RESULTS = 10
CACHE_SECONDS = 30
PASSAGE_MOST = 1500


async def query(update: Update, context: Context) -> None:
    """A query from any chat; the last of a burst is answered, the others are not worth it."""
    desk, inline = desk_of(context), update.inline_query
    if inline is None or not desk.limits.may_use(inline.from_user.id, 0, group=False):
        return
    desk.typing[inline.from_user.id] = inline.id
    await asyncio.sleep(PAUSE)
    if desk.typing.get(inline.from_user.id) != inline.id:
        return
    del desk.typing[inline.from_user.id]
    say = desk.say(update, inline.query)
    button = InlineQueryResultsButton(say("ask_in_chat"), start_parameter="ask")
    try:
        words = read_question(inline.query)
    except QuestionError:
        await inline.answer([], cache_time=CACHE_SECONDS, button=button)
        return
    hits = await desk.live.search(words, RESULTS)
    results = [_result(desk, hit.passage, say) for hit in hits]
    await inline.answer(results, cache_time=CACHE_SECONDS, is_personal=False, button=button)


def _result(desk: Desk, passage: Passage, say: Phrases) -> InlineQueryResultArticle:
    content = InputTextMessageContent(
        split(passage_blocks(desk, passage, say))[0].html,
        parse_mode="HTML",
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    return InlineQueryResultArticle(
        hashlib.sha256(passage.id.encode()).hexdigest()[:32],
        shorten(passage.heading or passage.title, 120),
        content,
        description=shorten(" ".join(passage.text.split()), 200),
    )


def passage_blocks(desk: Desk, passage: Passage, say: Phrases) -> list[Block]:
    """A passage with where it stands; of a brief it is our summary, and said to be."""
    document = desk.live.documents.get(passage.document_id)
    text = shorten(passage.text, PASSAGE_MOST)
    if document is None or document.kind == "brief":
        return [block(text), block(Span(say("in_brief", title=passage.title), italic=True))]
    rest = ", ".join(filter(None, [document.author, document.publisher, say.date(document.published)]))
    return [block(f"“{text}”"), block(Span(passage.title, italic=True, url=document.url), ", " * bool(rest), rest)]
