"""What is a reader's own: language, settings, privacy, forgetting, taking a copy along."""

from __future__ import annotations

import io

from telegram import InputFile, Message, Update

from bot.telegram import retention
from bot.telegram.buttons import Button, data, in_rows
from bot.telegram.desk import Context, desk_of
from bot.telegram.export import as_json, as_markdown
from bot.telegram.markup import Span, block
from bot.telegram.outbox import reply
from bot.telegram.phrases import phrases
from bot.texts import LANGUAGES

AUTO = "auto"


async def language(update: Update, context: Context) -> None:
    """`/language`: the five, or as the question is."""
    say = desk_of(context).say(update)
    buttons = [Button(phrases(code)("name"), data("l", code)) for code in LANGUAGES]
    rows = (*in_rows(buttons, 3), (Button(say("language_auto"), data("l", AUTO)),))
    await reply(update, context, [block(say("language_intro"))], rows)


async def language_chosen(update: Update, context: Context, code: str) -> None:
    """A button of `/language`."""
    desk, user = desk_of(context), update.effective_user
    if user is not None and code in {*LANGUAGES, AUTO}:
        desk.people.choose_language(user.id, None if code == AUTO else code)
        await reply(update, context, [block(desk.say(update)("language_set"))])


async def settings(update: Update, context: Context) -> None:
    """`/settings`: what is set, and how to change it."""
    desk, user = desk_of(context), update.effective_user
    say = desk.say(update)
    chosen = desk.people.language(user.id) if user else None
    name = phrases(chosen)("name") if chosen else say("language_auto")
    limits = desk.work.settings
    lines = [
        say("settings_language", language=f"{name} (/language)"),
        say("help_limits", minute=limits.telegram_per_minute, day=limits.telegram_per_day),
        say("privacy_link"),
    ]
    await reply(update, context, [block(Span(say("settings_intro"), bold=True)), *(block(line) for line in lines)])


async def privacy(update: Update, context: Context) -> None:
    """`/privacy`: what is kept, how long, and how to be rid of it."""
    desk = desk_of(context)
    say = desk.say(update)
    sentences = retention.statement(desk.work.settings, say)
    await reply(update, context, [block(Span(say("privacy"), bold=True)), *(block(line) for line in sentences)])


async def forget(update: Update, context: Context) -> None:
    """`/forget`: ask first."""
    say = desk_of(context).say(update)
    rows = ((Button(say("forget_yes"), data("f", "yes")), Button(say("forget_no"), data("f", "no"))),)
    await reply(update, context, [block(say("forget_ask"))], rows)


async def forget_confirmed(update: Update, context: Context, answer: str) -> None:
    """A button of `/forget`: what is deleted is that of whoever touches it."""
    desk, user = desk_of(context), update.effective_user
    say = desk.say(update)
    if user is None or answer != "yes":
        await reply(update, context, [block(say("forget_kept"))])
        return
    retention.forget(desk, user.id)
    await reply(update, context, [block(say("forget_done"))])


async def export(update: Update, context: Context) -> None:
    """`/export`: the conversation as two files."""
    desk, user, message = desk_of(context), update.effective_user, update.effective_message
    if user is None or not isinstance(message, Message):
        return
    say = desk.say(update)
    answers = desk.kept.of_person(user.id, message.chat_id)
    if not answers:
        await reply(update, context, [block(say("export_nothing"))])
        return
    files = {
        "torkham.md": as_markdown(answers, desk.work.parties, say),
        "torkham.json": as_json(answers, desk.work.parties),
    }
    for name, text in files.items():
        await message.reply_document(InputFile(io.BytesIO(text.encode()), filename=name))
    await reply(update, context, [block(say("export_done"))])
