"""Answers made once: a question asked again, or by several at the same time, is answered from what is being made or was."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from datetime import date

from bot.answer_types import Answer

MOST = 500  # answers kept, some 20 kB each
Key = tuple[str, str, tuple[str, ...], str | None, date]


def key_of(generation: str, question: str, history: Sequence[str], language: str | None) -> Key:
    """All that an extractive answer depends on: a question may say “this year”, so the day does, too."""
    return generation, question, tuple(history), language, date.today()


class RepeatedAnswers:
    """The answers used last, under what they depend on. Belongs to one event loop."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._made: OrderedDict[Key, asyncio.Task[Answer]] = OrderedDict()

    async def answer(
        self, key: Key, make: Callable[[], Awaitable[Answer]], joined: Callable[[], None] = lambda: None
    ) -> Answer:
        """The answer under that key, made where there is none; `joined` is called where there is one, or will be.

        One that fails is not kept, and fails whoever waits for it.
        """
        task = self._made.get(key)
        if task is not None:
            joined()
        else:
            task = self._made[key] = asyncio.create_task(_awaited(make))
            task.add_done_callback(lambda done: self._forget_failed(key, done))
            while len(self._made) > self._most:
                self._made.popitem(last=False)
        self._made.move_to_end(key)
        return await asyncio.shield(task)  # one who goes away takes it from nobody else

    def forget(self) -> None:
        """Let go of every answer: another generation serves."""
        self._made.clear()

    def _forget_failed(self, key: Key, task: asyncio.Task[Answer]) -> None:
        if (task.cancelled() or task.exception() is not None) and self._made.get(key) is task:
            del self._made[key]


async def _awaited(make: Callable[[], Awaitable[Answer]]) -> Answer:
    return await make()
