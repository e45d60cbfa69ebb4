"""Background tasks that never end silently: a failed one is restarted after a pause and reported by /healthz."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from bot.errors import SetupError
from bot.telegram.metrics import Metrics

FIRST_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 0.5, 60.0
CALM_SECONDS = 300.0  # time without failure after which the pauses start small again
log = logging.getLogger("torkham.supervisor")


class Supervisor:
    """Named tasks that run forever; returning counts as failure.

    Only a SetupError ends a task, since it needs another setting. It becomes the exception of `fatal`.
    """

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._down: dict[str, str] = {}
        self._fatal: asyncio.Future[None] | None = None

    @property
    def fatal(self) -> asyncio.Future[None]:
        """Done once the bot cannot continue."""
        if self._fatal is None:
            self._fatal = asyncio.get_running_loop().create_future()
        return self._fatal

    def start(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run it until `stop`."""
        self._tasks[name] = asyncio.create_task(self._keep(name, work), name=name)

    @property
    def down(self) -> dict[str, str]:
        """The tasks not running at the moment, with the type of their failure."""
        ended = {name: "ended" for name, task in self._tasks.items() if task.done()}
        return {**self._down, **ended}

    async def stop(self, *names: str) -> None:
        """Cancel those tasks, or all."""
        tasks = [self._tasks.pop(name) for name in names or tuple(self._tasks) if name in self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            began = time.monotonic()
            try:
                await work()
                failure = "it ended"
            except SetupError as error:
                if not self.fatal.done():
                    self.fatal.set_exception(error)
                return
            except Exception as error:  # whatever it is, the task must be restarted
                failure = type(error).__name__
            self._metrics.restarts.labels(name).inc()
            self._down[name] = failure
            if time.monotonic() - began > CALM_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            log.error("the task %r failed (%s) and is started again in %.1f seconds", name, failure, pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, MAX_PAUSE_SECONDS)
            del self._down[name]
