"""How updates reach the bot: long polling, or a webhook with its secret."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from support.fakes.bot_api.markup import Refused, bad
from support.fakes.bot_api.readers import Readers

FIRST_PAUSE, MOST_PAUSE = 0.05, 1.0  # seconds before a failed delivery is tried again; Telegram waits longer


class Updates(Readers):
    def __init__(self, token: str) -> None:
        super().__init__(token)
        self.poller: asyncio.Future[None] | None = None
        self.webhook = ""
        self.hook: dict[str, Any] = {}
        self.deliveries: list[tuple[int, int]] = []  # update_id and status, 0 where no answer came
        self.delivering: asyncio.Task[None] | None = None

    async def m_getUpdates(self, p: dict[str, Any]) -> Any:
        if self.webhook:
            raise Refused(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            )
        if self.poller is not None and not self.poller.done():
            self.poller.set_exception(
                Refused(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
            )
        if offset := int(p.get("offset") or 0):
            self.queue = [update for update in self.queue if update["update_id"] >= offset]
        allowed, end = p.get("allowed_updates"), time.monotonic() + float(p.get("timeout") or 0)
        while True:
            found = [u for u in self.queue if not allowed or any(kind in allowed for kind in u)][
                : int(p.get("limit") or 100)
            ]
            if found or time.monotonic() >= end:
                return found
            self.pushed.clear()
            mine = self.poller = asyncio.get_running_loop().create_future()
            waiting = asyncio.ensure_future(self.pushed.wait())
            try:
                done, _ = await asyncio.wait(
                    {waiting, mine}, timeout=end - time.monotonic(), return_when=asyncio.FIRST_COMPLETED
                )
            finally:
                waiting.cancel()
                if self.poller is mine:
                    self.poller = None
            if mine in done:
                mine.result()

    async def m_setWebhook(self, p: dict[str, Any]) -> Any:
        parts = urlsplit(p["url"])
        if parts.scheme != "https" and parts.hostname != "127.0.0.1":
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", p.get("secret_token") or ""):
            raise bad("secret token contains unallowed characters")
        if not 1 <= int(p.get("max_connections") or 40) <= 100:
            raise bad("wrong max_connections")
        self.webhook, self.hook = p["url"], p
        self.stop_delivering()
        self.delivering = asyncio.create_task(self._deliver())
        return True

    async def m_deleteWebhook(self, p: dict[str, Any]) -> Any:
        self.webhook, self.hook = "", {}
        self.stop_delivering()
        if p.get("drop_pending_updates"):
            self.queue.clear()
        return True

    async def m_getWebhookInfo(self, p: dict[str, Any]) -> Any:
        failed = [status for _, status in self.deliveries[-1:] if status != 200]
        about = {"url": self.webhook, "has_custom_certificate": False, "pending_update_count": len(self.queue)}
        return {**about, **({"last_error_message": f"Wrong response: {failed[0]}"} if failed else {})}

    def stop_delivering(self) -> None:
        if self.delivering is not None:
            self.delivering.cancel()

    async def _deliver(self) -> None:
        """Oldest first, one at a time; what is not answered with 2xx is brought again, after a pause that grows."""
        pause, allowed = FIRST_PAUSE, self.hook.get("allowed_updates")
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(5)) as session:
            while True:
                found = next((u for u in self.queue if not allowed or any(kind in allowed for kind in u)), None)
                if found is None:
                    self.pushed.clear()
                    await self.pushed.wait()
                    continue
                status = await self._bring(session, found)
                self.deliveries.append((found["update_id"], status))
                self.called.set()
                if 200 <= status < 300:
                    self.queue.remove(found)
                    pause = FIRST_PAUSE
                else:
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, MOST_PAUSE)

    async def _bring(self, session: aiohttp.ClientSession, update: dict[str, Any]) -> int:
        headers = (
            {"X-Telegram-Bot-Api-Secret-Token": self.hook["secret_token"]} if self.hook.get("secret_token") else {}
        )
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            async with session.post(self.webhook, json=update, headers=headers) as answer:
                return answer.status
        return 0
