"""Checks of explainers in `torkham sources check`: each question in one explainer only, and a text of the right
length.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sources.briefs.explainers import FEWEST_STATEMENTS, MOST_STATEMENTS, normalised, statements_of
from sources.briefs.parser import Brief
from sources.document import Statement
from sources.errors import Problem


@dataclass(frozen=True, slots=True)
class _Wording:
    """A question or variant and its location: the line of a file, in the explainer of that index."""

    text: str
    language: str
    file: str
    line: int
    index: int


def explainer_problems(briefs: Sequence[Brief]) -> Iterator[Problem]:
    """Every problem of the explainers in those briefs, individually and among each other."""
    for brief in briefs:
        yield from _lengths(brief)
    yield from _asked_twice(briefs)


def groups(brief: Brief) -> list[list[tuple[Statement, int]]]:
    """The statements, with lines, that are read as one text: those of an explainer, or the whole brief."""
    lined = list(zip(brief.document.statements, brief.statement_lines, strict=True))
    if not brief.document.explainers:
        return [lined]
    lines = dict(lined)
    return [[(s, lines[s]) for s in statements_of(brief.document, one)] for one in brief.document.explainers]


def _lengths(brief: Brief) -> Iterator[Problem]:
    for explainer, (line, *_) in zip(brief.document.explainers, brief.question_lines, strict=True):
        count = len(statements_of(brief.document, explainer))
        if not FEWEST_STATEMENTS <= count <= MOST_STATEMENTS:
            message = (
                f"this explainer has {count} statements: {FEWEST_STATEMENTS} to {MOST_STATEMENTS} read as one text"
            )
            yield Problem(brief.file, line, message)
        if not explainer.question.endswith("?"):
            yield Problem(brief.file, line, "the heading of an explainer is a question: end it with “?”")


def _asked_twice(briefs: Sequence[Brief]) -> Iterator[Problem]:
    """A wording that occurs elsewhere too, ignoring case, punctuation and accents; one explainer may repeat it across
    languages.
    """
    seen: dict[str, _Wording] = {}
    for wording in _wordings(briefs):
        first = seen.setdefault(normalised(wording.text), wording)
        elsewhere = (first.file, first.index) != (wording.file, wording.index)
        if first is not wording and (elsewhere or first.language == wording.language):
            place = f"in line {first.line}" if first.file == wording.file else f"in {first.file}:{first.line}"
            message = f"“{wording.text}” is asked {place} already: keep it in one place"
            yield Problem(wording.file, wording.line, message)


def _wordings(briefs: Sequence[Brief]) -> Iterator[_Wording]:
    for brief in briefs:
        lined = zip(brief.document.explainers, brief.question_lines, strict=True)
        for index, (explainer, (line, *lines)) in enumerate(lined):
            yield _Wording(explainer.question, brief.document.language, brief.file, line, index)
            for variant, place in zip(explainer.variants, lines, strict=True):
                yield _Wording(variant.text, variant.language, brief.file, place, index)
