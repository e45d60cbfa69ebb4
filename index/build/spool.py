"""Keeps the chunked documents of an update on disk until they are written, to bound memory."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from index.build.blocks import Block


@dataclass(frozen=True, slots=True)
class Spooled:
    """What is known of a block without reading it: its texts, and the number of characters still to embed."""

    texts: int
    characters: int
    passages: int


class Spool:
    """Blocks in a file private to this process (hence pickle is safe), readable as often as needed."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.spooled: list[Spooled] = []

    def append(self, block: Block, spooled: Spooled) -> None:
        """Append a block."""
        pickle.dump(block, self._file, pickle.HIGHEST_PROTOCOL)
        self.spooled.append(spooled)

    def __iter__(self) -> Iterator[tuple[Block, Spooled]]:
        self._file.seek(0)
        for spooled in self.spooled:
            yield pickle.load(self._file), spooled
