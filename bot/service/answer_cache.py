"""A cache with single flight: results are stored, and concurrent requests for the same result share one computation."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from datetime import date
from typing import Generic, TypeVar

from bot.service.answering import Ask

MOST = 500  # cached answers, some 20 kB each
K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
Key = tuple[str, Ask, date]


def key_of(generation: str, asked: Ask) -> Key:
    """Everything an extractive answer depends on; a question may say “this year”, so that includes the day."""
    return generation, asked, date.today()


class Shared(Generic[K, T]):
    """An LRU cache. Belongs to one event loop."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._made: OrderedDict[K, asyncio.Task[T]] = OrderedDict()

    async def get(self, key: K, make: Callable[[], Awaitable[T]], joined: Callable[[], None] = lambda: None) -> T:
        """The value under that key, computed on a miss; `joined` is called if it exists or is being computed.

        A failure is not cached, and fails everyone waiting for it.
        """
        task = self._made.get(key)
        if task is not None:
            joined()
        else:
            task = self._made[key] = asyncio.create_task(_awaited(make))
            task.add_done_callback(lambda done: self._drop_failed(key, done))
            while len(self._made) > self._most:
                self._made.popitem(last=False)
        self._made.move_to_end(key)
        return await asyncio.shield(task)  # a cancelled caller does not cancel the others

    def forget(self) -> None:
        """Clear the cache."""
        self._made.clear()

    def _drop_failed(self, key: K, task: asyncio.Task[T]) -> None:
        if (task.cancelled() or task.exception() is not None) and self._made.get(key) is task:
            del self._made[key]


async def _awaited(make: Callable[[], Awaitable[T]]) -> T:
    return await make()
