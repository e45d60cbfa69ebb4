"""The methods that set what Telegram shows of a bot, and files."""

from __future__ import annotations

import json
import re
from typing import Any

from support.fakes.bot_api.markup import bad
from support.fakes.bot_api.readers import Readers


class Profile(Readers):
    def __init__(self, token: str) -> None:
        super().__init__(token)
        self.kept: dict[tuple[str, str, str], Any] = {}

    async def m_getFile(self, p: dict[str, Any]) -> Any:
        if p["file_id"] not in self.files:
            raise bad("invalid file_id")
        return {
            "file_id": p["file_id"],
            "file_unique_id": "u",
            "file_size": len(self.files[p["file_id"]]),
            "file_path": f"documents/{p['file_id']}",
        }

    def _keeps(self, what: str, p: dict[str, Any], value: Any = None) -> Any:
        key = (what, json.dumps(p.get("scope")), p.get("language_code") or "")
        if value is None:
            return self.kept.get(key)
        self.kept[key] = value
        return True

    async def m_setMyCommands(self, p: dict[str, Any]) -> Any:
        for command in p["commands"]:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]) or not 1 <= len(command["description"]) <= 256:
                raise bad("BOT_COMMAND_INVALID")
        return self._keeps("commands", p, p["commands"])

    async def m_getMyCommands(self, p: dict[str, Any]) -> Any:
        return self._keeps("commands", p) or []

    async def m_setMyDescription(self, p: dict[str, Any]) -> Any:
        if len(p["description"]) > 512:
            raise bad("description is too long")
        return self._keeps("description", p, p["description"])

    async def m_getMyDescription(self, p: dict[str, Any]) -> Any:
        return {"description": self._keeps("description", p) or ""}

    async def m_setMyShortDescription(self, p: dict[str, Any]) -> Any:
        if len(p["short_description"]) > 120:
            raise bad("short description is too long")
        return self._keeps("short", p, p["short_description"])

    async def m_getMyShortDescription(self, p: dict[str, Any]) -> Any:
        return {"short_description": self._keeps("short", p) or ""}
