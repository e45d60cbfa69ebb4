"""Routes updates to handlers, behind the door."""

from __future__ import annotations

from typing import Any

from telegram import Message, Update
from telegram.ext import (
    Application,
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.telegram.handlers import admin, browsing, checking, commands, digest, door, guest, inline, personal, timeline
from bot.telegram.handlers import callbacks as touched
from bot.telegram.handlers import errors as failing
from bot.telegram.handlers import questions as asking
from bot.telegram.offers import stopped_draft
from bot.telegram.services import Context

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


def register(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
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
    application.add_handler(InlineQueryHandler(inline.query))
    application.add_handler(ChatMemberHandler(commands.membership, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_handler(Stopped(asking.stop))
    application.add_handler(TypeHandler(Update, guest.guest))
    application.add_error_handler(failing.failed)
