"""Updates in order within a chat, chats in parallel, a bound on both together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from telegram import Update

Work = Callable[[Update], Awaitable[None]]


class Scheduler:
    """A lane for each chat; buttons and inline queries have a lane of their own, so that no question delays them."""

    def __init__(self, work: Work, at_once: int) -> None:
        self._work = work
        self._free = asyncio.Semaphore(at_once)
        self._lanes: dict[tuple[str, int], deque[Update]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._begun = 0

    @property
    def waiting(self) -> int:
        """How many updates wait or are worked on."""
        return sum(map(len, self._lanes.values())) + self._begun

    def put(self, update: Update) -> None:
        """Hand over an update."""
        lane = _lane(update)
        if lane in self._lanes:
            self._lanes[lane].append(update)
            return
        self._lanes[lane] = deque([update])
        task = asyncio.create_task(self._run(lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, lane: tuple[str, int]) -> None:
        queue = self._lanes[lane]
        while queue and not self._closing:
            async with self._free:
                if self._closing:
                    break
                update = queue.popleft()
                self._begun += 1
                try:
                    await self._work(update)
                finally:
                    self._begun -= 1
        self._lanes.pop(lane, None)

    async def close(self, seconds: float) -> None:
        """Begin nothing more, give what has begun so long, then break it off."""
        self._closing = True
        running = set(self._tasks)
        if running:
            _, late = await asyncio.wait(running, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


def _lane(update: Update) -> tuple[str, int]:
    if update.inline_query:
        return ("inline", update.update_id)  # each alone: a newer one must be able to overtake
    if update.callback_query:
        user = update.effective_user
        return ("touch", user.id if user else 0)
    chat = update.effective_chat
    return ("chat", chat.id if chat else 0)
