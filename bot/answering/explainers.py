"""Matches questions to explainers, of which an answer can then be made, whole or in part."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from bot.answering.candidates import MAX_HITS, Candidate, of_passage
from bot.answering.reading.ahead import Ahead
from bot.answering.reading.reader import Reading
from bot.nlp.answer_type import FACTS, kind_of
from bot.nlp.names.affiliation import is_capital
from bot.nlp.names.gazetteer import SPECIFIC, Gazetteer
from bot.nlp.weighing import Weighing
from bot.nlp.word_lists import STOP
from bot.question.input import normal_form
from bot.question.query import Asked
from index.encoder import Vectors, unit
from index.normalise import normalise
from index.search import Index
from index.types import Hit, Passage
from sources.briefs.explainers import normalised, questions
from sources.document import Document, Explainer

BY_WORDS, BY_SEARCH = 3, 3  # explainers considered: by common words, by search rank
MAX_WORDINGS = 4  # of each: the heading and the most similar wordings
MAX_EXPLAINERS_READ = 3  # explainers whose first statements are read
STEM_LETTERS = 6  # letters after which words are cut, in all five languages
UNHEARD_IDF = 8.0  # rarity of a word that occurs in no wording
FIRST_STATEMENTS = 2  # statements of an explainer that must answer its question
Judge = Callable[[Sequence[Candidate]], list[Reading]]


class Figures(NamedTuple):
    """What is known of a question and an explainer, in the order of the classifier's weights."""

    cosine: float  # the best with any of its wordings, and the lead over the next explainer
    cosine_margin: float
    shared: float  # words in common with a wording, and the lead over the next explainer
    shared_margin: float
    gone: float  # words of the question that are in neither wording nor text
    specific_gone: (
        float  # names and numbers of the question missing from the text, and of the heading missing from the question
    )
    specific_new: float
    same_kind: float
    fact: float
    words: float
    found: float  # reciprocal of its search rank
    foreign: float
    first_answers: float
    any_answers: float
    any_bears: float


@dataclass(frozen=True, slots=True)
class _Wording:
    """One wording of an explainer's question, and its content words cut to STEM_LETTERS."""

    text: str
    words: frozenset[str]
    document: Document
    explainer: Explainer

    @property
    def key(self) -> tuple[str, int]:
        """The identity of its explainer."""
        return (self.document.id, self.explainer.start)


@dataclass(frozen=True, slots=True)
class _Known:
    """Every wording, by normalised text, by word and by explainer; the explainers of each document; the rarity
    of each word among the wordings, and of all words of a wording together."""

    exact: dict[str, _Wording]
    by_word: dict[str, list[_Wording]]
    by_explainer: dict[tuple[str, int], list[_Wording]]
    by_document: dict[str, list[tuple[str, int]]]
    rarity: dict[str, float]
    weights: dict[frozenset[str], float]


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate explainer, its statements, and its figures."""

    document: Document
    explainer: Explainer
    statements: tuple[Candidate, ...]
    figures: Figures


class Explainers:
    """The explainers of an index with all their wordings; loaded at the first question."""

    def __init__(
        self,
        index: Index,
        gazetteer: Gazetteer,
        model: Weighing | None,
        mapped: Callable[[Vectors], Vectors] = unit,
    ) -> None:
        """Without a model only exact wordings match. `mapped` takes the encoder's vectors into the space in which questions
        are compared."""
        self._index, self._gazetteer, self._model = index, gazetteer, model
        self._mapped = mapped
        self._vectors: dict[str, Vectors] = {}  # of wordings; there are more than the index remembers texts
        self._passages: dict[tuple[str, int], list[Passage]] = {}  # of explainers that were read
        self._weighs = lru_cache(maxsize=4)(self._weight)  # of a question, for each wording that it is compared with
        self.ahead: Ahead | None = None

    @cached_property
    def _known(self) -> _Known:
        documents = {document.id: document for document in self._index.explainers()}
        exact: dict[str, _Wording] = {}
        by_word: dict[str, list[_Wording]] = {}
        by_explainer: dict[tuple[str, int], list[_Wording]] = {}
        for asked in questions(documents.values()):
            document, text = documents[asked.document_id], normalised(asked.text)
            wording = _Wording(asked.text, _words(text), document, document.explainers[asked.index])
            exact.setdefault(text, wording)
            by_explainer.setdefault(wording.key, []).append(wording)
            for word in wording.words:
                by_word.setdefault(word, []).append(wording)
        by_document: dict[str, list[tuple[str, int]]] = {}
        for key in by_explainer:
            by_document.setdefault(key[0], []).append(key)
        total = 1 + sum(map(len, by_explainer.values()))
        rarity = {word: math.log(total / len(of)) for word, of in by_word.items()}
        weights = {
            wording.words: sum(rarity[word] for word in wording.words)
            for group in by_explainer.values()
            for wording in group
        }
        return _Known(exact, by_word, by_explainer, by_document, rarity, weights)

    def likeliest(self, asked: Asked, hits: Sequence[Hit], judge: Judge) -> list[tuple[Match, float]]:
        """The explainers that may answer, likeliest first, each with the probability that it does; none where a scope is given."""
        model = self._model
        if asked.scope or model is None:
            return []
        likely = [(match, model(match.figures)) for match in self.matches(asked, hits, judge)]
        return sorted(likely, key=lambda pair: -pair[1])

    def worded(self, asked: Asked) -> list[Candidate]:
        """The statements of the explainer of which a question is exactly one of the wordings; empty if there is none."""
        same = None if asked.scope else self._worded(asked)
        return self._statements(asked, same) if same is not None else []

    def is_worded(self, asked: Asked) -> bool:
        """Whether a question is exactly one of the wordings."""
        return self._worded(asked) is not None

    def _worded(self, asked: Asked) -> _Wording | None:
        exact = self._known.exact
        return exact.get(normalised(asked.normal)) or exact.get(normalised(asked.question))

    def matches(self, asked: Asked, hits: Sequence[Hit], judge: Judge) -> list[Match]:
        """The MAX_EXPLAINERS_READ candidates, likeliest first by what is known before their statements are read."""
        words, vector = _words(normalised(asked.normal)), self._mapped(self._index.embed(asked.normal))
        groups = self._groups(words, hits)
        cosines = [max(float(vector @ self._vector(wording)) for wording in group) for group in groups]
        shared = [max(self._shared(words, wording) for wording in group) for group in groups]
        places = [
            next((at for at, hit in enumerate(hits) if self._holds(group[0].key, hit)), MAX_HITS) for group in groups
        ]
        found = [1 / (1 + place) for place in places]
        order = sorted(range(len(groups)), key=lambda at: -(cosines[at] + shared[at] / 10 + found[at] / 20))
        names = self._specific(asked.normal)
        matches = []
        for at in order[:MAX_EXPLAINERS_READ]:
            wording = groups[at][0]
            statements = self._statements(asked, wording)
            text = wording.document.text[wording.explainer.start : wording.explainer.end]
            nearest = max(groups[at], key=lambda each: self._shared(words, each))
            read = judge(statements[:FIRST_STATEMENTS])
            figures = Figures(
                cosine=cosines[at],
                cosine_margin=cosines[at] - max(cosines[:at] + cosines[at + 1 :], default=cosines[at] - 0.1),
                shared=shared[at],
                shared_margin=shared[at] - max(shared[:at] + shared[at + 1 :], default=0.0),
                gone=self._gone(words, nearest.words | _words(normalised(text))),
                specific_gone=float(len(names - self._specific(text))),
                specific_new=float(len(self._specific(wording.text) - names)),
                same_kind=float(kind_of(normal_form(wording.text)) == asked.kind),
                fact=float(asked.kind in FACTS),
                words=float(len(words)),
                found=found[at],
                foreign=float(asked.language != wording.document.language),
                first_answers=read[0].answers if read else 0.0,
                any_answers=max((each.answers for each in read), default=0.0),
                any_bears=max((each.bearing for each in read), default=0.0),
            )
            matches.append(Match(wording.document, wording.explainer, tuple(statements), figures))
        return matches

    def wordings(self) -> list[str]:
        """Every wording, in the form that is embedded."""
        return [normal_form(wording.text) for group in self._known.by_explainer.values() for wording in group]

    def _vector(self, wording: _Wording) -> Vectors:
        text = normal_form(wording.text)
        if text not in self._vectors:
            kept = self.ahead.vector(text) if self.ahead else None
            self._vectors[text] = self._mapped(self._index.embed(text) if kept is None else kept)
        return self._vectors[text]

    def _groups(self, words: frozenset[str], hits: Sequence[Hit]) -> list[list[_Wording]]:
        """The heading and the most similar wordings of each candidate explainer."""
        known, best = self._known, dict[tuple[str, int], float]()
        for wording in self._with_any(words):
            best[wording.key] = max(best.get(wording.key, 0.0), self._shared(words, wording))
        nearest = sorted(best, key=lambda key: -best[key])[:BY_WORDS]
        found = [
            key for hit in hits for key in known.by_document.get(hit.passage.document_id, ()) if self._holds(key, hit)
        ]
        chosen = dict.fromkeys([*nearest, *list(dict.fromkeys(found))[:BY_SEARCH]])
        groups = []
        for key in chosen:
            heading, *variants = known.by_explainer[key]
            variants.sort(key=lambda wording: -self._shared(words, wording))
            groups.append([heading, *variants[: MAX_WORDINGS - 1]])
        return groups

    def _holds(self, key: tuple[str, int], hit: Hit) -> bool:
        explainer = self._known.by_explainer[key][0].explainer
        return key[0] == hit.passage.document_id and explainer.start <= hit.passage.start < explainer.end

    def near(self, asked: Asked, most: int) -> tuple[str, ...]:
        """Explainers' questions that share the most words with this one, to be suggested."""
        words = _words(normalised(asked.words))
        best = sorted(self._with_any(words), key=lambda wording: -self._shared(words, wording))
        return tuple(dict.fromkeys(text for wording in best if (text := _offered(wording, asked))))[:most]

    def _with_any(self, words: frozenset[str]) -> list[_Wording]:
        """The wordings that have any of the words, each once."""
        return list({id(w): w for word in words for w in self._known.by_word.get(word, ())}.values())

    def _shared(self, words: frozenset[str], wording: _Wording) -> float:
        """Weighted Jaccard similarity of the words, by rarity."""
        both = self._weight(words & wording.words)
        either = self._weighs(words) + self._known.weights[wording.words] - both
        return both / either if either else 0.0

    def _gone(self, words: frozenset[str], held: frozenset[str]) -> float:
        total = self._weight(words)
        return self._weight(words - held) / total if total else 0.0

    def _weight(self, words: frozenset[str]) -> float:
        rarity = self._known.rarity
        return sum(rarity.get(word, UNHEARD_IDF) for word in words)

    def _statements(self, asked: Asked, wording: _Wording) -> list[Candidate]:
        explainer = wording.explainer
        if wording.key not in self._passages:
            every = self._index.passages_of(wording.document.id)
            self._passages[wording.key] = [p for p in every if explainer.start <= p.start < explainer.end]
        rows = [row for passage in self._passages[wording.key] for row in of_passage(self._index, asked, passage)]
        return sorted({row.place: row for row in rows}.values(), key=lambda row: row.sentence.start)

    def _specific(self, text: str) -> frozenset[str]:
        """The names and numbers of a text; capitals are left out, since they mostly stand for a government."""
        found = (mention for mention in self._gazetteer.find(text) if mention.kind in SPECIFIC)
        names = {mention.entry_id for mention in found if not is_capital(mention.entry_id)}
        return frozenset(names | set(re.findall(r"\d+", normalise(text))))


def _words(text: str) -> frozenset[str]:
    return frozenset(word[:STEM_LETTERS] for word in text.split() if word not in STOP)


def _offered(wording: _Wording, asked: Asked) -> str | None:
    """The question to suggest: the heading if it is in the reader's language, otherwise a variant that is."""
    if asked.language == wording.document.language:
        return wording.explainer.question
    return next((v.text for v in wording.explainer.variants if v.language == asked.language), None)
