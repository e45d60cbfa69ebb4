"""How long work says how far it has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

Progress = Callable[[str, int, int], None]  # what is being done, how many are done, of how many


@dataclass(frozen=True, slots=True)
class Effort:
    """How far embedding has come: of `total` texts `done` have a vector, and `computed` of those did not have it before.

    `characters` are those of the computed texts, `left` those of the texts still to be computed. They tell the time that
    is left, which the number of texts does not: the shortest texts come first, and a text takes as long as it is long.
    """

    done: int
    total: int
    computed: int
    characters: int
    left: int


@runtime_checkable
class Paced(Protocol):
    """A progress that says how quickly embedding goes, too."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """How far a stage has come."""
        ...

    def embedding(self, effort: Effort) -> None:
        """How far embedding has come."""
        ...


class Tally:
    """Counts the texts of an update while they are embedded; what had its vector already is done, but was no effort."""

    def __init__(self, progress: Progress | None, *, texts: int, characters: int) -> None:
        """`characters` are those of the texts that have no vector yet."""
        self._progress = progress
        self._total = texts
        self._done = self._computed = self._characters = 0
        self._left = characters

    def known(self, texts: int, characters: int = 0) -> None:
        """So many texts need nothing, though so many `characters` had been expected of them."""
        self._done += texts
        self._left -= characters
        self._tell()

    def computed(self, text: str, times: int = 1) -> None:
        """A text that occurs so many times has been computed."""
        self._done += times
        self._computed += 1
        self._characters += len(text)
        self._left -= len(text)
        self._tell()

    def _tell(self) -> None:
        if isinstance(self._progress, Paced):
            effort = Effort(self._done, self._total, self._computed, self._characters, max(0, self._left))
            self._progress.embedding(effort)
        elif self._progress:
            self._progress("embedding", self._done, self._total)
