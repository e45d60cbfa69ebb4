"""Raw updates: validity, sender, lane, and conversion to python-telegram-bot's type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telegram import Bot, Update

from bot.telegram.offers import STOPPED


def is_update(raw: object) -> bool:
    """Whether it has an update id, without which it cannot be confirmed."""
    return isinstance(raw, Mapping) and type(raw.get("update_id")) is int and abs(raw["update_id"]) < 2**63


def parse(raw: Mapping[str, Any], bot: Bot) -> Update | None:
    """The parsed update; None if python-telegram-bot cannot read it."""
    try:
        return Update.de_json(dict(raw), bot)
    except Exception:  # it raises anything on unknown input; one bad update must not stop the rest
        return None


def lane_of(raw: Mapping[str, Any]) -> str:
    """The lane in which an update is serialised: a chat for messages, a person for buttons.

    Inline queries are not serialised, nor is a request to stop the answer in work.
    """
    for kind in ("inline_query", STOPPED):
        if kind in raw:
            return f"{kind}:{raw['update_id']}"
    chat, person = sender(raw)
    if "callback_query" in raw:
        return f"touch:{person or 0}"
    return f"chat:{chat or 0}"


def sender(raw: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """The chat and the person of a raw update, if it has them."""
    for kind, value in raw.items():
        if kind != "update_id" and isinstance(value, Mapping):
            message = value.get("message") if kind == "callback_query" else value
            return _id(message, "chat"), _id(value, "from")
    return None, None


def _id(holder: object, name: str) -> int | None:
    held = holder.get(name) if isinstance(holder, Mapping) else None
    number = held.get("id") if isinstance(held, Mapping) else None
    return number if type(number) is int and abs(number) < 2**63 else None
