"""Questions: from a message to its answer."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from telegram import Message, MessageEntity, Update

from bot.errors import QuestionError
from bot.question import LONGEST, read_question
from bot.telegram.desk import Context, Desk, desk_of
from bot.telegram.kept import Kept
from bot.telegram.limits import Verdict
from bot.telegram.markup import block
from bot.telegram.messages import answer_blocks, answer_buttons
from bot.telegram.outbox import reply
from bot.telegram.people import Turn
from bot.telegram.phrases import Phrases
from bot.telegram.working import Working


async def text(update: Update, context: Context) -> None:
    """A text: in private a question; in a group one only as a reply to the bot or with its name in it."""
    message = update.effective_message
    assert message is not None
    if message.chat.type == "private":
        await ask(update, context, message.text or "")
    elif (question := addressed(message, context)) is not None:
        await ask(update, context, question)


async def ask_command(update: Update, context: Context) -> None:
    """`/ask QUESTION`."""
    question = " ".join(context.args or ())
    if question:
        await ask(update, context, question)
    else:
        await reply(update, context, [block(desk_of(context).say(update)("ask_what"))])


async def edited(update: Update, context: Context) -> None:
    """A question that was edited is answered once more; an edit that changes no word is not."""
    desk, message = desk_of(context), update.effective_message
    assert message is not None
    question = message.text or ""
    if question.startswith("/"):
        command, _, question = question.partition(" ")
        if command.partition("@")[0] != "/ask":
            return
    elif message.chat.type != "private":
        question = addressed(message, context) or ""
    before = desk.kept.of_question(message.chat_id, message.message_id)
    if not question or (before and before.answer.question == question and not _resumed(desk, update)):
        return
    if before:
        desk.people.drop_turn(before.id)
    await ask(update, context, question)


def addressed(message: Message, context: Context) -> str | None:
    """The question in a group message that speaks to the bot, without the bot's name; None in any other."""
    words, name, to_us = message.text or "", f"@{context.bot.username}".lower(), False
    for entity, mention in message.parse_entities([MessageEntity.MENTION]).items():
        if mention.lower() == name:
            to_us = True
            raw = words.encode("utf-16-le")
            start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
            words = (raw[:start] + raw[end:]).decode("utf-16-le")
            break
    answered = message.reply_to_message
    if answered and answered.from_user and answered.from_user.id == context.bot.id:
        to_us = True
    return " ".join(words.split()) if to_us else None


async def ask(update: Update, context: Context, question: str) -> None:
    """Answer a question, unless a limit, its age or its form speaks against it."""
    desk, message, user = desk_of(context), update.effective_message, update.effective_user
    if message is None or user is None or user.is_bot:
        return
    say = desk.say(update, question)
    kept = _resumed(desk, update)
    if kept is None:
        refusal = _refusal(desk, update, message, user.id, question, say)
        if refusal is not None:
            if refusal:
                await reply(update, context, [block(refusal)])
            return
        kept = await _answer(update, context, question, say)
    blocks = answer_blocks(kept.answer, desk.work.parties, say)
    sent = await reply(update, context, blocks, answer_buttons(kept.answer, kept.id, say), answer=kept.id)
    if sent is not None:
        desk.kept.sent(kept.id, sent.message_id)


def _resumed(desk: Desk, update: Update) -> Kept | None:
    """The answer that was being sent when the process ended."""
    entry = desk.journal.entry(update.update_id)
    return desk.kept.get(entry.answer) if entry.answer else None


def _refusal(desk: Desk, update: Update, message: Message, person: int, question: str, say: Phrases) -> str | None:
    """Why there will be no answer: a sentence, nothing where it was said already, None where there will be one."""
    asked = message.edit_date or message.date
    if (datetime.now(UTC) - asked).total_seconds() > 60 * desk.work.settings.telegram_too_old_minutes:
        return say("too_old")
    if desk.journal.entry(update.update_id).attempts <= 1:
        group = message.chat.type != "private"
        verdict = desk.limits.ask(person, message.chat_id, group=group, waiting=desk.waiting())
        if verdict is not Verdict.FREE:
            desk.metrics.refusals.labels(verdict.value).inc()
            return "" if verdict is Verdict.SILENT else say(verdict.value)
    if len(question) > LONGEST:
        return say("question_long", most=LONGEST)
    try:
        read_question(question)
    except QuestionError:
        return say("question_empty")
    return None


async def _answer(update: Update, context: Context, question: str, say: Phrases) -> Kept:
    desk, message, user = desk_of(context), update.effective_message, update.effective_user
    assert message is not None
    assert user is not None
    begun = time.monotonic()
    async with Working(update, context, say) as working:
        history = _history(desk, message, user.id)
        answer = await desk.live.answer(question, history, say.language, working.start, working.grow)
    desk.metrics.seconds.observe(time.monotonic() - begun)
    desk.metrics.answers.labels(answer.reason or "answered").inc()
    with desk.store.transaction():
        kept = desk.kept.save(
            answer, chat=message.chat_id, person=user.id, question_message=message.message_id, language=say.language
        )
        desk.people.add_turn(message.chat_id, user.id, Turn(question, kept.id))
        desk.feedback.note(kept.id, answer, user.id)
        desk.journal.answered(update.update_id, kept.id)
    return kept


def _history(desk: Desk, message: Message, person: int) -> list[str]:
    """The questions before this one: those up to the answer replied to, else the last of the conversation."""
    if message.reply_to_message is not None:
        kept = desk.kept.of_message(message.chat_id, message.reply_to_message.message_id)
        if kept is not None:
            return [kept.answer.asked_as]
    turns = desk.people.turns(message.chat_id, person, desk.work.settings.keep_conversation_hours)
    return [turn.question for turn in turns]
