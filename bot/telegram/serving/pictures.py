"""Draws pictures one at a time in a separate process, and caches them per span and language."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bot.service.answer_cache import Shared
from bot.service.worker_pool import Overdue, WorkerDied, WorkerPool
from bot.telegram.queue.slots import step_aside

MAX_KEPT_PICTURES = 60  # some 100 kB each
MAX_WAITING_PICTURES = 100  # from which on one is refused
PICTURE_SECONDS = 60.0  # timeout of one
IDLE_SECONDS = 300.0  # idle time after which the drawing process ends
NICENESS = 10  # lower priority: an answer goes first


class PictureRefused(Exception):
    """It cannot be drawn now; the text is sent without it."""


class Pictures:
    """A cache of PNG files by key. Belongs to one event loop."""

    def __init__(self) -> None:
        self._made: Shared[Hashable, bytes] = Shared(MAX_KEPT_PICTURES)
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._pool: WorkerPool | None = None
        self._ending: asyncio.TimerHandle | None = None
        self.waiting = 0

    async def get(self, key: Hashable, draw: Callable[..., bytes], *arguments: Any) -> bytes:
        """The picture under that key, drawn by `draw(*arguments)` on a miss; may raise PictureRefused."""
        step_aside()
        try:
            return await self._made.get(key, lambda: self._drawn(draw, arguments))
        except (WorkerDied, Overdue) as error:
            raise PictureRefused(str(error)) from None

    def forget(self) -> None:
        """Called when another generation serves."""
        self._made.forget()

    def close(self) -> None:
        """End the process."""
        if self._ending is not None:
            self._ending.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._end()

    async def _drawn(self, draw: Callable[..., bytes], arguments: tuple[Any, ...]) -> bytes:
        if self.waiting >= MAX_WAITING_PICTURES:
            raise PictureRefused("too many pictures wait")
        self.waiting += 1
        try:
            loop = asyncio.get_running_loop()
            if self._ending is not None:
                self._ending.cancel()
            self._ending = loop.call_later(IDLE_SECONDS, self._end)
            return await loop.run_in_executor(self._threads, self._draw, draw, arguments)
        finally:
            self.waiting -= 1

    def _draw(self, draw: Callable[..., bytes], arguments: tuple[Any, ...]) -> bytes:
        if self._pool is None:
            self._pool = WorkerPool("pictures", 1, _begin)
        return self._pool.call(draw, *arguments, seconds=PICTURE_SECONDS)

    def _end(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()


def _begin() -> None:
    os.nice(NICENESS)
