"""The bot's profile at Telegram: commands and descriptions, set only if they differ."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import BadRequest

from bot.rendering.phrases import LANGUAGES
from bot.telegram.views.phrases import phrases

IN_GROUPS = ("ask", "check", "help", "latest", "timeline")
log = logging.getLogger("torkham.menu")


async def set_up(bot: Bot, admins: Sequence[int] = ()) -> int:
    """Set what differs, per language; returns the number of changes."""
    changed = 0
    for admin in admins:
        say = phrases("en")
        try:
            everything = [*say.commands().items(), *say.admin_commands().items()]
            changed += await _commands(bot, BotCommandScopeChat(admin), None, everything)
        except BadRequest:  # an admin who never wrote to the bot has no chat with it yet
            log.info("an admin has no menu yet: write to the bot, then start it again")
    for language in LANGUAGES:
        code = None if language == "en" else language  # English is used for every language without its own
        say = phrases(language)
        commands = say.commands()
        everywhere = [(name, about) for name, about in commands.items() if name in IN_GROUPS]
        changed += await _commands(bot, BotCommandScopeAllPrivateChats(), code, list(commands.items()))
        changed += await _commands(bot, BotCommandScopeAllGroupChats(), code, everywhere)
        if (await bot.get_my_description(code)).description != say("description"):
            await bot.set_my_description(say("description"), code)
            changed += 1
        if (await bot.get_my_short_description(code)).short_description != say("short_description"):
            await bot.set_my_short_description(say("short_description"), code)
            changed += 1
    return changed


async def _commands(bot: Bot, scope: BotCommandScope, code: str | None, wanted: list[tuple[str, str]]) -> int:
    there = await bot.get_my_commands(scope, code)
    if [(command.command, command.description) for command in there] == wanted:
        return 0
    await bot.set_my_commands([BotCommand(name, about) for name, about in wanted], scope, code)
    return 1
