"""Introductory commands, and replies to what the bot cannot read."""

from __future__ import annotations

from functools import partial

from telegram import ChatMember, Update

from bot.telegram.handlers.browsing import show_document
from bot.telegram.handlers.digest import digest
from bot.telegram.handlers.personal import export, forget
from bot.telegram.reply import reply
from bot.telegram.services import Context, desk_of
from bot.telegram.views.answer import answer_blocks, answer_buttons
from bot.telegram.views.html import Block, Span, block
from bot.telegram.views.keyboards import Button, data
from bot.telegram.views.library import document_named
from bot.telegram.views.phrases import Phrases
from sources.document import Document

REFUSED_ONCE = "unsupported"
# deep links to commands that have to be run in private
BEGUN_IN_GROUPS = {"forget": forget, "export": export, "digest": digest}


async def start(update: Update, context: Context) -> None:
    """`/start`, bare or with the payload of a link: `d_…` a document, `a_…` an answer, or a command begun in a group.

    The payload is untrusted.
    """
    payload = context.args[0] if context.args else ""
    kind, _, key = payload.partition("_")
    if payload in BEGUN_IN_GROUPS:
        await BEGUN_IN_GROUPS[payload](update, context)
    elif kind == "d":
        await show_document(update, context, document_named(desk_of(context).live.documents, key))
    elif kind == "a":
        await _answer(update, context, key)
    else:
        await _welcome(update, context)


async def _welcome(update: Update, context: Context) -> None:
    desk = desk_of(context)
    say = context.say()
    await desk.stored(partial(desk.readers.people.block, context.who.person, False))
    examples = say.several("examples")
    rows = tuple((Button(example, data("q", number)),) for number, example in enumerate(examples))
    blocks = [block(say("start")), block(coverage(list(desk.live.documents.values()), say)), block(say("privacy_link"))]
    await reply(update, context, [*blocks, block(say("examples_intro"))], rows)


def coverage(documents: list[Document], say: Phrases) -> str:
    """The size and time span of the library."""
    days = [day for document in documents for day in (document.covers_from, document.covers_to) if day]
    days += [document.published for document in documents if document.published and not document.covers_from]
    if not documents or not days:
        return say("coverage_empty")
    first, last = (say.date(each[:7]) for each in (min(days), max(days)))
    return say("coverage", documents=say.number(len(documents)), first=first, last=last)


async def _answer(update: Update, context: Context, key: str) -> None:
    desk = desk_of(context)
    say, kept = context.say(), await desk.stored(partial(desk.readers.answers.get, key))
    if kept is None:
        await reply(update, context, [block(say("expired"))])
        return
    asked, parties = block(Span(say.isolated(kept.answer.asked_as), bold=True)), desk.work.parties
    blocks = [asked, *answer_blocks(kept.answer, parties, say)]
    await reply(update, context, blocks, answer_buttons(kept.answer, parties, kept.id, say))


async def show_help(update: Update, context: Context) -> None:
    """`/help`."""
    desk = desk_of(context)
    say, settings = context.say(), desk.work.settings
    limits = say("help_limits", minute=settings.telegram_per_minute, day=settings.telegram_per_day)
    menu = "\n".join(f"/{name} – {about}" for name, about in say.commands().items())
    await reply(update, context, _paragraphs(say("help"), say("help_citations"), limits, menu))


async def new(update: Update, context: Context) -> None:
    """`/new`: start a new conversation."""
    desk, who = desk_of(context), context.who
    await desk.stored(partial(desk.readers.people.new_conversation, who.chat, who.person, thread=who.thread))
    await reply(update, context, [block(context.say()("new_done"))])


async def unknown(update: Update, context: Context) -> None:
    """An unknown command."""
    await reply(update, context, [block(context.say()("unknown_command"))])


async def unsupported(update: Update, context: Context) -> None:
    """An image, a voice message, a sticker or another unsupported message: one short reply, at most once a minute."""
    desk, message = desk_of(context), update.effective_message
    if message is None or not await desk.stored(partial(desk.limits.once, REFUSED_ONCE, context.who.person)):
        return
    key = "unsupported_rich" if "rich_message" in message.api_kwargs else "unsupported"
    await reply(update, context, [block(context.say()(key))])


async def membership(update: Update, context: Context) -> None:
    """The reader blocked or unblocked the bot: recorded, so that their data is deleted after a month."""
    change = update.my_chat_member
    if change is not None and change.chat.type == "private":
        gone = change.new_chat_member.status in {ChatMember.BANNED, ChatMember.LEFT}
        desk = desk_of(context)
        await desk.stored(partial(desk.readers.people.block, change.from_user.id, gone))


def _paragraphs(*texts: str) -> list[Block]:
    return [block(text) for text in texts]
