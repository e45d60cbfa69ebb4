"""The queue: claims updates from the journal whenever a slot is free; the journal preserves the order within a chat.

An abandoned update may be what crashed its process, so it is processed alone, where it can harm no other.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from telegram import Bot, Update

from bot.errors import StoreError
from bot.telegram.queue.journal import Backlog, Entry, Journal
from bot.telegram.queue.slots import Slot, hold
from bot.telegram.queue.store_calls import StoreCalls
from bot.telegram.queue.updates import parse

LOOK_SECONDS = 1.0  # polling interval of the journal when there are no notifications
MAX_OPEN_TASKS = 1000  # tasks that run, or wait outside the slots
log = logging.getLogger("torkham.queue")


class UpdateQueue:
    """Processes at most `at_once` updates at a time; `run` claims until cancelled."""

    def __init__(self, journal: Journal, stored: StoreCalls, at_once: int) -> None:
        self._journal = journal
        self._stored = stored
        self._at_once = at_once
        self._busy = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._letting_go: set[asyncio.Future[Any]] = set()
        self._parsed: OrderedDict[int, Update] = OrderedDict()
        self._wake = asyncio.Event()
        self._closing = False
        self._looked = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self.backlog = Backlog()  # the latest reading

    @property
    def waiting(self) -> int:
        """Updates queued or in work over all processes, by the latest reading; at least those here."""
        return max(self.backlog.waiting, len(self._parsed) + len(self._tasks))

    @property
    def working(self) -> int:
        """The number of occupied slots."""
        return self._busy

    @property
    def open(self) -> int:
        """The number of updates in work here, or waiting outside the slots."""
        return len(self._tasks)

    def wake_in(self, seconds: float) -> None:
        """Look again at that time."""
        asyncio.get_running_loop().call_later(seconds + 0.01, self._wake.set)

    def put(self, update: Update) -> None:
        """A new update is in the journal."""
        self._parsed[update.update_id] = update
        while len(self._parsed) > MAX_OPEN_TASKS:
            self._parsed.popitem(last=False)
        self._wake.set()

    def heard(self) -> None:
        """Another replica has work to share; called from another thread."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has just closed
                self._loop.call_soon_threadsafe(self._wake.set)

    async def run(
        self,
        bot: Bot,
        work: Callable[[Update], Awaitable[None]],
        set_aside: Callable[[Entry, Update], Awaitable[None]],
    ) -> None:
        """Claim updates until cancelled: `work` processes one, `set_aside` one that crashed its process too often."""
        self._bot, self._work, self._set_aside = bot, work, set_aside
        self._loop = asyncio.get_running_loop()
        while not self._closing:
            self._wake.clear()
            try:
                await self._look()
                await self._claim()
            except StoreError as error:
                log.warning("%s", error)
                await asyncio.sleep(LOOK_SECONDS)
            with contextlib.suppress(TimeoutError):  # not `wait_for`: before 3.12 it can swallow a cancellation
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._wake.wait()

    async def close(self, seconds: float) -> None:
        """Stop claiming, wait up to `seconds` for running tasks, then cancel them; they are redone after the next
        start, or by another replica.
        """
        self._closing = True
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await asyncio.gather(*self._letting_go, return_exceptions=True)

    async def _claim(self) -> None:
        free = min(self._at_once - self._busy, MAX_OPEN_TASKS - len(self._tasks))
        if free > 0:
            for entry in await self._stored(lambda: self._journal.claim(free)):
                self._task(entry)

    def _task(self, entry: Entry) -> asyncio.Task[None]:
        self._busy += 1
        slot = Slot(self._freed)
        task = asyncio.create_task(self._begin(entry, slot), name=str(entry.update_id))
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._ended(done, slot))
        return task

    def _freed(self) -> None:
        self._busy -= 1
        self._wake.set()

    def _ended(self, task: asyncio.Task[None], slot: Slot) -> None:
        slot.leave()
        self._tasks.discard(task)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("update %s failed: %s", task.get_name(), type(error).__name__)
            letting_go = asyncio.ensure_future(self._stored(partial(self._journal.let_go, int(task.get_name()))))
            self._letting_go.add(letting_go)
            letting_go.add_done_callback(self._letting_go.discard)

    async def _look(self) -> None:
        """Periodically read how much is queued, and whether a dead process abandoned something."""
        if time.monotonic() - self._looked < LOOK_SECONDS:
            return
        self._looked = time.monotonic()
        self.backlog = await self._stored(self._journal.backlog)
        while not self._closing and (left := await self._stored(self._journal.left)):
            log.info("%s updates were left unfinished", left)
            await self._until_idle()
            entries = await self._stored(lambda: self._journal.claim(1, tried=True))
            if not entries:  # another replica took it over
                return
            self._task(entries[0])
            await self._until_idle()

    async def _until_idle(self) -> None:
        """Wait until no slot is occupied; tasks that only wait outside the slots may go on."""
        while self._busy and not self._closing:
            await asyncio.wait(set(self._tasks), timeout=0.1, return_when=asyncio.FIRST_COMPLETED)

    async def _begin(self, entry: Entry, slot: Slot) -> None:
        hold(slot)
        update = self._parsed.pop(entry.update_id, None)
        if update is None and entry.body:
            update = parse(json.loads(entry.body), self._bot)
        if update is None:
            await self._stored(lambda: self._journal.aside(entry.update_id, "cannot be read"))
        elif entry.hopeless:
            await self._set_aside(entry, update)
        else:
            await self._work(update)
