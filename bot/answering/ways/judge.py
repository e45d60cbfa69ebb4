"""Chooses the whole answer that is shown: boosted trees say how good an editor would find each one that might be.

Fitted by `python -m evals.fitting.whole_answers` on answers that were judged as a whole. If none is good enough, the question is
refused.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.answering.choose import Choice
from bot.answering.reading.reader import FOLDER
from bot.answering.reading.trees import Trees
from bot.answering.ways.asking import Asking
from bot.answering.ways.figures import NAMES, figures
from bot.answering.ways.proposals import Offers
from bot.nlp.linear import Linear

FILE = "answers.json"
SORTS_FILE = "question_sorts.json"
ASKS_BOTH_PROBABILITY = 0.4  # probability from which what both sides say is asked for
MIN_ACTING_PARTIES = 2  # acting parties
# By how much less such an answer may be worth: of 1,482 rated questions it changes 4, one for the better.
MAX_WORTH_LOSS = 0.1
_BOTH_SIDES, _ACTING = NAMES.index("sort_disputed"), NAMES.index("shown_acting")


@dataclass(frozen=True)
class WholeJudge:
    """The trees, the worth from which an answer is shown, and what tells the sort of answer that a question wants."""

    trees: Trees
    least: float
    sorts: Linear | None = None

    @classmethod
    def open(cls, how: str, encoder: Any, folder: Path = FOLDER) -> WholeJudge | None:
        """The shipped judge for `strict`, `balanced` or `generous`; None if it is missing or damaged."""
        try:
            raw = json.loads((folder / FILE).read_text(encoding="utf-8"))
            trees, least = Trees.read(raw["trees"]), float(raw["about"]["least"][how])
            sorts = sorts_for(encoder, folder)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return cls(trees, least, sorts) if trees.names == NAMES else None

    def best(self, asking: Asking, offers: Offers) -> Choice:
        """The best answer; empty if none is good enough."""
        if not offers.proposals:
            return Choice()
        table = figures(asking, offers, self.sorts)
        worth = self.trees(table)
        # Of a dispute one account, or nobody's, is shown only if it is clearly better.
        both = (table[:, _ACTING] >= MIN_ACTING_PARTIES) & (worth >= max(self.least, worth.max() - MAX_WORTH_LOSS))
        if table[0, _BOTH_SIDES] >= ASKS_BOTH_PROBABILITY and both.any():
            worth = np.where(both, worth, 0.0)
        best = int(worth.argmax())
        return offers.proposals[best].choice if worth[best] >= self.least else Choice()


def sorts_for(encoder: Any, folder: Path = FOLDER) -> Linear | None:
    """What tells the sort of answer that a question wants; None for another encoder than it was fitted on."""
    return Linear.open(folder / SORTS_FILE, encoder)
