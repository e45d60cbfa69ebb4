"""Run by test_interrupted.py: the real command with a stand-in model that takes its time and notes what it is given.

python slow_update.py NOTES SECONDS ARGUMENTS…
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from conftest import WordEncoder

from bot.cli import main
from index.encoder import Progress, Vectors
from index.model import prepare as model


class Slow(WordEncoder):
    """Takes `seconds` for a text; every text goes into a file before it is computed."""

    def __init__(self, notes: Path, seconds: float) -> None:
        super().__init__()
        self._notes = notes
        self._seconds = seconds

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        for text in texts:
            with self._notes.open("a", encoding="utf-8") as file:
                file.write(text.replace("\n", " ") + "\n")
            time.sleep(self._seconds)
            if progress:
                progress(1)
        return self._encode(texts)


if __name__ == "__main__":
    slow = Slow(Path(sys.argv[1]), float(sys.argv[2]))
    model.open_encoder = lambda name, home, *, report: slow
    sys.argv[1:] = sys.argv[3:]
    main()
