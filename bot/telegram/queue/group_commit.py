"""Onto the disk together: those who need what they wrote to survive a power failure share one flush."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Durable:
    """`await durable()` returns once all that was written before the call is on the disk.

    `flush` is blocking; it runs in a thread, one at a time, and serves all who came before it began.
    """

    def __init__(self, flush: Callable[[], None]) -> None:
        self._flush = flush
        self._turn: asyncio.Task[None] | None = None
        self._next: asyncio.Task[None] | None = None

    async def __call__(self) -> None:
        """Wait for a flush that begins after now."""
        if self._next is None:
            self._next = asyncio.create_task(self._run(self._turn))
        await asyncio.shield(self._next)

    async def _run(self, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait({before})
        self._turn, self._next = self._next, None
        await asyncio.to_thread(self._flush)
