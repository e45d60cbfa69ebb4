"""/check, and forwarded messages: whether the library contains a statement attributed to someone."""

from __future__ import annotations

import contextlib

from telegram import Message, Update

from bot.answering.quotes.check import NOT_HELD, QuoteCheck, check_message
from bot.errors import QuestionError
from bot.question.input import MAX_QUESTION_CHARS
from bot.rendering.quotes import quote_lines, quoted_answer
from bot.telegram.handlers.typing_indicator import Working
from bot.telegram.reply import reply
from bot.telegram.services import Context, desk_of
from bot.telegram.views.answer import blocks_of, sources_block
from bot.telegram.views.html import Block, Span, block, shorten
from bot.telegram.views.phrases import Phrases
from sources.parties import Parties


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
            checks = await desk.live.call(
                lambda serving: check_message(serving.answerer, parties, words[:MAX_QUESTION_CHARS])
            )
    blocks = [each for made in checks for each in _check_blocks(made, parties, say, quoted=len(checks) > 1)]
    await reply(update, context, blocks or [block(say("check_what"))])


MAX_QUOTED_UNITS = 200  # of the words repeated above their verdict


def _check_blocks(check: QuoteCheck, parties: Parties, say: Phrases, *, quoted: bool = False) -> list[Block]:
    """The verdict, the nearest statement, the differences and the sources; `quoted`: below the words that were
    checked.
    """
    above = [block(Span(shorten(say.isolated(f"“{check.words}”"), MAX_QUOTED_UNITS), bold=True))] if quoted else []
    shown = blocks_of(quote_lines(check, parties, say.language))
    if check.verdict == NOT_HELD:
        return [*above, *shown]
    answer = quoted_answer(check, say.language)
    return [*above, *shown, *filter(None, [sources_block(answer, answer.claims, say)])]
