"""Updates out of the shared journal: whichever replica has a hand free claims the next one."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Awaitable, Callable

from telegram import Bot, Update

from bot.errors import StoreError
from bot.telegram.incoming import parse
from bot.telegram.journal import Entry
from bot.telegram.leases import SharedJournal
from bot.telegram.replay import hopeless

LOOK_SECONDS = 1.0  # between two looks into the journal when nobody says that there is something
log = logging.getLogger("torkham.sharing")


class Sharing:
    """The same calls as `Scheduler`; order within a chat is kept by the journal.

    What a replica began and did not end may be what ended it: it is worked on alone, so that it harms no other.
    """

    def __init__(
        self,
        journal: SharedJournal,
        bot: Bot,
        work: Callable[[Update], Awaitable[None]],
        set_aside: Callable[[Entry, Update], Awaitable[None]],
        at_once: int,
    ) -> None:
        self._journal = journal
        self._bot = bot
        self._work = work
        self._set_aside = set_aside
        self._at_once = at_once
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._closing = False
        self._looked = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._running: asyncio.Task[None] | None = None
        self.waiting = 0  # at all replicas together, as last seen

    def start(self) -> None:
        """Begin to claim."""
        self._loop = asyncio.get_running_loop()
        self._running = asyncio.create_task(self._run())

    def put(self, update: Update) -> None:
        """An update is in the journal."""
        self._wake.set()

    def heard(self) -> None:
        """Another replica has work to give; called from another thread."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has just ended
                self._loop.call_soon_threadsafe(self._wake.set)

    async def close(self, seconds: float) -> None:
        """Begin nothing more, give what has begun so long, then break it off: another replica does it."""
        self._closing = True
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self) -> None:
        while not self._closing:
            self._wake.clear()
            try:
                await self._look()
                self._claim()
            except StoreError as error:
                log.warning("%s", error)
                await asyncio.sleep(LOOK_SECONDS)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), LOOK_SECONDS)

    def _claim(self) -> None:
        free = self._at_once - len(self._tasks)
        if free > 0:
            for entry in self._journal.claim(free):
                self._task(entry)

    def _task(self, entry: Entry) -> asyncio.Task[None]:
        task = asyncio.create_task(self._begin(entry), name=str(entry.update_id))
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("update %s failed: %s", task.get_name(), type(error).__name__)
            self._journal.let_go(int(task.get_name()))

    async def _look(self) -> None:
        """Once in a while: how much waits, and whether a dead replica left something."""
        if time.monotonic() - self._looked < LOOK_SECONDS:
            return
        self._looked = time.monotonic()
        self.waiting = self._journal.waiting()
        while not self._closing and (left := self._journal.left()):
            log.info("%s updates were left unfinished by a replica that is gone", left)
            if self._tasks:
                await asyncio.wait(set(self._tasks))
            entries = self._journal.claim(1, tried=True)
            if not entries:  # another replica has it
                return
            await asyncio.wait({self._task(entries[0])})

    async def _begin(self, entry: Entry) -> None:
        update = parse(json.loads(entry.body), self._bot) if entry.body else None
        if update is None:
            self._journal.aside(entry.update_id, "cannot be read")
        elif hopeless(entry, began=entry.attempts - 1):
            await self._set_aside(entry, update)
        else:
            await self._work(update)
