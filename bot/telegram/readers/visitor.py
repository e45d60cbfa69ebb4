"""The sender of an update, and its purpose. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from telegram import Message, MessageEntity, Update

from bot.telegram.offers import stopped_draft

QUESTIONS = ("q", "n", "w")  # kinds of buttons that ask a question


class Purpose(Enum):
    """The purpose of an update; `NOTHING` if it is not meant for the bot."""

    NOTHING = "nothing"
    QUESTION = "question"
    COMMAND = "command"
    BUTTON = "button"
    INLINE = "inline"
    MEMBERSHIP = "membership"
    GUEST = "guest"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Visitor:
    """`person` is a user id, or that of the group for an anonymous admin; `thread` the topic, 0 outside one.

    `language` is the chosen one, `spoken` that of the Telegram app; `told` the languages in which the notice on English
    passages was given; `tables` whether two sides are shown as a table.
    """

    person: int
    chat: int
    thread: int = 0
    group: bool = False
    purpose: Purpose = Purpose.NOTHING
    admin: bool = False
    language: str | None = None
    spoken: str | None = None
    told: tuple[str, ...] = ()
    tables: bool = False


def visitor_of(update: Update, bot_id: int, bot_name: str) -> Visitor | None:
    """The sender; None for bots, channels and updates without a person."""
    if (stopped := stopped_draft(update)) is not None:  # a private chat has its reader's id
        return Visitor(stopped[0], stopped[0], purpose=Purpose.STOP)
    chat, message = update.effective_chat, update.effective_message
    person = _person(update)
    if person is None:
        return None
    user = update.effective_user
    return Visitor(
        person,
        chat.id if chat else person,
        thread_of(message) if isinstance(message, Message) else 0,
        group=chat is not None and chat.type != "private",
        purpose=purpose_of(update, bot_id, bot_name),
        spoken=user.language_code if user else None,
    )


def _person(update: Update) -> int | None:
    message = update.message or update.edited_message or update.guest_message
    if message is not None and message.sender_chat is not None:
        anonymous = message.sender_chat.id == message.chat.id and message.chat.type in {"group", "supergroup"}
        return message.chat.id if anonymous and not message.via_bot else None
    if message is not None and message.via_bot is not None:
        return None
    if update.channel_post or update.edited_channel_post:
        return None
    user = update.effective_user
    return None if user is None or user.is_bot else user.id


def thread_of(message: Message) -> int:
    """The topic of a message, 0 outside one."""
    return message.message_thread_id or 0 if message.is_topic_message else 0


def purpose_of(update: Update, bot_id: int, bot_name: str) -> Purpose:
    """The purpose of an update for the bot with that id and name."""
    if update.callback_query:
        return Purpose.BUTTON
    if update.inline_query:
        return Purpose.INLINE
    if update.my_chat_member:
        return Purpose.MEMBERSHIP
    if update.guest_message:
        return Purpose.GUEST
    if update.message:
        return _of_message(update.message, bot_id, bot_name)
    if update.edited_message:
        wanted = _of_message(update.edited_message, bot_id, bot_name)
        return wanted if wanted is Purpose.QUESTION else Purpose.NOTHING
    return Purpose.NOTHING


def _of_message(message: Message, bot_id: int, bot_name: str) -> Purpose:
    command = command_of(message, bot_name)
    if command is not None:
        return Purpose.QUESTION if command == "ask" else Purpose.COMMAND
    if message.chat.type != "private":
        return Purpose.QUESTION if addressed(message, bot_id, bot_name) is not None else Purpose.NOTHING
    if message.text and message.text.startswith("/"):
        return Purpose.COMMAND  # for another bot, or unknown
    if message.text or (message.caption and message.document is None):
        return Purpose.QUESTION
    return Purpose.COMMAND if message.effective_attachment or message.api_kwargs else Purpose.NOTHING


def command_of(message: Message, bot_name: str) -> str | None:
    """The command at the start of a message, unless it names another bot."""
    entities = message.entities
    if not message.text or not entities or entities[0].type != MessageEntity.BOT_COMMAND or entities[0].offset:
        return None
    name, _, whose = message.text[1 : entities[0].length].partition("@")
    return name.lower() if not whose or whose.lower() == bot_name.lower() else None


def addressed(message: Message, bot_id: int, bot_name: str) -> str | None:
    """The question in a group message addressed to the bot, without the bot's name; None in any other."""
    words, name, to_us = message.text or message.caption or "", f"@{bot_name}".lower(), False
    mentions = message.parse_entities if message.text else message.parse_caption_entities
    for entity, mention in mentions([MessageEntity.MENTION]).items():
        if mention.lower() == name:
            to_us = True
            raw = words.encode("utf-16-le")
            start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
            words = (raw[:start] + raw[end:]).decode("utf-16-le")
            break
    answered = message.reply_to_message
    if answered and answered.from_user and answered.from_user.id == bot_id:
        to_us = True
    return " ".join(words.split()) if to_us else None
