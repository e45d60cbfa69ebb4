"""A reader that can be computed by hand: the share of a question's content words that a statement has."""

from __future__ import annotations

from collections.abc import Callable

from bot.answering.reading.reader import Bounds, Judgement, Reader, Reading


class WordReader:
    """`enough(question)` tells whether anything may answer; `about`, `reads` and `contradicted` are those of a reader without model."""

    reads = False
    known = None
    contradicted = 0.5

    def __init__(self, enough: Callable[[str], bool]) -> None:
        self.about = {"without": "a test's reader"}
        self._enough = enough

    def bounds(self, how):
        return Bounds(answer=0.2, show=0.34, correct=2.0, bearing=0.1)

    def explainer_model(self):
        return None

    def mapped(self, vectors):
        return vectors

    def weighed(self, question, rows, today):
        enough = self._enough(question.asked.question)
        words = set(question.words) or {""}
        shares = [len(words & set(question.index.terms(row.text))) / len(words) for row in rows]
        return [Reading(row, share if enough else 0.0, bearing=1.0) for row, share in zip(rows, shares, strict=True)]

    def glanced(self, question, rows, today):
        return [each.answers for each in self.weighed(question, rows, today)]

    def judge(self, question, rows, today):
        best = sorted(self.weighed(question, rows, today), key=lambda reading: -reading.answers)
        return Judgement(tuple(best), best[0].answers if best else 0.0)


def use(monkeypatch, enough=lambda question: True):
    """Let every answer be read by a WordReader."""
    monkeypatch.setattr(Reader, "open", lambda *_, **__: WordReader(enough))
