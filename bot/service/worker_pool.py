"""A pool of processes with timeouts; one that dies or hangs affects no other."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import pickle
import queue
import resource
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

BEGIN_SECONDS = 180.0  # for a process to load what it needs
FIRST_PAUSE, LAST_PAUSE = 1.0, 60.0  # between attempts to start one
PROCESSOR_SHARE = 4  # CPU seconds per second of the timeout: several cores may work on a call
ORPHANED_SECONDS = 1.0  # between checks that the parent is alive
T = TypeVar("T")
log = logging.getLogger("torkham.workers")


class WorkerDied(Exception):
    """The process handling it died."""


class Overdue(Exception):
    """It timed out; its process was replaced."""


class _Worker:
    """A process and the pipe to it."""

    def __init__(self, process: Any, pipe: Connection) -> None:
        self.process, self.pipe = process, pipe

    def end(self) -> None:
        """Kill it."""
        with contextlib.suppress(OSError):
            self.pipe.close()
        self.process.kill()
        self.process.join(5)


class WorkerPool:
    """`count` processes initialised by `begin(*arguments)`; a failed start is retried after a pause.

    Thread-safe. `begin` and the functions called must be importable by name.
    """

    def __init__(self, name: str, count: int, begin: Callable[..., None], *arguments: Any) -> None:
        self._name, self._count = name, count
        self._begin, self._arguments = begin, arguments
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()
        self._lock = threading.Lock()
        self._living: set[_Worker] = set()
        self._over = threading.Event()
        self.restarts = 0
        for _ in range(count):
            self._raise()

    @property
    def count(self) -> int:
        """The intended number of processes."""
        return self._count

    @property
    def living(self) -> int:
        """The number of initialised, live processes."""
        with self._lock:
            return sum(worker.process.is_alive() for worker in self._living)

    def pids(self) -> list[int]:
        """Their process ids."""
        with self._lock:
            return [worker.process.pid for worker in self._living]

    def call(self, function: Callable[..., T], *arguments: Any, seconds: float) -> T:
        """Call the function in one of the processes and return or raise its result; blocks. WorkerDied, Overdue.

        Time in the queue does not count.
        """
        worker = self._free()
        good, value = self._carried_out(worker, function, arguments, seconds)
        self._idle.put(worker)
        if not good:
            raise value
        return value  # type: ignore[no-any-return]

    def _carried_out(
        self, worker: _Worker, function: Callable[..., Any], arguments: tuple[Any, ...], seconds: float
    ) -> tuple[bool, Any]:
        """(whether it returned, the result or the exception) of a call in that process, which is replaced on failure."""
        try:
            worker.pipe.send((function, arguments, seconds))
            if not worker.pipe.poll(seconds):
                log.error("%s: something took longer than %.0f seconds and was given up", self._name, seconds)
                raise Overdue(f"it took longer than {seconds:.0f} seconds")
            good, value = worker.pipe.recv()
        except (OSError, EOFError, pickle.UnpicklingError):
            log.warning("%s: a process has died, another takes its place", self._name)
            self._replace(worker)
            raise WorkerDied("the process died") from None
        except BaseException:
            self._replace(worker)
            raise
        return good, value

    def everywhere(self, function: Callable[[], Any], seconds: float = 5.0) -> None:
        """Run it once in each process; one that is busy or late is replaced. Blocks."""
        until = time.monotonic() + seconds
        with self._lock:
            left = set(self._living)
        done = []
        while left and (rest := until - time.monotonic()) > 0:
            try:
                worker = self._idle.get(timeout=rest)
            except queue.Empty:
                break
            if worker in left:
                left.discard(worker)
                with contextlib.suppress(WorkerDied, Overdue):
                    self._carried_out(worker, function, (), seconds)
                    done.append(worker)
            else:
                done.append(worker)
        for worker in done:
            self._idle.put(worker)
        for worker in left:  # it is busy with something long, and would keep its cache
            self._replace(worker)

    def close(self) -> None:
        """End them; running work is lost."""
        self._over.set()
        with self._lock:
            living, self._living = self._living, set()
        for worker in living:
            worker.end()

    def _free(self) -> _Worker:
        while not self._over.is_set():
            with contextlib.suppress(queue.Empty):
                worker = self._idle.get(timeout=0.5)
                if worker in self._living and worker.process.is_alive():
                    return worker
                self._replace(worker)
        raise WorkerDied("the processes are being ended")

    def _replace(self, worker: _Worker) -> None:
        with self._lock:
            known = worker in self._living
            self._living.discard(worker)
        worker.end()
        if known and not self._over.is_set():
            self.restarts += 1
            self._raise()

    def _raise(self) -> None:
        threading.Thread(target=self._until_begun, name=f"{self._name} begins", daemon=True).start()

    def _until_begun(self) -> None:
        pause = FIRST_PAUSE
        while not self._over.is_set():
            worker = self._started()
            said = "it did not begin in time"
            try:
                if worker.pipe.poll(BEGIN_SECONDS):
                    good, said = worker.pipe.recv()
                    if good:
                        self._keep(worker)
                        return
            except (OSError, EOFError):
                said = "it died"
            worker.end()
            log.error("%s: a process cannot begin (%s); again in %.0f seconds", self._name, said, pause)
            self._over.wait(pause)
            pause = min(2 * pause, LAST_PAUSE)

    def _keep(self, worker: _Worker) -> None:
        with self._lock:
            if not self._over.is_set():
                self._living.add(worker)
                self._idle.put(worker)
                return
        worker.end()

    def _started(self) -> _Worker:
        context = multiprocessing.get_context("spawn")  # a fork would copy threads' locks
        here, there = context.Pipe()
        process = context.Process(
            target=_work, args=(there, os.getpid(), self._begin, self._arguments), name=self._name, daemon=True
        )
        process.start()
        there.close()
        return _Worker(process, here)


def _work(pipe: Connection, parent: int, begin: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    """The main loop of a process: initialise, then one call after the other."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when it ends
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    try:
        begin(*arguments)
    except Exception as error:  # any exception: the parent reports it and tries again
        pipe.send((False, type(error).__name__))
        return
    pipe.send((True, ""))
    while True:
        try:
            function, given, seconds = pipe.recv()
        except (EOFError, OSError):
            return
        _limit_processor_time(seconds)
        try:
            result: tuple[bool, Any] = (True, function(*given))
        except Exception as error:  # it belongs to the caller
            result = (False, error)
        try:
            pipe.send(result)
        except (TypeError, AttributeError, pickle.PicklingError):
            pipe.send((False, RuntimeError(type(result[1]).__name__)))


def _limit_processor_time(seconds: float) -> None:
    """Kill this process once it has used far more CPU time than a call may take.

    The parent enforces the timeout; if the parent has died, nobody would, and a thread stuck in C code lets no other
    thread check.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + PROCESSOR_SHARE * seconds) + 5, hard))


def _end_with(parent: int) -> None:
    """End this process when its parent has ended, for whatever reason."""
    while os.getppid() == parent:
        time.sleep(ORPHANED_SECONDS)
    os._exit(0)
