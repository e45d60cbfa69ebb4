"""Answers made in processes of their own: one interpreter computes on one core only, and the bot has its own work to do."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING

from bot.settings import Settings

if TYPE_CHECKING:
    from bot.answers import Answer, Answerer
    from index.search import Index

ORPHANED_SECONDS = 1.0  # between two looks whether the bot still lives
log = logging.getLogger("torkham.index")


class AnswerProcesses:
    """A few processes, each with the index open. One that dies takes no question with it: it is asked again, once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._pool = self._fresh()
        self._warm = self._pool.submit(_warm)

    @property
    def ready(self) -> bool:
        """Whether the first of them has its index open; until then the bot answers by itself."""
        return self._warm.done()

    def answer(self, generation: str, question: str, history: Sequence[str], language: str | None) -> Answer:
        """The answer out of a generation or a newer one; blocks. Raises what the answerer raises, BrokenProcessPool when
        the question ended two processes."""
        pool = self._pool
        try:
            return self._ask(pool, generation, question, history, language).result()
        except BrokenProcessPool:
            log.warning("a process that answers has died, another takes its place")
            return self._ask(self._replaced(pool), generation, question, history, language).result()

    def close(self) -> None:
        """End the processes; what they compute is lost, and the journal knows of it."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _ask(
        self, pool: ProcessPoolExecutor, generation: str, question: str, history: Sequence[str], language: str | None
    ) -> Future[Answer]:
        return pool.submit(_answer, generation, question, tuple(history), language)

    def _replaced(self, broken: ProcessPoolExecutor) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is broken:
                self._pool = self._fresh()
            return self._pool

    def _fresh(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._settings.telegram_processes,
            mp_context=multiprocessing.get_context("spawn"),  # a fork would copy threads' locks
            initializer=_begin,
            initargs=(self._settings, os.getpid()),
        )


class _Process:
    """What one of the processes holds."""

    def __init__(self, settings: Settings) -> None:
        from bot.console import Console
        from bot.workspace import Workspace

        self._work = Workspace(settings, Console(quiet=True))
        self._index: Index | None = None
        self._answerer: Answerer | None = None
        self._serves = ""

    def answerer(self, generation: str) -> Answerer:
        """What answers from the serving generation, opened anew when the bot names another one than before."""
        from bot.answers import Answerer
        from bot.gazetteer import Gazetteer
        from index.search import Index

        if self._answerer is None or self._serves != generation:
            fresh = Index.open(self._work.generations, self._work.encoder())
            if self._index is not None:
                self._index.close()
            self._index, self._serves = fresh, generation
            self._answerer = Answerer(fresh, Gazetteer.load(self._work.settings.home))
        return self._answerer


_process: _Process | None = None


def _begin(settings: Settings, bot: int) -> None:
    global _process
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the bot decides when it ends
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with, args=(bot,), daemon=True).start()
    _process = _Process(settings)


def _end_with(bot: int) -> None:
    """End this process when the bot has ended, however it did."""
    while os.getppid() == bot:
        time.sleep(ORPHANED_SECONDS)
    os._exit(0)


def _warm() -> None:
    """Load the model and the code; the first answer would wait for them."""
    assert _process is not None
    _process.answerer("").answer("Torkham")


def _answer(generation: str, question: str, history: Sequence[str], language: str | None) -> Answer:
    assert _process is not None
    return _process.answerer(generation).answer(question, history=history, language=language)
