"""Slots for work: whoever only waits from here on gives up the slot, so that waiting holds up nobody."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar


class Slot:
    """One of the bounded number of things done at the same time."""

    def __init__(self, given_back: Callable[[], None]) -> None:
        self._given_back = given_back
        self._held = True

    def leave(self) -> None:
        """Give it back; a second time does nothing."""
        if self._held:
            self._held = False
            self._given_back()


_mine: ContextVar[Slot | None] = ContextVar("slot", default=None)


def hold(slot: Slot) -> None:
    """This task works in that slot."""
    _mine.set(slot)


def step_aside() -> None:
    """This task waits now for somebody else (a put-off chat, a picture, a model) and needs no slot any more."""
    slot = _mine.get()
    if slot is not None:
        slot.leave()
