"""What Telegram shows of the bot before a word is said: commands, description; set only where it differs."""

from __future__ import annotations

from telegram import Bot, BotCommand, BotCommandScope, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats

from bot.telegram.phrases import phrases
from bot.texts import LANGUAGES

IN_GROUPS = ("ask", "help")


async def set_up(bot: Bot) -> int:
    """Set what differs, for each language; returns how many things were set."""
    changed = 0
    for language in LANGUAGES:
        code = None if language == "en" else language  # English stands for every language that has none of its own
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
