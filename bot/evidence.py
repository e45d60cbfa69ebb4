"""From passages to the statements or sentences that answer the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.fusion import min_max
from index.passages import Hit, Passage, Scope
from index.search import Index
from sources.document import Document, Statement

PASSAGES = 12  # passages whose sentences are weighed
MOST = 6  # claims of an answer
WEIGHTS = {"vector": 0.55, "words": 0.25, "passage": 0.2}
NEAR = 0.6  # of the best score: what scores less says little about the question
SAME = 0.7  # share of words from which two sentences say the same


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a document that bears on the question; `vector` is a cosine, `words` the rarity-weighted share of
    the question's words in it (0..1), `score` the weighted sum of both and the passage's own score."""

    document: Document
    passage: Passage
    start: int
    end: int
    statement: Statement | None
    vector: float
    words: float
    score: float

    @property
    def text(self) -> str:
        """The slice of the stored text."""
        return self.document.text[self.start : self.end]


def rank_evidence(index: Index, question: str, hits: Sequence[Hit], scope: Scope) -> list[Evidence]:
    """Every sentence of the best passages that lies in the scope, best first."""
    found: dict[tuple[str, int], tuple[Hit, Document, int, int, Statement | None, float, float]] = {}
    asked = dict.fromkeys(index.terms(question))
    weights = {term: index.rarity(term) for term in asked}
    for hit in hits[:PASSAGES]:
        document = index.document(hit.passage.document_id)
        if document is None:
            continue
        sentences = index.sentences(hit.passage)
        cosines = index.cosines(question, sentences)
        for sentence, cosine in zip(sentences, cosines.tolist(), strict=True):
            statement = next((s for s in document.statements if s.start == sentence.start), None)
            if statement is not None and not in_scope(statement, scope):
                continue
            words = _overlap(index, weights, f"{hit.passage.heading} {document.text[sentence.start : sentence.end]}")
            key = (document.id, sentence.start)
            found.setdefault(key, (hit, document, sentence.start, sentence.end, statement, cosine, words))
    vector = min_max({key: row[5] for key, row in found.items()})
    overlap = min_max({key: row[6] for key, row in found.items()})
    evidence = []
    for key, (hit, document, start, end, statement, cosine, words) in found.items():
        parts = {"vector": vector[key], "words": overlap[key], "passage": hit.score}
        score = sum(WEIGHTS[name] * value for name, value in parts.items())
        evidence.append(Evidence(document, hit.passage, start, end, statement, cosine, words, score))
    return sorted(evidence, key=lambda item: -item.score)


def in_scope(statement: Statement, scope: Scope) -> bool:
    """Whether a statement overlaps the days and parties of a scope; undated ones do not when days are given."""
    if scope.parties and statement.party not in scope.parties:
        return False
    if not (scope.since or scope.until):
        return True
    if not statement.date_from or not statement.date_to:
        return False
    return not (
        (scope.since and statement.date_to < scope.since) or (scope.until and statement.date_from > scope.until)
    )


def choose(index: Index, ranked: Sequence[Evidence], *, most: int = MOST) -> list[Evidence]:
    """The best evidence without repetition, at most `most`."""
    chosen: list[Evidence] = []
    seen: list[set[str]] = []
    for item in ranked:
        if len(chosen) == most or item.score < NEAR * ranked[0].score:
            break
        words = set(index.terms(item.text))
        if any(len(words & other) >= SAME * min(len(words), len(other)) for other in seen):
            continue
        chosen.append(item)
        seen.append(words)
    return chosen


def _overlap(index: Index, weights: dict[str, float], text: str) -> float:
    total = sum(weights.values())
    if not total:
        return 0.0
    present = set(index.terms(text))
    return sum(weight for term, weight in weights.items() if term in present) / total
