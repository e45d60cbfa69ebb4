"""Progress reports of long-running work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

Progress = Callable[[str, int, int], None]  # stage, done, total


@dataclass(frozen=True, slots=True)
class Effort:
    """Progress of embedding: of `total` texts, `done` have a vector, and `computed` of those were not cached.

    `characters` counts the computed texts, `left` those still to compute. They predict the remaining time better than
    the number of texts: the shortest texts come first, and cost grows with length.
    """

    done: int
    total: int
    computed: int
    characters: int
    left: int


@runtime_checkable
class Paced(Protocol):
    """A progress reporter that also shows the speed of embedding."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Report the progress of a stage."""
        ...

    def embedding(self, effort: Effort) -> None:
        """Report the progress of embedding."""
        ...


class Tally:
    """Counts the texts of an update while they are embedded; cached ones count as done but not as computed."""

    def __init__(self, progress: Progress | None, *, texts: int, characters: int) -> None:
        """`characters` counts the texts that have no vector yet."""
        self._progress = progress
        self._total = texts
        self._done = self._computed = self._characters = 0
        self._left = characters

    def known(self, texts: int, characters: int = 0) -> None:
        """Count texts that turned out to be cached; subtract their `characters` from the estimate."""
        self._done += texts
        self._left -= characters
        self._tell()

    def computed(self, text: str, times: int = 1) -> None:
        """Count a computed text that occurs `times` times."""
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
