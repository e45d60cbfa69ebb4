"""How quickly long work goes, and how long the rest of it takes, in words."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

WINDOW = 30.0  # seconds that a rate looks back: long enough to be calm, short enough to follow a machine that is busy
SOON = 2.0  # seconds before which there is nothing to say
_STEP = 0.5  # seconds between the points that are kept

Clock = Callable[[], float]  # seconds that never go back


class Pace:
    """Items and weight a second over the last WINDOW seconds; `weight` is what takes time in proportion."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._points: deque[tuple[float, float, float]] = deque()
        self._first: tuple[float, float, float] | None = None
        self._last = (0.0, 0.0, 0.0)

    def note(self, items: float, weight: float) -> None:
        """So much has been done in all."""
        self._last = (self._clock(), items, weight)
        self._first = self._first or self._last
        if not self._points or self._last[0] - self._points[-1][0] >= _STEP:
            self._points.append(self._last)
        while len(self._points) > 1 and self._points[1][0] <= self._last[0] - WINDOW:
            self._points.popleft()

    @property
    def elapsed(self) -> float:
        """Seconds between the first note and the last."""
        return self._last[0] - self._first[0] if self._first else 0.0

    def rate(self) -> float | None:
        """Items a second, lately."""
        return self._since(self._points[0], 1) if self._points else None

    def overall(self) -> float | None:
        """Items a second since the first note."""
        return self._since(self._first, 1) if self._first else None

    def left(self, weight: float) -> float | None:
        """Seconds that so much weight will take."""
        speed = self._since(self._points[0], 2) if self._points else None
        return weight / speed if speed else None

    def _since(self, point: tuple[float, float, float], what: int) -> float | None:
        seconds, done = self._last[0] - point[0], self._last[what] - point[what]
        return done / seconds if seconds >= SOON and done > 0 else None


def per_second(rate: float) -> str:
    """A rate in words: “23 a second”, “0.8 a second”."""
    return f"{rate:,.0f} a second" if rate >= 9.95 else f"{rate:.1f} a second"


def duration(seconds: float) -> str:
    """A length of time in words, as exactly as an estimate deserves: “40 s”, “3 min”, “2 h 10 min”, “3 days”."""
    if seconds < 10:
        return f"{max(1, round(seconds))} s"
    if seconds < 90:
        return f"{5 * round(seconds / 5)} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    if minutes < 48 * 60:
        hours, rest = divmod(10 * round(minutes / 10), 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{round(minutes / 60 / 24)} days"
