"""What was made is kept, and what is being made is shared: the same thing asked for by several at once is made once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from datetime import date
from typing import Generic, TypeVar

from bot.service.answering import Ask

MOST = 500  # answers kept, some 20 kB each
K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
Key = tuple[str, Ask, date]


def key_of(generation: str, asked: Ask) -> Key:
    """All that an extractive answer depends on: a question may say “this year”, so the day does, too."""
    return generation, asked, date.today()


class Shared(Generic[K, T]):
    """The things used last, under what they depend on. Belongs to one event loop."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._made: OrderedDict[K, asyncio.Task[T]] = OrderedDict()

    async def get(self, key: K, make: Callable[[], Awaitable[T]], joined: Callable[[], None] = lambda: None) -> T:
        """What is under that key, made where there is nothing; `joined` is called where there is, or will be.

        What fails is not kept, and fails whoever waits for it.
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
        return await asyncio.shield(task)  # one who goes away takes it from nobody else

    def forget(self) -> None:
        """Let go of everything."""
        self._made.clear()

    def _drop_failed(self, key: K, task: asyncio.Task[T]) -> None:
        if (task.cancelled() or task.exception() is not None) and self._made.get(key) is task:
            del self._made[key]


async def _awaited(make: Callable[[], Awaitable[T]]) -> T:
    return await make()
