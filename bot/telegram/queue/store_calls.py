"""The store from the event loop: calls in threads, and group commit, by which concurrent writers share one flush to disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from bot.errors import StoreError

T = TypeVar("T")


class StoreCalls:
    """`await stored(call)` calls the store in a thread: a slow statement must not halt every chat.

    `failing` is set while the last call failed; `failures` counts those that did.
    """

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="store")
        self.failing = False
        self.failures = 0

    async def __call__(self, call: Callable[[], T]) -> T:
        """The result of the call; may raise StoreError."""
        try:
            result = await asyncio.get_running_loop().run_in_executor(self._threads, call)
        except StoreError:
            self.failures += 1
            self.failing = True
            raise
        self.failing = False
        return result

    def close(self) -> None:
        """Wait for the calls that run, and end the threads."""
        self._threads.shutdown()


class Durable:
    """`await durable()` returns once everything written before the call is on disk.

    `flush` blocks; it runs in a thread, one at a time, and serves every caller that arrived before it began.
    """

    def __init__(self, flush: Callable[[], None]) -> None:
        self._flush = flush
        self._turn: asyncio.Task[None] | None = None
        self._next: asyncio.Task[None] | None = None

    async def __call__(self) -> None:
        """Wait for a flush that starts after this call."""
        if self._next is None:
            self._next = asyncio.create_task(self._run(self._turn))
        await asyncio.shield(self._next)

    async def _run(self, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait({before})
        self._turn, self._next = self._next, None
        await asyncio.to_thread(self._flush)
