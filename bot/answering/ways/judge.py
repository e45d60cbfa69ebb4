"""Chooses the whole answer that is shown: boosted trees say how good an editor would find each one that might be.

Fitted by `python -m evals.fitting.whole_answers` on answers that were judged as a whole. If none is good enough, the question is
refused.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from bot.answering.choose import Choice
from bot.answering.reading.reader import FOLDER
from bot.answering.reading.trees import Trees
from bot.answering.ways.asking import Asking
from bot.answering.ways.figures import NAMES, figures
from bot.answering.ways.proposals import Offers

FILE = "answers.json"


@dataclass(frozen=True)
class WholeJudge:
    """The trees, and the worth from which an answer is shown."""

    trees: Trees
    least: float

    @classmethod
    def open(cls, how: str, folder: Path = FOLDER) -> WholeJudge | None:
        """The shipped judge for `strict`, `balanced` or `generous`; None if it is missing or damaged."""
        try:
            raw = json.loads((folder / FILE).read_text(encoding="utf-8"))
            trees, least = Trees.read(raw["trees"]), float(raw["about"]["least"][how])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return cls(trees, least) if trees.names == NAMES else None

    def best(self, asking: Asking, offers: Offers) -> Choice:
        """The best answer; empty if none is good enough."""
        if not offers.proposals:
            return Choice()
        worth = self.trees(figures(asking, offers))
        best = int(worth.argmax())
        return offers.proposals[best].choice if worth[best] >= self.least else Choice()
