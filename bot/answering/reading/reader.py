"""The reader: judges whether a statement answers a question, and with which words, by reading both with a small model of our own.

The encoder's lower layers yield the token states of question and statement; the reader's layers read them together
(`reader.onnx`), and boosted trees combine their logits with the features of the pair (`judge.json`). docs/reader.md has the
data, the figures and the commands that produce both files.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from bot.answering.candidates import Candidate
from bot.answering.reading.ahead import Ahead
from bot.answering.reading.answerable import evidence
from bot.answering.reading.features import NAMES, Question, Table, table
from bot.answering.reading.known import NAMES as KNOWN
from bot.answering.reading.known import Known
from bot.answering.reading.trees import Trees
from bot.nlp.weighing import Weighing
from index.encoder import TokenStates, Vectors, cores, unit
from sources.files import sha256

FOLDER = Path(__file__).parents[1] / "weights"
QUICK_CANDIDATES = 40  # candidates that the first forest scores
READ_CANDIDATES, READ_CANDIDATES_FOR_FACT = 6, 4  # candidates that the reader reads, and where one fact is asked for
ASKED_TOKENS, WRITTEN_TOKENS, SAID_TOKENS = 40, 24, 56
SPAN_TOKENS = 16  # the longest answer that is marked
Floats = npt.NDArray[np.float32]
Judge = Callable[[Floats], Floats]
_PLAIN: dict[str, Any] = {  # thresholds for the cosine alone, if even the trees are missing
    "contradicted": 0.5,
    "quick_bounds": {
        how: {"answer": 0.4, "show": 0.5, "correct": 1.0, "bearing": 0.4} for how in ("strict", "balanced", "generous")
    },
}
LOGITS = ("answers", "context", "corrects")
_FACT = [NAMES.index(kind) for kind in ("when", "count", "who", "where")]
_SWAPPED = len(NAMES) + KNOWN.index("asked_swapped")
# P(answers) of what is told of another person or group: 30 of 1,565 such judged statements answer.
MAX_SWAPPED_PROBABILITY = 0.02


class Stateful(Protocol):
    """An encoder that exposes the token states of its lower layers."""

    def states(self, texts: Sequence[str], *, prompt: str, most: int) -> list[TokenStates]:
        """The (ids, states) of each text."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """The judgement of a candidate: P(answers), P(corrects a premise), P(belongs to the answer), and the slice that answers."""

    candidate: Candidate
    answers: float
    corrects: float = 0.0
    bearing: float = 0.0
    span: tuple[int, int] | None = None


class Page(NamedTuple):
    """What is read of a candidate: its text, and before it the nearest question that was written for it, if any was."""

    text: str
    written: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The readings of a question's candidates, best first, and P(any of them answers)."""

    readings: tuple[Reading, ...] = ()
    answerable: float = 0.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """Thresholds: for answering at all (`answer`), for each claim after the first (`show`), for a correction (`correct`).

    `bearing` is the threshold for another party's statement beside a claim.
    """

    answer: float
    show: float
    correct: float
    bearing: float


class Reader:
    """Judges candidates. Thread-safe; without weights it judges by the features of the pair."""

    def __init__(
        self,
        encoder: Stateful | None,
        session: Any,
        quick: Judge,
        judge: Trees | None,
        about: dict[str, Any],
        known: Known | None = None,
    ) -> None:
        self._encoder, self._session, self._quick, self._judge = encoder, session, quick, judge
        self.known = known
        self._answerable = Weighing.read(about["answerable"]) if "answerable" in about else None
        self.about = about
        self._said = lru_cache(maxsize=8192)(self._states_of)
        self._asked = lru_cache(maxsize=4)(partial(self._states_of_question, most=ASKED_TOKENS))
        self._written = lru_cache(maxsize=1024)(self._states_of_written)
        self._read_one = lru_cache(maxsize=128)(self._logits_of)
        self.ahead: Ahead | None = None
        self.questions_ahead: Ahead | None = None
        self._workers = ThreadPoolExecutor(cores(), thread_name_prefix="reader")

    @classmethod
    def open(cls, encoder: Any, *, folder: Path = FOLDER, off: bool = False) -> Reader:
        """Load the shipped reader for an encoder; if its model cannot be used, `about["without"]` gives the reason."""
        try:
            described = json.loads((folder / "judge.json").read_text(encoding="utf-8"))
            quick, about = Trees.read(described["quick"]), dict(described["about"])
            known = Known.open(encoder.fingerprint, folder)
        except (OSError, ValueError, KeyError, TypeError):
            lost = f"{folder / 'judge.json'} is missing or damaged: install Torkham again"
            return cls(None, None, by_cosine, None, {"without": lost, **_PLAIN})
        why = _unfit(encoder, folder, about, off)
        if why is None:
            from index.model.onnx import open_session

            try:
                session = open_session(folder / "reader.onnx")
                return cls(encoder, session, quick, Trees.read(described["judge"]), about, known)
            except Exception as error:  # onnxruntime raises its own kinds for a damaged file
                why = f"{folder / 'reader.onnx'} cannot be opened ({type(error).__name__}): install Torkham again"
        return cls(None, None, quick, None, {**about, "without": why}, known)

    def bounds(self, how: str) -> Bounds:
        """The thresholds for `strict`, `balanced` or `generous`, fitted with the trees."""
        chosen = self.about["bounds" if self.reads else "quick_bounds"][how]
        return Bounds(**chosen)

    def explainer_model(self) -> Weighing | None:
        """The classifier that matches questions to explainers; None without the reader's model."""
        raw = self.about.get("explainers") if self.reads else None
        return Weighing.read(raw) if raw else None

    def mapped(self, vectors: Vectors) -> Vectors:
        """Vectors of questions as unit vectors of the space in which they are compared."""
        return self.known.mapped(vectors) if self.known else unit(vectors)

    def weighed(self, question: Question, rows: Sequence[Candidate], today: date) -> list[Reading]:
        """Judge a few candidates, all of them with the model, in their order."""
        return _readings(rows, self._scored(question, rows, self.figures(question, rows, today))) if rows else []

    def glanced(self, question: Question, rows: Sequence[Candidate], today: date) -> list[float]:
        """P(answers) of some candidates by the first forest alone, which reads nothing; in their order."""
        figures = self.figures(question, rows, today) if rows else None
        return [] if figures is None else of_the_same(figures, self._quick(figures)).tolist()

    @property
    def contradicted(self) -> float:
        """The probability from which one statement opposes another."""
        return float(self.about["contradicted"])

    @property
    def reads(self) -> bool:
        """Whether it has its model."""
        return self._session is not None

    def judge(self, question: Question, rows: Sequence[Candidate], today: date) -> Judgement:
        """Judge the candidates."""
        if not rows:
            return Judgement()
        near = self._nearest(question, rows)
        figures = self.figures(question, near, today)
        first = of_the_same(figures, self._quick(figures))
        if self._judge is None:
            judged = [Reading(row, p, bearing=p) for row, p in zip(near, first.tolist(), strict=True)]
            return Judgement(_best_first(judged), float(first.max()))
        best = np.argsort(-first, kind="stable")[: most_read(figures)]
        chosen = [near[at] for at in best]
        scored = self._scored(question, chosen, figures[best])
        answerable = float(scored.answers.max())
        if self._answerable is not None:
            answerable = self._answerable(evidence(scored.figures, scored.quick, scored.logits, scored.answers))
        return Judgement(_best_first(_readings(chosen, scored)), answerable)

    def _scored(self, question: Question, rows: Sequence[Candidate], figures: Table) -> _Scored:
        first = self._quick(figures)
        if self._judge is None:
            first = of_the_same(figures, first)
            return _Scored(figures, first, np.zeros((len(rows), len(LOGITS)), np.float32), first, [None] * len(rows))
        logits, spans = self.read(question.asked.normal, self.pages(question, rows))
        answers = of_the_same(figures, self._judge(np.hstack([figures, first[:, None], logits])))
        return _Scored(figures, first, logits, answers, spans)

    def figures(self, question: Question, rows: Sequence[Candidate], today: date) -> Table:
        """What the forests compare of a question and each candidate: features.NAMES, then known.NAMES."""
        compared = table(question, rows, today)
        written = self.known.table(question, rows) if self.known else np.full((len(rows), len(KNOWN)), np.nan)
        return np.hstack([compared, written]).astype(np.float32)

    def _nearest(self, question: Question, rows: Sequence[Candidate]) -> list[Candidate]:
        """The QUICK_CANDIDATES that are most like the question, half of them by the questions that were written for them."""
        asked = self.known.cosines(question, rows) if self.known else [-1.0] * len(rows)
        by_asked = [at for at in _descending(asked)[: QUICK_CANDIDATES // 2] if asked[at] >= 0]
        order = dict.fromkeys([*by_asked, *_descending([row.cosine for row in rows])])
        return [rows[at] for at in list(order)[:QUICK_CANDIDATES]]

    def pages(self, question: Question, rows: Sequence[Candidate]) -> list[Page]:
        """What is read of each candidate."""
        written = self.known.written(question, rows) if self.known else [None] * len(rows)
        return [Page(row.text, before) for row, before in zip(rows, written, strict=True)]

    def read(self, question: str, pages: Sequence[Page]) -> tuple[Floats, list[tuple[int, int] | None]]:
        """The logits (pages, 3) of LOGITS and the best answering slice of each text."""
        self._asked(question)  # computed once, before the threads need it
        # Each pair is a run of its own on one thread: nothing is padded, and a score depends on its texts alone. So what
        # was read for the explainers need not be read again for the choice.
        one = partial(self._read_one, question)
        read = list(self._workers.map(one, pages)) if len(pages) > 1 else [one(page) for page in pages]
        return np.array([logits for logits, _ in read], np.float32).reshape(-1, len(LOGITS)), [span for _, span in read]

    def _logits_of(self, question: str, page: Page) -> tuple[Floats, tuple[int, int] | None]:
        asked, said = self._asked(question), self._said(page.text)
        if page.written:
            said = _after(self._written(page.written), said)
        scores, tokens = self._session.run(None, pair(asked, said))
        return scores[0], _span(tokens[0][len(asked.ids) :], said.slices)

    def _states_of_question(self, question: str, most: int) -> TokenStates:
        assert self._encoder is not None
        (asked,) = self._encoder.states([question], prompt="query", most=most)
        return asked

    def _states_of_written(self, text: str) -> TokenStates:
        kept = self.questions_ahead.states(text) if self.questions_ahead else None
        return kept or self.fresh_states_of_written(text)

    def fresh_states_of_written(self, text: str) -> TokenStates:
        """The states of a question that was written for a statement, computed by the encoder."""
        written = self._states_of_question(text, WRITTEN_TOKENS)
        return written._replace(states=written.states.astype(np.float16))

    def _states_of(self, text: str) -> TokenStates:
        """The states in half precision, as they are cached: three thousand statements take 90 MB."""
        kept = self.ahead.states(text) if self.ahead else None
        return kept or self.fresh_states(text)

    def fresh_states(self, text: str) -> TokenStates:
        """The states of a statement, computed by the encoder."""
        assert self._encoder is not None
        said = self._encoder.states([text], prompt="passage", most=SAID_TOKENS)[0]
        return said._replace(states=said.states.astype(np.float16))


class _Scored(NamedTuple):
    """Of some candidates: what was compared, the first forest's word, the logits, P(answers) and the spans."""

    figures: Table
    quick: Floats
    logits: Floats
    answers: Floats
    spans: list[tuple[int, int] | None]


def _readings(rows: Sequence[Candidate], scored: _Scored) -> list[Reading]:
    beside = 1 / (1 + np.exp(-scored.logits[:, 1:]))
    columns = (scored.answers.tolist(), beside[:, 1].tolist(), beside[:, 0].tolist(), scored.spans)
    return [Reading(*each) for each in zip(rows, *columns, strict=True)]


def most_read(figures: Table) -> int:
    """How many candidates of a question the reader reads, by what the figures say that it asks for."""
    return READ_CANDIDATES_FOR_FACT if figures[0, _FACT].any() else READ_CANDIDATES


def of_the_same(figures: Table, answers: Floats) -> Floats:
    """P(answers) (rows,), at most MAX_SWAPPED_PROBABILITY where statement and written question name others of a kind than
    the question does.
    """
    return np.where(figures[:, _SWAPPED] == 1, np.minimum(answers, np.float32(MAX_SWAPPED_PROBABILITY)), answers)


def _descending(values: Sequence[float]) -> list[int]:
    return [int(at) for at in np.argsort(-np.array(values), kind="stable")]


def _best_first(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    return tuple(sorted(readings, key=lambda reading: -reading.answers))


def by_cosine(figures: Floats) -> Floats:
    """Probabilities from the cosine alone, (rows,): the midpoint lies where this encoder's answers begin."""
    return np.asarray(1 / (1 + np.exp(-40 * (figures[:, NAMES.index("cosine")] - 0.88))), np.float32)


def _after(written: TokenStates, said: TokenStates) -> TokenStates:
    """Two texts as one, of which only the second has words that answer."""
    return TokenStates(
        np.concatenate([written.ids, said.ids]),
        np.concatenate([written.states, said.states]),
        np.concatenate([np.zeros_like(written.slices), said.slices]),
    )


def pair(asked: TokenStates, said: TokenStates) -> dict[str, Any]:
    """The inputs of the reader's layers for two texts: states (1, tokens, hidden) and four rows (1, tokens).

    `met` is 1 where a token's piece occurs in the other text, `near` the best cosine with a token of the other text.
    """
    left, right = asked.states.astype(np.float32), said.states.astype(np.float32)
    likeness = unit(left) @ unit(right).T
    same = asked.ids[:, None] == said.ids[None, :]
    met = [same[:, 1:-1].any(axis=1), same[1:-1].any(axis=0)]
    segment = np.repeat([0, 1], [len(asked.ids), len(said.ids)])
    return {
        "states": np.concatenate([left, right])[None],
        "segment": segment[None],
        "met": np.concatenate(met)[None].astype(np.float32),
        "near": np.concatenate([likeness.max(1), likeness.max(0)])[None].astype(np.float32),
    }


def _span(logits: Floats, slices: npt.NDArray[np.int64]) -> tuple[int, int] | None:
    """The slice between the likeliest start and end, (tokens, 2) logits; None if nothing is marked."""
    words = np.flatnonzero(slices[:, 1] > slices[:, 0])
    if not len(words):
        return None
    length = words[None, :] - words[:, None]
    both = logits[words, 0][:, None] + logits[words, 1][None, :]
    both[(length < 0) | (length >= SPAN_TOKENS)] = -np.inf
    start, end = np.unravel_index(int(both.argmax()), both.shape)
    return int(slices[words[start], 0]), int(slices[words[end], 1])


def _unfit(encoder: Any, folder: Path, about: dict[str, Any], off: bool) -> str | None:
    """Why the model cannot be used; None if it can."""
    if off:
        return "it is switched off (TORKHAM_READER=off)"
    if encoder.fingerprint != about["encoder"]:
        return f"it was trained on another model than {encoder.name}"
    path = folder / "reader.onnx"
    if not path.exists():
        return f"{path} is missing: install Torkham again"
    return None if sha256(path) == about["digest"] else f"{path} is damaged: install Torkham again"
