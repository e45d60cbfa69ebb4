"""The application of python-telegram-bot: its connections, and the handler of every update, behind the door."""

from __future__ import annotations

from typing import Any

from telegram import Message, Update
from telegram.ext import (
    Application,
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    ExtBot,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.telegram.handlers import admin, browsing, checking, commands, digest, door, other_chats, personal, timeline
from bot.telegram.handlers import callbacks as touched
from bot.telegram.handlers import errors as failing
from bot.telegram.handlers import questions as asking
from bot.telegram.offers import stopped_draft
from bot.telegram.secrets import read_token
from bot.telegram.services import Context, Desk
from bot.telegram.transport.http import Wire
from bot.telegram.transport.retry import PatientLimiter

App = Application[Any, Any, Any, Any, Any, Any]
NEW = filters.UpdateType.MESSAGE
WORDS = filters.TEXT | filters.CAPTION
COMMANDS = {
    "start": commands.start,
    "help": commands.show_help,
    "ask": asking.ask_command,
    "check": checking.check,
    "new": commands.new,
    "sources": browsing.sources,
    "latest": browsing.latest,
    "timeline": timeline.timeline,
    "digest": digest.digest,
    "language": personal.language,
    "settings": personal.settings,
    "privacy": personal.privacy,
    "forget": personal.forget,
    "export": personal.export,
    "stats": admin.stats,
    "unanswered": admin.unanswered,
    "reindex": admin.reindex,
    "addsource": admin.add_source,
    "undo": admin.undo,
}


class Detail(filters.MessageFilter):
    """A reply to a request for a detail of a staged document."""

    def filter(self, message: Message) -> bool:
        """Whether it is one; the bot's own messages carry its id, the first part of the token."""
        return admin.detail_of(message, message.get_bot().id) is not None


class Stopped(BaseHandler[Update, Context, None]):
    """A reader stopping a draft: an update type that python-telegram-bot does not know yet."""

    def check_update(self, update: object) -> bool:
        """Whether it is one."""
        return isinstance(update, Update) and stopped_draft(update) is not None


def build(desk: Desk) -> App:
    """The application with its handlers, not yet connected."""
    settings = desk.work.settings
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
    _register(application)
    return application


def _register(application: App) -> None:
    """Register every handler: the door before all others, then the first that matches."""
    application.add_handler(TypeHandler(Update, door.enter), group=-1)
    private = filters.ChatType.PRIVATE & NEW
    for name, command in COMMANDS.items():
        application.add_handler(CommandHandler(name, command, NEW))
    application.add_handler(MessageHandler(private & filters.REPLY & filters.TEXT & Detail(), admin.detail_given))
    application.add_handler(MessageHandler(private & filters.Document.ALL, admin.add_file))
    application.add_handler(MessageHandler(private & filters.PHOTO, admin.add_photo))
    application.add_handler(MessageHandler(private & filters.COMMAND, commands.unknown))
    application.add_handler(MessageHandler(private & filters.FORWARDED & WORDS & ~filters.COMMAND, checking.forwarded))
    application.add_handler(MessageHandler(NEW & WORDS & ~filters.COMMAND, asking.text))
    application.add_handler(MessageHandler(filters.UpdateType.EDITED_MESSAGE & WORDS, asking.edited))
    application.add_handler(MessageHandler(private & ~filters.StatusUpdate.ALL, commands.unsupported))
    application.add_handler(CallbackQueryHandler(touched.touched))
    application.add_handler(InlineQueryHandler(other_chats.query))
    application.add_handler(ChatMemberHandler(commands.membership, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_handler(Stopped(asking.stop))
    application.add_handler(TypeHandler(Update, other_chats.guest))
    application.add_error_handler(failing.failed)
