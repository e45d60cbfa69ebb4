"""The checks of `torkham bot check`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from telegram import Bot, BotCommandScopeAllPrivateChats
from telegram.error import InvalidToken, TelegramError

from bot import doctor
from bot.doctor import Check
from bot.errors import BotError
from bot.settings import Settings
from bot.telegram.secrets import read_token, read_webhook_secret
from bot.telegram.transport.http import Wire
from bot.telegram.views.phrases import phrases
from bot.workspace import Workspace


def examine(work: Workspace) -> Iterator[Check]:
    """Check token, webhook and commands at Telegram, then home, model, library and index."""
    try:
        token = read_token(work.settings)
    except BotError as error:
        yield Check("token", False, str(error))
    else:
        yield from asyncio.run(_ask(token, work.settings))
    for found in doctor.examine(work):
        if not found.subject.startswith("setting "):
            yield found


def _webhook(settings: Settings, there: str) -> Check:
    """Compare the webhook set at Telegram with the configured one."""
    if not settings.telegram_webhook_url:
        return Check("webhook", True, "one is set: `torkham bot run` removes it" if there else "none")
    try:
        read_webhook_secret(settings)
    except BotError as error:
        return Check("webhook", False, str(error))
    ours = there.startswith(settings.telegram_webhook_url.rstrip("/") + "/")
    return Check("webhook", True, "set" if ours else "not set yet: `torkham bot run` sets it")


async def _ask(token: str, settings: Settings) -> list[Check]:
    request = Wire(connections=1, read_timeout=10)
    bot = Bot(token, base_url=f"{settings.telegram_base_url}/bot", request=request)
    try:
        await request.initialize()
        me = await bot.get_me()
        hook = await bot.get_webhook_info()
        there = {command.command for command in await bot.get_my_commands(BotCommandScopeAllPrivateChats())}
    except InvalidToken:
        return [Check("token", False, "Telegram does not know it: take it from BotFather again")]
    except TelegramError as error:
        finding = f"{settings.telegram_base_url} cannot be reached ({type(error).__name__}): check the network"
        return [Check("Telegram", False, finding)]
    finally:
        await request.shutdown()
    missing = sorted(set(phrases("en").commands()) - there)
    joins = "can" if me.can_join_groups else "cannot"
    return [
        Check("token", True, f"bot {me.id}; it {joins} join groups"),
        Check("inline mode", True, "on" if me.supports_inline_queries else "off: enable it at BotFather"),
        _webhook(settings, hook.url),
        Check(
            "commands", True, f"not set yet: {', '.join(missing)}; `torkham bot run` sets them" if missing else "set"
        ),
    ]
