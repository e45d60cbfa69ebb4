"""The readers' side: what they write, touch and type, and what arrives at them."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
import time
from typing import Any

from support.fakes.bot_api.markup import units


class Readers:
    def __init__(self, token: str) -> None:
        self.token = token
        self.me = {
            "id": int(token.split(":")[0]), "is_bot": True, "first_name": "Torkham", "username": "torkham_test_bot",
            "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": True, "supports_guest_queries": True,
        }  # fmt: skip
        self.update_ids, self.message_ids, self.query_ids = itertools.count(1), itertools.count(1), itertools.count(1)
        self.queue: list[dict[str, Any]] = []
        self.calls: list[dict[str, Any]] = []
        self.messages: dict[tuple[int, int], dict[str, Any]] = {}
        self.touched: dict[str, bool] = {}
        self.inline: dict[str, Any] = {}
        self.guests: dict[str, Any] = {}
        self.faults: list[dict[str, Any]] = []
        self.blocked: set[int] = set()
        self.rich: str | None = "all"  # whether this server has rich messages, and whether they can become text
        self.ephemeral = True  # whether this server has ephemeral messages (Bot API 10.3)
        self.files: dict[str, bytes] = {}
        self.languages: dict[int, str] = {}
        self.pushed, self.called = asyncio.Event(), asyncio.Event()

    def user(self, person: int) -> dict[str, Any]:
        return {
            "id": person,
            "is_bot": False,
            "first_name": f"U{person}",
            "language_code": self.languages.get(person, "en"),
        }

    def chat(self, chat: int) -> dict[str, Any]:
        if chat > 0:
            return {"id": chat, "type": "private", "first_name": f"U{chat}"}
        return {"id": chat, "type": "supergroup", "title": "A group"}

    def push(self, kind: str, value: dict[str, Any], update_id: int | None = None) -> dict[str, Any]:
        update = {"update_id": update_id or next(self.update_ids), kind: value}
        self.queue.append(update)
        self.pushed.set()
        return update

    def message(self, person: int, text: str | None, chat: int | None = None, **fields: Any) -> dict[str, Any]:
        message = {
            "message_id": next(self.message_ids), "date": int(time.time()), "from": self.user(person),
            "chat": self.chat(chat or person), **fields,
        }  # fmt: skip
        if text is not None:
            message["text"] = text
            message["entities"] = [
                {"type": "mention" if match[0][0] == "@" else "bot_command", "offset": units(text[: match.start()]), "length": units(match[0])}
                for match in re.finditer(r"@\w+|^/\w+(@\w+)?", text)
            ]  # fmt: skip
        self.messages[message["chat"]["id"], message["message_id"]] = message
        return message

    def say(self, person: int, text: str | None, chat: int | None = None, **fields: Any) -> dict[str, Any]:
        return self.push("message", self.message(person, text, chat, **fields))

    def edit(self, message: dict[str, Any], text: str) -> dict[str, Any]:
        changed = {**message, "text": text, "edit_date": int(time.time())}
        return self.push("edited_message", changed)

    def touch(self, person: int, message: dict[str, Any], data: str) -> str:
        identifier = str(next(self.query_ids))
        self.touched[identifier] = False
        self.push(
            "callback_query",
            {"id": identifier, "from": self.user(person), "chat_instance": "1", "message": message, "data": data},
        )
        return identifier

    def stop_draft(self, person: int, draft: int) -> None:
        """Touch the button that stops a draft (Bot API 10.3)."""
        self.push("stopped_message_generation", {"chat": self.chat(person), "draft_id": draft})

    def type_inline(self, person: int, query: str) -> str:
        identifier = str(next(self.query_ids))
        self.inline[identifier] = None
        self.push("inline_query", {"id": identifier, "from": self.user(person), "query": query, "offset": ""})
        return identifier

    def fault(self, method: str, kind: int | str, times: int = 1, **about: Any) -> None:
        """429 (retry_after), any other status, html502, drop, drop_after or slow (seconds, or until an event), for the next calls."""
        self.faults.append({"method": method, "kind": kind, "times": times, **about})

    async def until(self, found: Any, seconds: float = 120.0) -> Any:
        """What `found(self)` gives once it is true."""
        end = time.monotonic() + seconds
        while not (value := found(self)):
            self.called.clear()
            left = end - time.monotonic()
            if left <= 0:
                raise AssertionError(
                    f"nothing came; last calls: {[(c['method'], c.get('error')) for c in self.calls[-8:]]}"
                )
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.called.wait(), min(left, 0.2))
        return value

    def sent(self, chat: int | None = None) -> list[dict[str, Any]]:
        """The messages that arrived, as the reader sees them."""
        return [
            call["arrived"]
            for call in self.calls
            if call.get("arrived")
            and call["method"].startswith("send")
            and (chat is None or call["arrived"]["chat"]["id"] == chat)
        ]

    def of(self, method: str) -> list[dict[str, Any]]:
        return [call for call in self.calls if call["method"] == method]
