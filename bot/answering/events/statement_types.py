"""Classifies the library's statements by type, with a linear model over their words and their vectors in
the index.

The weights are fitted by `python -m evals.fitting.statement_types` on statements that a person labelled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from bot.answering.candidates import REACH
from bot.nlp.linear import Linear
from index.search import Index
from index.types import Passage, Sentence
from sources.document import Document, Statement

WEIGHTS = Path(__file__).parents[1] / "weights" / "statement_types.json"


@dataclass(frozen=True, slots=True)
class Told:
    """A statement and the sentence whose vector represents it."""

    document: Document
    passage: Passage
    sentence: Sentence
    statement: Statement

    @property
    def text(self) -> str:
        """The text of the statement."""
        return self.document.text[self.statement.start : self.statement.end]


def statements_of(index: Index) -> Iterator[Told]:
    """Every statement of the summaries, once, except those in which a brief describes itself."""
    for document in index.each_document():
        statements = {statement.start: statement for statement in document.statements}
        for passage in index.passages_of(document.id) if statements else ():
            if REACH in passage.heading:
                continue
            for sentence in index.sentences(passage):
                if statement := statements.pop(sentence.start, None):
                    yield Told(document, passage, sentence, statement)


class StatementTypes:
    """Every statement of an index with its types; computed on first use."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._model = Linear.open(WEIGHTS, index.encoder)

    @property
    def known(self) -> bool:
        """Whether the weights fit this index's encoder."""
        return self._model is not None

    @cached_property
    def rows(self) -> tuple[tuple[Told, dict[str, float]], ...]:
        """Each statement with its score for each type, as a multiple of the threshold: from 1 on the type applies.

        No statement has a type if the weights are for another encoder.
        """
        told = list(statements_of(self._index))
        if self._model is None or not told:
            return tuple((each, {}) for each in told)
        words = [frozenset(self._index.terms(each.text)) for each in told]
        likely = self._model(self._index.vectors([each.sentence for each in told]), words)
        shares = (likely / np.array(self._model.least)).tolist()
        return tuple(
            (each, dict(zip(self._model.classes, row, strict=True))) for each, row in zip(told, shares, strict=True)
        )
