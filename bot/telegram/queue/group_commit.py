"""Group commit: concurrent writers share one flush to disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


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
