"""Compares a question with those that people wrote for the library's statements (sources/statement_questions.py).

A question in other words is nearer to another question than to the statement that answers both. They are compared in a
space of their own, a linear map of the encoder's, in which questions with one answer lie together. The map and the vectors of
the written questions are shipped (`weights/questions.npz`, made by `python -m evals.fitting.questions.known`); with another
model, or other questions than they were made from, nothing is known.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from bot.answering.candidates import Candidate
from bot.answering.reading.features import Question, Table
from bot.nlp.answer_type import kind_of
from bot.nlp.names.gazetteer import Mention
from bot.nlp.word_lists import STOP
from bot.question.input import normal_form
from index.encoder import Vectors, unit
from index.normalise import normalise
from sources.events import digest
from sources.files import sha256
from sources.statement_questions import QUESTIONS_FILE, StatementQuestions, shipped_questions

FILE = "questions.npz"
STEP = 1 / 256  # of a component of a shipped vector, which has eight bits
NAMES = (
    "asked", "asked_lead", "asked_gap", "asked_words", "asked_new", "asked_kind", "asked_names", "asked_lost",
    "asked_swapped",
)  # fmt: skip
WHO = ("group", "person")  # kinds of names of which another is never meant


@dataclass(frozen=True)
class Known:
    """The written questions and their vectors in units of STEP, (questions, size), in the order of the statements.

    `matrix` (dimension, size) and `shift` (size,) map a vector of the encoder into their space. `version` is the digest of
    the file of questions.
    """

    statements: Sequence[StatementQuestions]
    vectors: Vectors
    matrix: Vectors
    shift: Vectors
    version: str = ""

    @classmethod
    def open(cls, fingerprint: str, folder: Path) -> Known | None:
        """The shipped questions; None if their vectors are missing, damaged, or of another model or other questions."""
        try:
            about = json.loads((folder / FILE).with_suffix(".json").read_text(encoding="utf-8"))
            if about != described(fingerprint):
                return None
            with np.load(folder / FILE, allow_pickle=False) as stored:
                vectors, matrix, shift = (stored[name] for name in ("vectors", "matrix", "shift"))
        except (OSError, ValueError, KeyError, BadZipFile):
            return None
        statements = shipped_questions()
        if vectors.dtype != np.int8 or len(vectors) != len(texts(statements)):
            return None
        return cls(statements, vectors.astype(np.float32), matrix, shift, about["questions"])

    @cached_property
    def _places(self) -> dict[str, tuple[int, int, int]]:
        """By digest: the first row of a statement's questions, of those that it only seems to answer, and of the next."""
        return {each.digest: own for each, own in zip(self.statements, spans(self.statements), strict=True)}

    def table(self, question: Question, rows: Sequence[Candidate]) -> Table:
        """One row of NAMES for each candidate; not a number where nobody wrote questions for the statement."""
        cosines = self._cosines(question)
        nearest = float(cosines[self._answered].max(initial=-1.0))
        return np.array([self._row(question, row, cosines, nearest) for row in rows], np.float32).reshape(
            len(rows), len(NAMES)
        )

    def cosines(self, question: Question, rows: Sequence[Candidate]) -> list[float]:
        """The cosine of the question with the nearest question written for each candidate; -1 where there is none."""
        cosines = self._cosines(question)
        places = [self._place(row) for row in rows]
        return [float(cosines[place[0] : place[1]].max()) if place else -1.0 for place in places]

    def written(self, question: Question, rows: Sequence[Candidate]) -> list[str | None]:
        """The question written for each candidate that is nearest, as it is read; None where there is none."""
        cosines = self._cosines(question)
        places = [self._place(row) for row in rows]
        return [
            normal_form(self._texts[place[0] + int(cosines[place[0] : place[1]].argmax())]) if place else None
            for place in places
        ]

    def answered(self) -> list[str]:
        """Every question that a statement answers, as it is read."""
        return [normal_form(text) for each in self.statements for text in each.answers]

    def nearest(self, question: Question, most: int) -> list[tuple[StatementQuestions, float]]:
        """The statements whose written questions are nearest, with the cosine, best first."""
        cosines = self._cosines(question)
        best = np.maximum.reduceat(np.where(self._answered, cosines, -1.0), self._starts) if len(cosines) else cosines
        return [(self.statements[at], float(best[at])) for at in np.argsort(-best, kind="stable")[:most].tolist()]

    def _cosines(self, question: Question) -> npt.NDArray[np.float32]:
        return self._product(question.index.embed(question.asked.lookup).tobytes())

    def mapped(self, vectors: Vectors) -> Vectors:
        """Vectors of the encoder, (..., dimension), as unit vectors of the space, (..., size)."""
        return unit(vectors @ self.matrix + self.shift)

    @cached_property
    def _product(self) -> Callable[[bytes], npt.NDArray[np.float32]]:
        """The cosines of a vector, given as bytes, with every written question; those of the last few are kept."""
        return lru_cache(maxsize=8)(
            lambda vector: self.vectors @ (STEP * self.mapped(np.frombuffer(vector, np.float32)))
        )

    @cached_property
    def _starts(self) -> npt.NDArray[np.int64]:
        return np.array([self._places[each.digest][0] for each in self.statements], np.int64)

    @cached_property
    def _answered(self) -> npt.NDArray[np.bool_]:
        answered = np.zeros(len(self.vectors), bool)
        for first, then, _ in self._places.values():
            answered[first:then] = True
        return answered

    @cached_property
    def _texts(self) -> list[str]:
        return texts(self.statements)

    def _place(self, row: Candidate) -> tuple[int, int, int] | None:
        return self._places.get(digest(row.document.text[row.sentence.start : row.sentence.end]))

    def _row(self, question: Question, row: Candidate, cosines: npt.NDArray[np.float32], nearest: float) -> list[float]:
        """`nearest` is the cosine of the nearest question that any statement of the library answers."""
        place = self._place(row)
        if place is None:
            return [np.nan] * len(NAMES)
        first, then, end = place
        best = first + int(cosines[first:then].argmax())
        near = float(cosines[then:end].max()) if end > then else np.nan
        written, index = self._texts[best], question.index
        words = frozenset(index.terms(_content(written)))
        held = words | set(index.terms(row.text))
        total = sum(question.words.values()) or 1.0
        weights = {word: index.rarity(word) for word in words}
        instead, told = question.gazetteer.find(written), question.gazetteer.find(row.text)
        things = frozenset(mention.entry_id for mention in instead)
        return [
            float(cosines[best]),
            float(cosines[best]) - near,
            float(cosines[best]) - nearest,
            sum(weight for word, weight in question.words.items() if word in held) / total,
            sum(weight for word, weight in weights.items() if word not in question.words)
            / (sum(weights.values()) or 1.0),
            float(kind_of(written) == question.asked.kind),
            float(len(things - question.asked.things)),
            float(len(question.asked.things - things)),
            float(any(_swapped(question.asked.mentions, instead, told, kind) for kind in WHO)),
        ]


def _swapped(asked: Sequence[Mention], instead: Sequence[Mention], told: Sequence[Mention], kind: str) -> bool:
    """Whether a written question names others of a kind (`instead`) than the question, of which the statement has none either."""
    named, others, said = (
        {mention.entry_id for mention in found if mention.kind == kind} for found in (asked, instead, told)
    )
    return bool(named and others) and not named & (others | said)


def texts(statements: Sequence[StatementQuestions]) -> list[str]:
    """The questions of all statements in the order of the vectors; their normal forms are embedded and read."""
    return [text for each in statements for text in (*each.answers, *each.near)]


def spans(statements: Sequence[StatementQuestions]) -> Iterator[tuple[int, int, int]]:
    """For each statement the first of its rows in the order of `texts`, the first of what it only seems to answer, and the next."""
    at = 0
    for each in statements:
        then = at + len(each.answers)
        yield at, then, then + len(each.near)
        at = then + len(each.near)


def described(fingerprint: str) -> dict[str, str]:
    """What vectors belong to: the model and the file of questions."""
    return {"encoder": fingerprint, "questions": sha256(QUESTIONS_FILE)}


@lru_cache(maxsize=4096)
def _content(text: str) -> str:
    return " ".join(word for word in normalise(text).split() if word.strip("?") not in STOP)
