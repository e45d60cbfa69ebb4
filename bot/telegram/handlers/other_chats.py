"""Chats that the bot is no member of.

Inline mode offers passages with their citation while a reader types; guest mode (Bot API 10.0) answers a mention.
"""

from __future__ import annotations

import asyncio
import hashlib
from functools import partial

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.helpers import create_deep_linked_url

from bot.errors import QuestionError
from bot.question.input import read_question
from bot.telegram.readers.visitor import addressed
from bot.telegram.services import Context, Desk, desk_of
from bot.telegram.views.answer import answer_blocks
from bot.telegram.views.html import Block, Span, block, shorten, split
from bot.telegram.views.library import key_of
from bot.telegram.views.phrases import Phrases
from bot.telegram.views.source import opened_passage
from index.types import Passage
from sources.document import Document
from sources.parties import Parties

TYPING_PAUSE_SECONDS = 0.25  # without a keystroke, before a search is worth running
MAX_RESULTS = 10
CACHE_SECONDS = 30
MAX_PASSAGE_UNITS = 1500
MAX_TITLE_UNITS = 120
MAX_GUEST_TITLE_UNITS = 60
OFF_SUBJECT_REASONS = {"chat", "injection", "out_of_scope", "empty_library"}  # reasons for an empty result


async def query(update: Update, context: Context) -> None:
    """A query from any chat; only the last of a burst is answered."""
    desk, inline, who = desk_of(context), update.inline_query, context.who
    if inline is None:
        return
    desk.in_flight.typing[who.person] = inline.id
    await asyncio.sleep(TYPING_PAUSE_SECONDS)
    if desk.in_flight.typing.get(who.person) != inline.id:
        return
    del desk.in_flight.typing[who.person]
    say = context.say(inline.query)
    button = InlineQueryResultsButton(say("ask_in_chat"), start_parameter="ask")
    personal = desk.work.settings.telegram_access != "public" or bool(desk.work.settings.telegram_blocked)
    results: list[InlineQueryResultArticle] = []
    if await desk.stored(partial(desk.limits.search, who.person)):
        results = await _results(desk, inline.query, context.bot.username, say)
    await inline.answer(results, cache_time=CACHE_SECONDS, is_personal=personal, button=button)


async def _results(desk: Desk, written: str, bot_name: str, say: Phrases) -> list[InlineQueryResultArticle]:
    """The claims of the answer first, then passages; nothing if the library has nothing about it."""
    try:
        words = read_question(written)
    except QuestionError:
        return []
    answer = await desk.live.answer(words, (), say.language)
    if answer.reason in OFF_SUBJECT_REASONS:
        return []
    hits = await desk.live.search(words, MAX_RESULTS)
    cited = {(citation.document_id, citation.start) for citation in (*answer.citations, *answer.nearest)}
    first = [hit for hit in hits if any(_holds(hit.passage, *place) for place in cited)]
    ordered = [*first, *(hit for hit in hits if hit not in first)]
    documents, parties = desk.live.documents, desk.work.parties
    return [_result(hit.passage, documents.get(hit.passage.document_id), parties, bot_name, say) for hit in ordered]


def _holds(passage: Passage, document: str, start: int) -> bool:
    return passage.document_id == document and passage.start <= start < passage.end


def _result(
    passage: Passage, document: Document | None, parties: Parties, bot_name: str, say: Phrases
) -> InlineQueryResultArticle:
    blocks = passage_blocks(passage, document, parties, bot_name, say)
    shown = opened_passage(passage, document, parties, say)
    return InlineQueryResultArticle(
        hashlib.sha256(passage.id.encode()).hexdigest()[:32],
        shorten(passage.heading or passage.title, MAX_TITLE_UNITS),
        _content(blocks),
        description=shorten(" ".join(shown.split()), 200),
    )


def passage_blocks(
    passage: Passage, document: Document | None, parties: Parties, bot_name: str, say: Phrases
) -> list[Block]:
    """A passage with its publications and a link to it; a brief's passage is marked as our summary."""
    text = shorten(opened_passage(passage, document, parties, say), MAX_PASSAGE_UNITS)
    link = create_deep_linked_url(bot_name, f"d_{key_of(passage.document_id)}")
    way = Span(say("open_in_torkham"), url=link)
    if document is None or document.ours:
        sources = _publications(document, passage, say)
        brief = Span(say("in_brief", title=say.isolated(passage.title)), italic=True)
        return [block(text), *sources, block(brief, " · ", way)]
    names = [say.isolated(name) for name in (document.author, document.publisher) if name]
    rest = ", ".join(filter(None, [*names, say.date(document.published)]))
    title = Span(say.isolated(passage.title), italic=True, url=document.url)
    return [block(say.isolated(f"“{text}”")), block(title, ", " * bool(rest), rest, " · ", way)]


def _publications(document: Document | None, passage: Passage, say: Phrases) -> list[Block]:
    """The publications behind the statements of a brief's passage."""
    if document is None:
        return []
    inside = [one for one in document.statements if passage.start <= one.start < passage.end]
    names = dict.fromkeys(identifier for one in inside for identifier in one.reference_ids)
    spans: list[Span | str] = []
    for reference in [document.reference(name) for name in names][:4]:
        about = ", ".join(filter(None, [reference.publisher or reference.title, say.date(reference.published)]))
        spans += ["; "] * bool(spans) + [Span(say.isolated(about), url=reference.url)]
    return [block(f"{say('summarised')}: ", *spans)] if spans else []


async def guest(update: Update, context: Context) -> None:
    """One answer per mention; a link leads to the bot's own chat for anything further."""
    desk, message, who = desk_of(context), update.guest_message, context.who
    if message is None or not message.guest_query_id:
        return
    bot = context.bot
    question = addressed(message, bot.id, bot.username) or message.text or message.caption or ""
    say = context.say(question)
    try:
        words = read_question(question)
    except QuestionError:
        blocks, title = [block(say("ask_what"))], "Torkham"
    else:
        answer = await desk.live.answer(words, (), say.language)
        kept = await desk.stored(
            partial(
                desk.readers.answers.save,
                answer,
                chat=who.chat,
                person=who.person,
                question_message=None,
                language=say.language,
            )
        )
        link = create_deep_linked_url(bot.username, f"a_{kept.id}")
        blocks = [*answer_blocks(answer, desk.work.parties, say), block(Span(say("open_in_torkham"), url=link))]
        title = shorten(words, MAX_GUEST_TITLE_UNITS)
    result = InlineQueryResultArticle("answer", title, _content(blocks))
    await bot.answer_guest_query(message.guest_query_id, result)


def _content(blocks: list[Block]) -> InputTextMessageContent:
    """The message that a result becomes."""
    return InputTextMessageContent(
        split(blocks)[0].html, parse_mode="HTML", link_preview_options=LinkPreviewOptions(is_disabled=True)
    )
