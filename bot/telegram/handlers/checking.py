"""/check, and forwarded messages: whether the library contains a statement attributed to someone."""

from __future__ import annotations

import contextlib

from telegram import Message, Update

from bot.answering.quote_check import QuoteCheck, check_message
from bot.errors import QuestionError
from bot.question.input import LONGEST
from bot.telegram.handlers.typing_indicator import Working
from bot.telegram.reply import reply
from bot.telegram.services import Context, desk_of
from bot.telegram.views.checked import check_blocks
from bot.telegram.views.html import block


async def check(update: Update, context: Context) -> None:
    """`/check WORDS`, or `/check` as a reply to a claim."""
    message = update.effective_message
    words = " ".join(context.args or ())
    if not words and isinstance(message, Message) and message.reply_to_message is not None:
        words = message.reply_to_message.text or message.reply_to_message.caption or ""
    await _check(update, context, words)


async def forwarded(update: Update, context: Context) -> None:
    """Someone else's message, forwarded to the private chat."""
    message = update.effective_message
    assert message is not None
    await _check(update, context, message.text or message.caption or "")


async def _check(update: Update, context: Context, words: str) -> None:
    desk, say = desk_of(context), context.say(words)
    parties = desk.work.parties
    if not isinstance(update.effective_message, Message):
        return
    checks: list[QuoteCheck] = []
    async with Working(update, context, say):
        with contextlib.suppress(QuestionError):  # too few words, or none
            checks = await desk.live.call(lambda serving: check_message(serving.answerer, parties, words[:LONGEST]))
    blocks = [each for made in checks for each in check_blocks(made, parties, say, quoted=len(checks) > 1)]
    await reply(update, context, blocks or [block(say("check_what"))])
