"""Questions: from a message to its answer."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from telegram import Message, Update

from bot.answering.answer import Answer, Citation
from bot.answering.candidates import REACH
from bot.errors import QuestionError
from bot.nlp.word_lists import STOP
from bot.question.input import MAX_QUESTION_CHARS, read_question
from bot.question.small_talk import asks_for_more
from bot.service.live_index import LiveIndex
from bot.settings import Settings
from bot.telegram.handlers.typing_indicator import Working
from bot.telegram.offers import stopped_draft
from bot.telegram.readers.answers import Kept
from bot.telegram.readers.readers import Turn
from bot.telegram.readers.visitor import addressed, command_of
from bot.telegram.reply import reply
from bot.telegram.services import Context, Desk, Readers, desk_of
from bot.telegram.views.answer import answer_blocks, answer_buttons
from bot.telegram.views.html import Block, Span, block
from bot.telegram.views.phrases import Phrases, phrases
from bot.telegram.views.tables import table_of_sides
from sources.document import Document, Heading

MAX_NEXT_QUESTIONS = 2  # follow-up questions offered below an answer
MAX_RARE_WORD_QUESTIONS = 3  # questions of a file that share a topical word


async def text(update: Update, context: Context) -> None:
    """A text or caption: in private a question; in a group only as a reply to the bot or when it mentions the bot."""
    message = update.effective_message
    assert message is not None
    if message.chat.type == "private":
        words = message.text or message.caption or ""
    else:
        words = addressed(message, context.bot.id, context.bot.username) or ""
    await ask(update, context, *_about_a_claim(message, words, context))


async def ask_command(update: Update, context: Context) -> None:
    """`/ask QUESTION`, or `/ask` as a reply to a claim."""
    message = update.effective_message
    assert message is not None
    question, claim = _about_a_claim(message, " ".join(context.args or ()), context)
    if question:
        await ask(update, context, question, claim)
    else:
        await reply(update, context, [block(context.say()("ask_what"))])


async def edited(update: Update, context: Context) -> None:
    """An edited question is answered again, unless its words are the same."""
    desk, message = desk_of(context), update.effective_message
    assert message is not None
    words = message.text or message.caption or ""
    if command_of(message, context.bot.username) == "ask":
        words = words.partition(" ")[2]
    elif message.chat.type != "private":
        words = addressed(message, context.bot.id, context.bot.username) or ""
    question, claim = _about_a_claim(message, words, context)
    before = await desk.stored(partial(desk.readers.answers.of_question, message.chat_id, message.message_id))
    same = before is not None and before.answer.question == question
    if not question or (same and not desk.journal.entry(update.update_id).answer):
        return
    if before:
        await desk.stored(partial(desk.readers.people.drop_turn, before.id))
    await ask(update, context, question, claim)


def _about_a_claim(message: Message, words: str, context: Context) -> tuple[str, str | None]:
    """(the question, its subject): a reply that names nothing itself (“is that true?”) asks about the message it
    replies to.
    """
    answered = message.reply_to_message
    claim = (answered.text or answered.caption or "").strip() if answered else ""
    ours = answered is not None and answered.from_user is not None and answered.from_user.id == context.bot.id
    if not claim or ours or claim.startswith("/"):
        return words, None
    claim = claim[:MAX_QUESTION_CHARS]
    if words and desk_of(context).live.names_something(words):
        return words, claim
    return claim, None


async def ask(
    update: Update, context: Context, question: str, about: str | None = None, *, language: str | None = None
) -> None:
    """Answer a question, unless its age or form rules it out; `about` is the text it replied to.

    `language` is that of the answer, for a button whose question is in the library's words; by default that of the
    question.
    """
    desk, message = desk_of(context), update.effective_message
    if not isinstance(message, Message):
        return
    say = phrases(language) if language else context.say(question)
    entry = desk.journal.entry(update.update_id)
    kept = await desk.stored(partial(desk.readers.answers.get, entry.answer)) if entry.answer else None
    if kept is None:
        refusal = _refusal(desk.work.settings, update, message, question, say)
        if refusal is not None:
            await reply(update, context, [block(refusal)])
            return
        kept = await _answer(update, context, question, about, say)
    await show(update, context, kept, say)


async def show(update: Update, context: Context, kept: Kept, say: Phrases) -> None:
    """Send an answer as a message of its own."""
    desk = desk_of(context)
    parties, answer = desk.work.parties, kept.answer
    blocks = [*answer_blocks(answer, parties, say), *_notice(context, answer, say)]
    rows = answer_buttons(answer, parties, kept.id, say, endless=can_go_on(desk, answer))
    rich = table_of_sides(answer, parties, say) if context.who.tables else None
    sent = await reply(update, context, blocks, rows, answer=kept.id, rich=rich)
    if sent is not None:
        await desk.stored(partial(_sent, desk.readers, context, kept, sent.message_id, say.language))


def can_go_on(desk: Desk, answer: Answer) -> bool:
    """Whether “more” may find claims that an answer has not shown; what follows another answer does not know what that one showed."""
    return desk.live.can_skip and not answer.abstained and not asks_for_more(answer.question)


def _sent(readers: Readers, context: Context, kept: Kept, message: int, language: str) -> None:
    """Record the message of the answer, and the notice if it contained one."""
    readers.answers.sent(kept.id, message)
    who = context.who
    if language != "en" and language not in who.told and kept.answer.claims:
        readers.people.tell(who.person, (*who.told, language))


def _notice(context: Context, answer: Answer, say: Phrases) -> list[Block]:
    """The notice that passages are in English, once per language."""
    if say.language == "en" or answer.abstained or say.language in context.who.told:
        return []
    english = any(citation.language == "en" for citation in answer.citations)
    return [block(Span(say("english_passages"), italic=True))] if english else []


def _refusal(settings: Settings, update: Update, message: Message, question: str, say: Phrases) -> str | None:
    """Why the question is refused; None if it is answered."""
    if update.callback_query is None:  # a button's message may be of any age
        asked = message.edit_date or message.date
        if (datetime.now(UTC) - asked).total_seconds() > 60 * settings.telegram_too_old_minutes:
            return say("too_old")
    if len(question) > MAX_QUESTION_CHARS:
        return say("question_long", most=MAX_QUESTION_CHARS)
    try:
        read_question(question)
    except QuestionError:
        return say("question_empty")
    return None


async def _answer(update: Update, context: Context, question: str, about: str | None, say: Phrases) -> Kept:
    desk, message, who = desk_of(context), update.effective_message, context.who
    assert message is not None
    begun = time.monotonic()
    async with Working(update, context, say) as working:
        history = [about] if about else await desk.stored(partial(_history, desk, context, message))
        answer = await _unless_stopped(desk.live, working, question, history, say.language)
    desk.metrics.seconds.observe(time.monotonic() - begun)
    desk.metrics.answers.labels(answer.reason or "answered").inc()
    if answer.claims and not answer.suggestions:
        answer = replace(answer, suggestions=next_questions(answer, desk.live.documents))
    question_message = message.message_id if update.callback_query is None else None

    def save() -> Kept:
        with desk.store.transaction():
            kept = desk.readers.answers.save(
                answer, chat=who.chat, person=who.person, question_message=question_message, language=say.language
            )
            if answer.reason not in {"chat", "injection"}:  # a greeting is no context for a follow-up
                desk.readers.people.add_turn(who.chat, who.person, Turn(question, kept.id), thread=who.thread)
            desk.readers.feedback.note(kept.id, answer, who.person)
            desk.journal.answered(update.update_id, kept.id)
        return kept

    return await desk.stored(save)


async def _unless_stopped(
    live: LiveIndex, working: Working, question: str, history: list[str], language: str
) -> Answer:
    """The answer; if the reader stops a language model while it composes, the answer without it."""
    answering = asyncio.ensure_future(live.answer(question, history, language, working.start, working.grow))
    if not live.composes:
        return await answering
    stopped = asyncio.ensure_future(working.stopped.wait())
    try:
        await asyncio.wait({answering, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if answering.done():
            return answering.result()
        return await live.answer(question, history, language, composed=False)
    finally:
        stopped.cancel()
        answering.cancel()  # its thread ends at the model's next sentence


async def stop(update: Update, context: Context) -> None:
    """A reader has stopped a draft."""
    found = stopped_draft(update)
    event = desk_of(context).in_flight.stopping.get(found) if found else None
    if event is not None:
        event.set()


def next_questions(answer: Answer, documents: dict[str, Document]) -> tuple[str, ...]:
    """Possible follow-ups: of each document that was cited first, the section after the cited one."""
    found: list[str] = []
    for citation in answer.citations:
        document = documents.get(citation.document_id)
        if document is None or not document.ours or document.digest != citation.digest:
            continue
        titles = (
            _akin(document, citation, answer.language) if document.kind == "explainer" else _after(document, citation)
        )
        found += [title for title in titles[:1] if title not in found and REACH not in title and title.count(" ") >= 3]
    return tuple(found[:MAX_NEXT_QUESTIONS])


def _after(document: Document, citation: Citation) -> list[str]:
    """The headings that follow in a brief."""
    return [_title(document, heading) for heading in document.headings if heading.start > citation.start]


def _akin(document: Document, citation: Citation, language: str) -> list[str]:
    """The questions of an explainer file that share a rare word with the cited one, most shared words first.

    In the reader's language if there is a wording in it.
    """
    titles = [_title(document, heading) for heading in document.headings]
    words = [set(re.findall(r"\w{4,}", title.casefold())) - STOP for title in titles]
    counts = Counter(word for each in words for word in each)
    here = sum(heading.start <= citation.start for heading in document.headings) - 1
    if here < 0:
        return []
    rare = {word for word in words[here] if counts[word] <= MAX_RARE_WORD_QUESTIONS}
    shared = {place: len(rare & words[place]) for place in range(len(titles)) if place != here}
    own = {
        each.question: next((one.text for one in each.variants if one.language == language), each.question)
        for each in document.explainers
    }
    found = [titles[place] for place in sorted(shared, key=lambda place: -shared[place]) if shared[place]]
    return [own.get(title, title) if language != document.language else title for title in found]


def _title(document: Document, heading: Heading) -> str:
    return document.text[heading.start : heading.end].strip()


def _history(desk: Desk, context: Context, message: Message) -> list[str]:
    """The preceding questions: those up to the answer replied to, else the last of the conversation."""
    who = context.who
    if message.reply_to_message is not None:
        kept = desk.readers.answers.of_message(who.chat, message.reply_to_message.message_id)
        if kept is not None:
            return [kept.answer.asked_as]
    hours = desk.work.settings.keep_conversation_hours
    return [turn.question for turn in desk.readers.people.turns(who.chat, who.person, hours, thread=who.thread)]


__all__ = ["ask", "ask_command", "edited", "next_questions", "show", "stop", "text"]
