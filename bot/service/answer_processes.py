"""Answers made in processes of their own: one interpreter computes on one core only, and a server has its own work to do."""

from __future__ import annotations

import contextlib
import functools
import gc
import logging
import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from bot.service.answering import Ask, answered
from bot.service.worker_pool import WorkerDied, WorkerPool
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.answering.answerer import Answer, Answerer

log = logging.getLogger("torkham.answers")
T = TypeVar("T")


class AnswerProcesses:
    """A few processes, each with the index open. One that dies takes no question with it: it is asked again, once."""

    def __init__(self, settings: Settings, count: int, seconds: float) -> None:
        """`count` processes; a question that one of them works on for longer than `seconds` is given up."""
        self._seconds = seconds
        self._pool = WorkerPool("answers", count, _begin, settings)

    @property
    def count(self) -> int:
        """How many there should be."""
        return self._pool.count

    @property
    def living(self) -> int:
        """How many answer; where none does, the server answers by itself."""
        return self._pool.living

    def pids(self) -> list[int]:
        """Their process ids."""
        return self._pool.pids()

    def answer(self, generation: str, asked: Ask) -> Answer:
        """The answer out of a generation or a newer one; blocks. Raises what the answerer raises, WorkerDied where the
        question ended two processes, Overdue where it took too long."""
        return self._twice(_answer, generation, asked)

    def compute(self, generation: str, work: Callable[..., T], *arguments: Any) -> T:
        """What `work(answerer, *arguments)` makes of a generation or a newer one; blocks and raises as `answer` does."""
        made: T = self._twice(_compute, generation, work, arguments)
        return made

    def _twice(self, function: Callable[..., T], *arguments: Any) -> T:
        try:
            return self._pool.call(function, *arguments, seconds=self._seconds)
        except WorkerDied:
            return self._pool.call(function, *arguments, seconds=self._seconds)

    def forget(self) -> None:
        """Let the processes drop what they remember of questions; blocks."""
        self._pool.everywhere(drop_caches)

    def close(self) -> None:
        """End the processes; what they compute is lost, and whoever waits for it gets WorkerDied."""
        self._pool.close()


def lower_priority() -> None:
    """Let this thread stand back behind the others: on Linux a thread has a priority of its own."""
    with contextlib.suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 15)


def drop_caches() -> None:
    """Empty every `lru_cache` of this process: questions are keys of some of them."""
    for each in gc.get_objects():
        if isinstance(each, functools._lru_cache_wrapper):
            each.cache_clear()
    gc.collect()


class _Process:
    """What one of the processes holds."""

    def __init__(self, settings: Settings) -> None:
        from bot.console import Console
        from bot.workspace import Workspace

        self._work = Workspace(settings, Console(quiet=True))
        self._lock = threading.Lock()
        self._answerer: Answerer | None = None
        self._named = ""  # the generation that the server named when this one was opened
        self._reads: Answerer | None = None  # what is read ahead, and must not be closed meanwhile

    def answerer(self, generation: str) -> Answerer:
        """What answers from the serving generation, opened anew when the server names another one than before.

        It may name an older one than was opened, until it has heard of that itself.
        """
        from index.search import Index

        answerer = self._answerer
        if answerer is not None and generation == answerer.index.manifest.generation:
            self._named = generation
        elif answerer is None or generation != self._named:
            fresh = self._work.answerer_of(Index.open(self._work.generations, self._work.encoder()))
            with self._lock:
                self._answerer, self._named = fresh, generation
                if answerer is not None and answerer is not self._reads:
                    answerer.index.close()
            return fresh
        return answerer

    def read_ahead(self) -> None:
        """Read the summaries once for all processes to come; an index that was replaced meanwhile is closed after that."""
        with self._lock:
            reads = self._reads = self._answerer
        if reads is None:
            return
        try:
            self._work.read_ahead(reads)
        finally:
            with self._lock:
                self._reads = None
                if reads is not self._answerer:
                    reads.index.close()


_process: _Process | None = None


def _begin(settings: Settings) -> None:
    """Load the model and the code; the first answer would wait for them. What fails here is no process that answers."""
    global _process
    _process = _Process(settings)
    _process.answerer("").answer("Torkham")
    threading.Thread(target=_warm, args=(_process,), name="warm", daemon=True).start()


def _warm(process: _Process) -> None:
    """Read the summaries ahead, behind whatever is asked."""
    lower_priority()
    try:
        process.read_ahead()
    except Exception as error:  # what is missing is read when it is asked for
        log.info("reading ahead ended early (%s)", type(error).__name__)


def _answer(generation: str, asked: Ask) -> Answer:
    assert _process is not None
    return answered(_process.answerer(generation), asked)


def _compute(generation: str, work: Callable[..., T], arguments: tuple[Any, ...]) -> T:
    assert _process is not None
    return work(_process.answerer(generation), *arguments)
