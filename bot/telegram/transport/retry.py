"""Retries requests to Telegram: a rate-limited chat waits while others continue; only requests known to have failed
repeat.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from typing import Any

from telegram.error import NetworkError, RetryAfter
from telegram.ext import BaseRateLimiter

from bot.telegram.metrics import Metrics
from bot.telegram.queue.slots import step_aside
from bot.telegram.transport.http import NoAnswer, NotSent

MAX_ATTEMPTS = 6  # at a request to Telegram
FIRST_PAUSE_SECONDS = 0.3
# Useless when late: never retried, never waited for.
FLEETING = {"sendChatAction", "sendMessageDraft", "answerCallbackQuery", "answerInlineQuery", "setMessageReaction"}


class PatientLimiter(BaseRateLimiter[None]):
    """Honours `retry_after` per chat, and retries failed connections and 5xx with growing pauses."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._until: dict[object, float] = {}

    async def initialize(self) -> None:
        """No-op."""

    async def shutdown(self) -> None:
        """No-op."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,
    ) -> Any:
        """Make the request, with retries where safe."""
        if endpoint in FLEETING:
            return await callback(*args, **kwargs)
        chat = data.get("chat_id")
        for attempt in itertools.count(1):
            await self._turn(chat)
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as error:
                self._metrics.too_many.inc()
                if attempt == MAX_ATTEMPTS:
                    raise
                self._until[chat] = asyncio.get_running_loop().time() + seconds_of(error) + 0.05
            except NetworkError as error:
                if attempt == MAX_ATTEMPTS or not surely_unprocessed(error):
                    raise
                step_aside()
                await asyncio.sleep(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1))

    async def _turn(self, chat: object) -> None:
        while (left := self._until.get(chat, 0.0) - asyncio.get_running_loop().time()) > 0:
            step_aside()
            await asyncio.sleep(left)
        self._until.pop(chat, None)


def seconds_of(error: RetryAfter) -> float:
    """The delay Telegram asks for; python-telegram-bot gives whole seconds or a timedelta."""
    wait: Any = error._retry_after  # the public property warns in one of its two forms
    return float(wait.total_seconds())


def surely_unprocessed(error: NetworkError) -> bool:
    """Whether the request had no effect: it was never sent, or the server refused it (5xx)."""
    return isinstance(error, NotSent) or type(error) is NetworkError


def in_doubt(error: NetworkError) -> bool:
    """Whether the request may have been executed although no answer came."""
    return isinstance(error, NoAnswer)
