"""Builds the python-telegram-bot application with its handlers."""

from __future__ import annotations

from typing import Any

from telegram.ext import Application, ContextTypes, ExtBot

from bot.telegram.context import Context
from bot.telegram.routes import register
from bot.telegram.secrets import read_token
from bot.telegram.services import Desk
from bot.telegram.transport.http import Wire
from bot.telegram.transport.retry import PatientLimiter
from bot.workspace import Workspace

App = Application[Any, Any, Any, Any, Any, Any]


def build(work: Workspace, desk: Desk) -> App:
    """The application with its handlers, not yet connected."""
    settings = work.settings
    bot: ExtBot[None] = ExtBot(
        read_token(settings),
        base_url=f"{settings.telegram_base_url}/bot",
        base_file_url=f"{settings.telegram_base_url}/file/bot",
        request=Wire(connections=64),
        get_updates_request=Wire(connections=1),
        rate_limiter=PatientLimiter(desk.metrics),
    )
    application: App = (
        Application.builder()
        .context_types(ContextTypes(context=Context))
        .bot(bot)
        .updater(None)
        .job_queue(None)
        .build()
    )
    application.bot_data["desk"] = desk
    register(application)
    return application
