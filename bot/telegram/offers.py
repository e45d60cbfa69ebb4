"""Bot API features newer than python-telegram-bot: detected on the server once, with a fallback.

Shapes: Bot API 10.1 to 10.3 (`InputRichMessage`, `EphemeralMessageParameters`, `MessageGenerationStopped`).
"""

from __future__ import annotations

import logging
from typing import Any

from telegram import Bot, Message, Update
from telegram.error import BadRequest, EndPointNotFound, TelegramError

STOPPED = "stopped_message_generation"
RICH = "rich_message"
log = logging.getLogger("torkham.offers")


def stopped_draft(update: Update) -> tuple[int, int] | None:
    """(chat, draft) of an update in which a reader stopped a draft; None for any other."""
    raw = update.api_kwargs.get(STOPPED)
    if not isinstance(raw, dict) or not isinstance(raw.get("chat"), dict):
        return None
    chat, draft = raw["chat"].get("id"), raw.get("draft_id")
    return (chat, draft) if type(chat) is int and type(draft) is int else None


class Ephemeral:
    """Messages in a group that only one member sees.

    A server that does not know the parameter would show such a message to everybody, so the server is first probed for
    a method of the same version, and a message that comes back not marked as ephemeral is deleted at once.
    """

    def __init__(self) -> None:
        self._there: bool | None = None

    async def send(self, bot: Bot, chat: int, person: int, query: str, text: str, **about: Any) -> bool:
        """Show HTML to one member in reply to a touched button; False if unsupported."""
        if self._there is None:
            self._there = await _knows(bot, "deleteEphemeralMessage", chat, person)
        if not self._there:
            return False
        only = {"receiver_user_id": person, "callback_query_id": query}
        try:
            sent = await bot.send_message(
                chat, text, parse_mode="HTML", api_kwargs={"ephemeral_message_parameters": only}, **about
            )
        except BadRequest as error:
            log.warning("an ephemeral message was refused (%s)", type(error).__name__)
            return False
        if "ephemeral_message_id" in sent.to_dict():
            return True
        self._there = False
        await _take_back(bot, sent)
        return False


class Rich:
    """Rich messages, which have tables: opt-in, since some apps show nothing of them."""

    def __init__(self) -> None:
        self._there = True

    async def send(self, bot: Bot, html: str, *, right_to_left: bool, **about: Any) -> Message | None:
        """Send one; None if the server refuses it or does not support it."""
        if not self._there:
            return None
        given = {"rich_message": {"html": html, "is_rtl": right_to_left, "skip_entity_detection": True}, **about}
        try:
            sent = await bot.do_api_request(
                "sendRichMessage",
                api_kwargs={name: value for name, value in given.items() if value is not None},
                return_type=Message,
            )
        except EndPointNotFound:
            self._there = False
            return None
        except BadRequest as error:
            log.warning("a rich message was refused (%s): sent as text", type(error).__name__)
            return None
        return sent if isinstance(sent, Message) else None


async def _knows(bot: Bot, method: str, chat: int, person: int) -> bool | None:
    """Whether the server has a method, judged by its error for an empty call; None if it did not say."""
    given = {"chat_id": chat, "receiver_user_id": person, "ephemeral_message_id": 0}
    try:
        await bot.do_api_request(method, api_kwargs=given)
    except EndPointNotFound:
        return False
    except BadRequest:
        return True
    except TelegramError:
        return None
    return True


async def _take_back(bot: Bot, sent: Message) -> None:
    try:
        await bot.delete_message(sent.chat_id, sent.message_id)
    except TelegramError as error:
        log.warning("a message that was meant for one reader could not be deleted (%s)", type(error).__name__)
