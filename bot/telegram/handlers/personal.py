"""A reader's own data: language, settings, privacy, deletion, export."""

from __future__ import annotations

from functools import partial

from telegram import Update
from telegram.helpers import create_deep_linked_url

from bot.rendering.phrases import LANGUAGES
from bot.telegram import retention
from bot.telegram.reply import Attachment, edit, reply
from bot.telegram.services import Context, desk_of
from bot.telegram.views.export import as_json, as_markdown
from bot.telegram.views.html import Span, block
from bot.telegram.views.keyboards import Button, data, in_rows
from bot.telegram.views.phrases import Phrases, phrases

AUTO = "auto"


async def language(update: Update, context: Context) -> None:
    """`/language`: one of five, or that of the question."""
    buttons = [Button(phrases(code)("name"), data("l", code)) for code in LANGUAGES]
    say = context.say()
    rows = (*in_rows(buttons, 3), (Button(say("language_auto"), data("l", AUTO)),))
    await reply(update, context, [block(say("language_intro"))], rows)


async def language_chosen(update: Update, context: Context, code: str = "") -> None:
    """A button of `/language`, which sets the language of whoever touches it."""
    desk = desk_of(context)
    if code not in {*LANGUAGES, AUTO}:
        return
    chosen = None if code == AUTO else code
    await desk.stored(partial(desk.readers.people.choose_language, context.who.person, chosen))
    say = phrases(chosen or context.who.spoken)
    await reply(update, context, [block(say("language_set"))])


async def settings(update: Update, context: Context) -> None:
    """`/settings`: the current settings, and how to change them."""
    desk, say, chosen = desk_of(context), context.say(), context.who.language
    name = phrases(chosen)("name") if chosen else say("language_auto")
    limits = desk.work.settings
    days = await desk.stored(partial(desk.readers.digests.of, context.who.person))
    lines = [
        say("settings_language", language=f"{name} (/language)"),
        say(
            "settings_digest",
            choice=f"{say({0: 'digest_off', 1: 'digest_daily'}.get(days, 'digest_weekly'))} (/digest)",
        ),
        say("help_limits", minute=limits.telegram_per_minute, day=limits.telegram_per_day),
        say("privacy_link"),
    ]
    blocks = [block(Span(say("settings_intro"), bold=True)), *(block(line) for line in lines)]
    await reply(update, context, [*blocks, block(say("tables_about"))], _tables_row(say, context.who.tables))


def _tables_row(say: Phrases, wanted: bool) -> tuple[tuple[Button, ...], ...]:
    return ((Button(say("tables_off" if wanted else "tables_on"), data("t", int(not wanted))),),)


async def tables_chosen(update: Update, context: Context, wanted: str = "") -> None:
    """The button of `/settings`: two sides as a table, or as text."""
    desk, say = desk_of(context), context.say()
    await desk.stored(partial(desk.readers.people.choose_tables, context.who.person, wanted == "1"))
    await edit(update, context, [block(say("tables_about"))], _tables_row(say, wanted == "1"))


async def privacy(update: Update, context: Context) -> None:
    """`/privacy`: what is stored, for how long, and how to delete it."""
    say = context.say()
    sentences = retention.statement(desk_of(context).work.settings, say)
    await reply(update, context, [block(Span(say("privacy"), bold=True)), *(block(line) for line in sentences)])


async def in_private(update: Update, context: Context, command: str) -> bool:
    """In a group, link to the private chat, where the command starts; False in a private chat."""
    if not context.who.group:
        return False
    say, link = context.say(), create_deep_linked_url(context.bot.username, command)
    await reply(update, context, [block(say("in_private"))], ((Button(say("open_private"), url=link),),))
    return True


async def forget(update: Update, context: Context) -> None:
    """`/forget`: ask for confirmation, in private."""
    if await in_private(update, context, "forget"):
        return
    say = context.say()
    rows = ((Button(say("forget_yes"), data("f", "yes")), Button(say("forget_no"), data("f", "no"))),)
    await reply(update, context, [block(say("forget_ask"))], rows)


async def forget_confirmed(update: Update, context: Context, answer: str = "") -> None:
    """A button of `/forget`, in a private chat: deletes the data of whoever touches it."""
    desk, say = desk_of(context), context.say()
    if answer != "yes" or context.who.group:
        await edit(update, context, [block(say("forget_kept"))])
        return
    await retention.forget(desk, context.who.person)
    await edit(update, context, [block(say("forget_done"))])


async def export(update: Update, context: Context) -> None:
    """`/export`: the conversation as two files, in private."""
    if await in_private(update, context, "export"):
        return
    desk, say, who = desk_of(context), context.say(), context.who
    answers = await desk.stored(partial(desk.readers.answers.of_person, who.person, who.chat))
    if not answers:
        await reply(update, context, [block(say("export_nothing"))])
        return
    files = [
        Attachment("torkham.md", as_markdown(answers, desk.work.parties, say).encode()),
        Attachment("torkham.json", as_json(answers, desk.work.parties).encode()),
    ]
    await reply(update, context, [block(say("export_done"))], files=files)
