"""What long work is at, as one line: the stage, how many are done, how quickly, and how long the rest takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from bot.pace import Clock, Pace, duration, per_second
from index.progress import Effort

EVERY = 10.0  # seconds between lines that stay
RENEWED = 0.1  # seconds between those that replace each other


class Display(Protocol):
    """Where lines go."""

    every: float  # seconds between two lines

    def show(self, line: str, done: int, total: int) -> None:
        """Show a line."""
        ...


class Lines:
    """Plain lines, one below the other; the first one when there has been something to wait for."""

    every = EVERY

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    def show(self, line: str, done: int, total: int) -> None:
        """Write it."""
        self._write(line)


class Progress:
    """Called as `progress(stage, done, total)` by long work, and by embedding with the effort it is."""

    def __init__(self, display: Display | None, *, clock: Clock = time.monotonic) -> None:
        self._display = display
        self._clock = clock
        self._stage, self._done = "", 0
        self._pace = Pace(clock)
        self._told = clock()
        self._said = False  # whether a line of this stage has been shown

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show how far a stage has come."""
        self._take(stage, done, total, unit="", items=done, weight=done, left=total - done)

    def embedding(self, effort: Effort) -> None:
        """Show how far embedding has come: texts that were known are done, but the rate is that of the others."""
        e = effort
        self._take("embedding", e.done, e.total, unit=" texts", items=e.computed, weight=e.characters, left=e.left)

    def _take(self, stage: str, done: int, total: int, *, unit: str, items: int, weight: int, left: int) -> None:
        if self._display is None:
            return
        if stage != self._stage or done < self._done:
            self._stage, self._pace, self._said = stage, Pace(self._clock), False
        self._done = done
        self._pace.note(items, weight)
        now, finished = self._clock(), done >= total
        due = now - self._told >= self._display.every
        if due or (finished and self._said):
            words = self._finished() if finished else self._going(left)
            self._display.show(", ".join([f"{stage} {done:,} of {total:,}{unit}", *words]), done, total)
            self._told, self._said = now, not finished

    def _going(self, left: int) -> list[str]:
        rate, seconds = self._pace.rate(), self._pace.left(left)
        return [*([per_second(rate)] if rate else []), *([f"{duration(seconds)} left"] if seconds else [])]

    def _finished(self) -> list[str]:
        rate = self._pace.overall()
        return [per_second(rate), f"{duration(self._pace.elapsed)} in all"] if rate else []
