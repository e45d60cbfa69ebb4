"""The commands that lead a reader in, and what is said to what the bot cannot read."""

from __future__ import annotations

from telegram import ChatMember, Update

from bot.telegram.browsing import document_named, show_document
from bot.telegram.buttons import Button, data
from bot.telegram.desk import Context, desk_of
from bot.telegram.markup import Block, Span, block
from bot.telegram.messages import answer_blocks, answer_buttons
from bot.telegram.outbox import reply
from bot.telegram.phrases import Phrases
from sources.document import Document

REFUSED_ONCE = "unsupported"


async def start(update: Update, context: Context) -> None:
    """`/start`, bare or with what a link carries: `d_…` a document, `a_…` an answer. A payload is anybody's text."""
    kind, _, key = (context.args[0] if context.args else "").partition("_")
    if kind == "d":
        await show_document(update, context, document_named(desk_of(context).live.documents, key), page=0)
    elif kind == "a":
        await _answer(update, context, key)
    else:
        await _welcome(update, context)


async def _welcome(update: Update, context: Context) -> None:
    desk = desk_of(context)
    say = desk.say(update)
    if update.effective_user is not None:
        desk.people.block(update.effective_user.id, False)
    examples = say.several("examples")
    rows = tuple((Button(example, data("q", number)),) for number, example in enumerate(examples))
    blocks = [block(say("start")), block(coverage(list(desk.live.documents.values()), say)), block(say("privacy_link"))]
    await reply(update, context, [*blocks, block(say("examples_intro"))], rows)


def coverage(documents: list[Document], say: Phrases) -> str:
    """How much the library holds, and from when to when."""
    days = [day for document in documents for day in (document.covers_from, document.covers_to) if day]
    days += [document.published for document in documents if document.published and not document.covers_from]
    if not documents or not days:
        return say("coverage_empty")
    first, last = (say.date(each[:7]) for each in (min(days), max(days)))
    return say("coverage", documents=say.number(len(documents)), first=first, last=last)


async def _answer(update: Update, context: Context, key: str) -> None:
    desk = desk_of(context)
    say, kept = desk.say(update), desk.kept.get(key)
    if kept is None:
        await reply(update, context, [block(say("expired"))])
        return
    asked = block(Span(kept.answer.asked_as, bold=True))
    blocks = [asked, *answer_blocks(kept.answer, desk.work.parties, say)]
    await reply(update, context, blocks, answer_buttons(kept.answer, kept.id, say))


async def show_help(update: Update, context: Context) -> None:
    """`/help`."""
    desk = desk_of(context)
    say, settings = desk.say(update), desk.work.settings
    limits = say("help_limits", minute=settings.telegram_per_minute, day=settings.telegram_per_day)
    menu = "\n".join(f"/{name} – {about}" for name, about in say.commands().items())
    await reply(update, context, _paragraphs(say("help"), say("help_citations"), limits, menu))


async def new(update: Update, context: Context) -> None:
    """`/new`: the conversation starts afresh."""
    desk = desk_of(context)
    if update.effective_user is not None and update.effective_chat is not None:
        desk.people.new_conversation(update.effective_chat.id, update.effective_user.id)
    await reply(update, context, [block(desk.say(update)("new_done"))])


async def unknown(update: Update, context: Context) -> None:
    """A command that there is not."""
    await reply(update, context, [block(desk_of(context).say(update)("unknown_command"))])


async def unsupported(update: Update, context: Context) -> None:
    """A picture, a voice, a sticker, a message in a form that cannot be read: one short line, once a minute."""
    desk, message, user = desk_of(context), update.effective_message, update.effective_user
    if message is None or user is None or not desk.limits.once(REFUSED_ONCE, user.id):
        return
    key = "unsupported_rich" if "rich_message" in message.api_kwargs else "unsupported"
    await reply(update, context, [block(desk.say(update)(key))])


async def membership(update: Update, context: Context) -> None:
    """Blocked by a reader, or let in again: noted, so that all of it goes after a month."""
    change = update.my_chat_member
    if change is not None and change.chat.type == "private":
        gone = change.new_chat_member.status in {ChatMember.BANNED, ChatMember.LEFT}
        desk_of(context).people.block(change.from_user.id, gone)


def _paragraphs(*texts: str) -> list[Block]:
    return [block(text) for text in texts]
