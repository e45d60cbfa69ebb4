"""Slots for work: a task that only waits gives its slot back, so that waiting blocks nobody."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar


class Slot:
    """One of a bounded number of concurrent tasks."""

    def __init__(self, given_back: Callable[[], None]) -> None:
        self._given_back = given_back
        self._held = True

    def leave(self) -> None:
        """Release it; calling it again does nothing."""
        if self._held:
            self._held = False
            self._given_back()


_mine: ContextVar[Slot | None] = ContextVar("slot", default=None)


def hold(slot: Slot) -> None:
    """Run this task in that slot."""
    _mine.set(slot)


def step_aside() -> None:
    """Release the slot: the task only waits from here on (a rate-limited chat, a picture, a model)."""
    slot = _mine.get()
    if slot is not None:
        slot.leave()
