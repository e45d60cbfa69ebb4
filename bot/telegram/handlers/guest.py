"""Guest mode (Bot API 10.0): answers a mention in a chat of which the bot is not a member."""

from __future__ import annotations

from functools import partial

from telegram import InlineQueryResultArticle, InputTextMessageContent, LinkPreviewOptions, Update
from telegram.helpers import create_deep_linked_url

from bot.errors import QuestionError
from bot.question.input import read_question
from bot.telegram.readers.visitor import addressed
from bot.telegram.services import Context, desk_of
from bot.telegram.views.answer import answer_blocks
from bot.telegram.views.html import Span, block, shorten, split

TITLE_MOST = 60


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
                desk.kept.save, answer, chat=who.chat, person=who.person, question_message=None, language=say.language
            )
        )
        link = create_deep_linked_url(bot.username, f"a_{kept.id}")
        blocks = [*answer_blocks(answer, desk.work.parties, say), block(Span(say("open_in_torkham"), url=link))]
        title = shorten(words, TITLE_MOST)
    content = InputTextMessageContent(
        split(blocks)[0].html, parse_mode="HTML", link_preview_options=LinkPreviewOptions(is_disabled=True)
    )
    await bot.answer_guest_query(message.guest_query_id, InlineQueryResultArticle("answer", title, content))
