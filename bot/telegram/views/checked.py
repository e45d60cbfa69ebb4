"""Renders a check of quoted words as a Telegram message. Pure."""

from __future__ import annotations

from bot.answering.quote_check import NOT_HELD, QuoteCheck
from bot.rendering.quotes import quote_lines, quoted_answer
from bot.telegram.views.answer import blocks_of, sources_block
from bot.telegram.views.html import Block, Span, block, shorten
from bot.telegram.views.phrases import Phrases
from sources.parties import Parties

QUOTED = 200  # units of the words repeated above their verdict


def check_blocks(check: QuoteCheck, parties: Parties, say: Phrases, *, quoted: bool = False) -> list[Block]:
    """The verdict, the nearest statement, the differences and the sources; `quoted`: below the words that were
    checked.
    """
    above = [block(Span(shorten(say.isolated(f"“{check.words}”"), QUOTED), bold=True))] if quoted else []
    shown = blocks_of(quote_lines(check, parties, say.language))
    if check.verdict == NOT_HELD:
        return [*above, *shown]
    answer = quoted_answer(check, say.language)
    return [*above, *shown, *filter(None, [sources_block(answer, answer.claims, say)])]
