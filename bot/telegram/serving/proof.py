"""Asks a test question at intervals, since a process can look alive without answering."""

from __future__ import annotations

import asyncio
import logging
import time

from bot.errors import BotError
from bot.service.live_index import LiveIndex
from bot.service.worker_pool import Overdue, WorkerDied
from index.errors import IndexingError

PROOF_SECONDS = 30.0
PROOF_QUESTION = "Torkham"
log = logging.getLogger("torkham.proof")


class Proof:
    """Asks the test question; `good` while it is answered, `hangs` once an answer was late."""

    def __init__(self, live: LiveIndex, seconds: float) -> None:
        self._live = live
        self._most = PROOF_SECONDS + seconds + 15.0
        self._answered = time.monotonic()
        self.hangs = False
        self._failed = False

    @property
    def age(self) -> float:
        """Seconds since the last answer."""
        return time.monotonic() - self._answered

    @property
    def good(self) -> bool:
        """Whether there was a recent answer and the last attempt did not fail."""
        return not self._failed and self.age < self._most

    async def run(self) -> None:
        """Ask at intervals, forever."""
        while True:
            await self.ask()
            await asyncio.sleep(PROOF_SECONDS)

    async def ask(self) -> None:
        """Ask once."""
        try:
            await self._live.prove(PROOF_QUESTION)
        except Overdue:
            self.hangs = self._failed = True
            log.error("no answer in time to a question of the bot's own")
        except (WorkerDied, IndexingError, BotError, OSError) as error:
            self._failed = True
            log.error("a question of the bot's own is not answered (%s)", type(error).__name__)
        else:
            self.hangs = self._failed = False
            self._answered = time.monotonic()
