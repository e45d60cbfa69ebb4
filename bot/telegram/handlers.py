"""Which update goes to which handler."""

from __future__ import annotations

from typing import Any

from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.telegram import admin, asking, browsing, commands, failing, inline, personal, touched

NEW = filters.UpdateType.MESSAGE
HUMAN = ~filters.VIA_BOT & ~filters.SenderChat.ALL
COMMANDS = {
    "start": commands.start,
    "help": commands.show_help,
    "ask": asking.ask_command,
    "new": commands.new,
    "sources": browsing.sources,
    "latest": browsing.latest,
    "timeline": browsing.timeline,
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


def register(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Add every handler; the first that fits takes the update."""
    edited = filters.UpdateType.EDITED_MESSAGE & HUMAN & filters.TEXT
    private = filters.ChatType.PRIVATE & NEW
    for name, command in COMMANDS.items():
        application.add_handler(CommandHandler(name, command, NEW & HUMAN))
    application.add_handler(MessageHandler(private & filters.Document.ALL, admin.add_file))
    application.add_handler(MessageHandler(private & filters.COMMAND, commands.unknown))
    application.add_handler(MessageHandler(NEW & HUMAN & filters.TEXT & ~filters.COMMAND, asking.text))
    application.add_handler(MessageHandler(edited, asking.edited))
    application.add_handler(MessageHandler(private & ~filters.StatusUpdate.ALL, commands.unsupported))
    application.add_handler(CallbackQueryHandler(touched.touched))
    application.add_handler(InlineQueryHandler(inline.query))
    application.add_handler(ChatMemberHandler(commands.membership, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_error_handler(failing.failed)
