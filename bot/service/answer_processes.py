"""Answers in separate processes: an interpreter computes on one core only, and the server has its own work to do."""

from __future__ import annotations

import contextlib
import functools
import gc
import logging
import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from bot.console import Console
from bot.service.answering import Ask, answered
from bot.service.worker_pool import WorkerDied, WorkerPool
from bot.settings import Settings
from bot.workspace import Workspace
from index.search import Index

if TYPE_CHECKING:
    from bot.answering.answerer import Answer, Answerer

log = logging.getLogger("torkham.answers")
T = TypeVar("T")


class AnswerProcesses:
    """A pool of processes, each with the index open. If one dies, its question is retried once."""

    def __init__(self, settings: Settings, count: int, seconds: float) -> None:
        """`count` processes; a question that takes longer than `seconds` is given up."""
        self._seconds = seconds
        self._pool = WorkerPool("answers", count, _begin, settings)

    @property
    def count(self) -> int:
        """The intended number of processes."""
        return self._pool.count

    @property
    def living(self) -> int:
        """The number of live processes; with none, the server answers by itself."""
        return self._pool.living

    def pids(self) -> list[int]:
        """Their process ids."""
        return self._pool.pids()

    def answer(self, generation: str, asked: Ask) -> Answer:
        """The answer from a generation or a newer one; blocks. Raises the answerer's exceptions, WorkerDied if the
        question ended two processes, Overdue on timeout.
        """
        return self._twice(_answer, generation, asked)

    def compute(self, generation: str, work: Callable[..., T], *arguments: Any) -> T:
        """`work(answerer, *arguments)` on a generation or a newer one; blocks and raises as `answer` does."""
        made: T = self._twice(_compute, generation, work, arguments)
        return made

    def _twice(self, function: Callable[..., T], *arguments: Any) -> T:
        try:
            return self._pool.call(function, *arguments, seconds=self._seconds)
        except WorkerDied:
            return self._pool.call(function, *arguments, seconds=self._seconds)

    def forget(self) -> None:
        """Make the processes clear their caches of questions; blocks."""
        self._pool.everywhere(drop_caches)

    def close(self) -> None:
        """End the processes; running work is lost, and its callers get WorkerDied."""
        self._pool.close()


def lower_priority() -> None:
    """Lower the priority of this thread: Linux has a priority per thread."""
    with contextlib.suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 15)


def drop_caches() -> None:
    """Clear every `lru_cache` of this process: questions are keys of some of them."""
    for each in gc.get_objects():
        if isinstance(each, functools._lru_cache_wrapper):
            each.cache_clear()
    gc.collect()


class _Process:
    """The state of one process."""

    def __init__(self, settings: Settings) -> None:
        self._work = Workspace(settings, Console(quiet=True))
        self._lock = threading.Lock()
        self._answerer: Answerer | None = None
        self._named = ""  # the generation the server named when this one was opened
        self._reads: Answerer | None = None  # being read ahead; it must not be closed meanwhile

    def answerer(self, generation: str) -> Answerer:
        """The answerer of the serving generation, reopened when the server names a different one.

        The server may name an older one than is open, until it has learnt of that itself.
        """
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
        """Read ahead once, for all future processes; an index replaced meanwhile is closed afterwards."""
        with self._lock:
            reads = self._reads = self._answerer
        if reads is None:
            return
        try:
            self._work.read_ahead(reads, questions=True)
        finally:
            with self._lock:
                self._reads = None
                if reads is not self._answerer:
                    reads.index.close()


_process: _Process | None = None


def _begin(settings: Settings) -> None:
    """Load the model and the code, which the first answer would have to wait for. A failure means the process cannot
    answer.
    """
    global _process
    _process = _Process(settings)
    _process.answerer("").answer("Torkham")
    threading.Thread(target=_warm, args=(_process,), name="warm", daemon=True).start()


def _warm(process: _Process) -> None:
    """Read ahead, at low priority."""
    lower_priority()
    try:
        process.read_ahead()
    except Exception as error:  # anything missing is read on demand
        log.info("reading ahead ended early (%s)", type(error).__name__)


def _answer(generation: str, asked: Ask) -> Answer:
    assert _process is not None
    return answered(_process.answerer(generation), asked)


def _compute(generation: str, work: Callable[..., T], arguments: tuple[Any, ...]) -> T:
    assert _process is not None
    return work(_process.answerer(generation), *arguments)
