"""How an answer is made: understand, search, weigh, decide, cite. All of it in the sources' own words."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.answer_types import Answer, Citation, Claim
from bot.asked import Asked, understand
from bot.chat import chat_reason
from bot.citing import cite, cite_passage, claim
from bot.evidence import PASSAGES, REACH, Evidence, rank_evidence
from bot.gazetteer import Gazetteer
from bot.overview import HITS as OVERVIEW
from bot.overview import rank_overview
from bot.selection import MOST, select, within_time
from bot.sufficiency import Verdict, judge
from index.passages import Hit, Scope
from index.search import Index

__all__ = ["Answer", "Answerer", "Citation", "Claim", "Trace"]
HITS = 20  # passages looked at
SENTENCES = 6  # nearest single sentences whose passages are looked at, too
NEAREST = 3  # passages and questions that a refusal offers


@dataclass(frozen=True, slots=True)
class Trace:
    """An answer with all that led to it; the steps are None or empty where it ended before them."""

    answer: Answer
    asked: Asked
    hits: tuple[Hit, ...] = ()
    ranked: tuple[Evidence, ...] = ()
    chosen: tuple[Evidence, ...] = ()
    verdict: Verdict | None = None


class Answerer:
    """Answers from one open index. Safe to use from several threads; keeps nothing of a question."""

    def __init__(self, index: Index, gazetteer: Gazetteer | None = None) -> None:
        self._index = index
        self._gazetteer = gazetteer or Gazetteer.load()
        self._languages = index.languages()
        self._reach = index.reach()

    @property
    def index(self) -> Index:
        """The index that it answers from."""
        return self._index

    @property
    def gazetteer(self) -> Gazetteer:
        """The names that it knows."""
        return self._gazetteer

    def answer(
        self,
        raw: str,
        *,
        scope: Scope | None = None,
        history: Sequence[str] = (),
        k: int = MOST,
        language: str | None = None,
        today: date | None = None,
    ) -> Answer:
        """The answer with at most `k` claims; QuestionError when the question cannot be used.

        `history` holds the questions asked before, oldest first: they help to understand this one and are never evidence.
        """
        return self.trace(raw, scope=scope, history=history, k=k, language=language, today=today).answer

    def trace(
        self,
        raw: str,
        *,
        scope: Scope | None = None,
        history: Sequence[str] = (),
        k: int = MOST,
        language: str | None = None,
        today: date | None = None,
    ) -> Trace:
        """The answer, and how it came about."""
        started = time.perf_counter()
        asked = understand(
            raw,
            gazetteer=self._gazetteer,
            known=self._index.knows,
            languages=self._languages,
            today=today or date.today(),
            history=history,
            scope=scope,
        )
        reason = chat_reason(asked.question) or self._unanswerable(asked)
        hits = [] if reason in {"chat", "injection"} else self.search(asked)
        retrieved = time.perf_counter()
        ranked = self._ranked(asked, hits)
        verdict = None if reason else judge(self._index, self._gazetteer, asked, hits, ranked)
        chosen = select(self._index, asked, ranked, most=k) if verdict and verdict.enough else []
        reason = reason or (None if chosen else self._reason(asked, verdict))
        finished = time.perf_counter()
        answer = self._answer(asked, raw, chosen, reason, hits, language or asked.language)
        answer.seconds.update(total=finished - started, retrieve=retrieved - started, answer=finished - retrieved)
        return Trace(answer, asked, tuple(hits), tuple(ranked), tuple(chosen), verdict)

    def _ranked(self, asked: Asked, hits: Sequence[Hit]) -> list[Evidence]:
        if asked.overview:
            return rank_overview(self._index, asked, hits)
        return within_time(asked, rank_evidence(self._index, asked, hits, self._gazetteer))

    def search(self, asked: Asked) -> list[Hit]:
        """The best passages, those of the time asked about first among equals."""
        if asked.overview:
            return _on_the_subject(self._index.search(asked.lookup, OVERVIEW, asked.timed, words=asked.words))
        hits = _on_the_subject(self._index.search(asked.lookup, HITS, asked.scope, words=asked.words))
        hits = self._with_nearest_sentences(asked, hits)
        if not asked.time_scope:
            return hits
        inside = _on_the_subject(self._index.search(asked.lookup, HITS // 2, asked.timed, words=asked.words))
        known = {hit.passage.id for hit in hits[: HITS // 2]}
        return [*hits[: HITS // 2], *(hit for hit in inside if hit.passage.id not in known)]

    def _with_nearest_sentences(self, asked: Asked, hits: list[Hit]) -> list[Hit]:
        """The hits, and early among them the passages of single sentences nearer to the question than their passage."""
        known = {hit.passage.id for hit in hits[:PASSAGES]}
        near = self._index.nearest_sentences(asked.lookup, SENTENCES, asked.scope)
        low = min((hit.score for hit in hits[:PASSAGES]), default=0.0)
        added = [Hit(passage, low, None, None) for passage in near if passage.id not in known]
        room = max(0, PASSAGES - len(added))
        return [*hits[:room], *_on_the_subject(added), *hits[room:]]

    def _unanswerable(self, asked: Asked) -> str | None:
        if not self._index.manifest.counts["documents"]:
            return "empty_library"
        since = asked.scope.since or asked.time_scope.since
        if since and self._reach and since > self._reach:
            return "after_reach"
        return None

    def _reason(self, asked: Asked, verdict: Verdict | None) -> str:
        if asked.names or any(self._gazetteer.find(asked.text)) or (verdict and verdict.features["cosine"] >= 0.86):
            return "not_in_library"
        return "out_of_scope"

    def _answer(
        self, asked: Asked, raw: str, chosen: Sequence[Evidence], reason: str | None, hits: Sequence[Hit], language: str
    ) -> Answer:
        from bot.sides import disputed

        near = [] if chosen else hits[:NEAREST]
        dated = asked.scope.since or asked.scope.until
        return Answer(
            question=raw,
            asked_as=asked.text,
            scope=_shown_scope(asked),
            language=language,
            claims=tuple(claim(item, number) for number, item in enumerate(chosen, 1)),
            citations=tuple(cite(item, number) for number, item in enumerate(chosen, 1)),
            reason=reason,
            disputed=disputed(chosen),
            nearest=tuple(self._nearest(near)),
            generation=self._index.manifest.generation,
            undated=self._index.undated() if dated else 0,
            period=asked.time.text if asked.bound else None,
            reach=self._reach,
            latest=asked.latest,
            spelt=asked.spelt,
            suggestions=tuple(dict.fromkeys(hit.passage.heading or hit.passage.title for hit in near)),
        )

    def _nearest(self, hits: Sequence[Hit]) -> list[Citation]:
        cited: list[Citation] = []
        for hit in hits:
            document = self._index.document(hit.passage.document_id)
            if document is not None:
                cited.append(cite_passage(document, hit.passage, len(cited) + 1))
        return cited


def _on_the_subject(hits: Sequence[Hit]) -> list[Hit]:
    """The hits without the sections in which briefs speak of themselves."""
    return [hit for hit in hits if REACH not in hit.passage.heading]


def _shown_scope(asked: Asked) -> Scope:
    """The scope given by hand, with the days that the question itself sets."""
    if not asked.bound:
        return asked.scope
    return Scope(
        since=asked.scope.since or asked.time_scope.since,
        until=asked.scope.until or asked.time_scope.until,
        parties=asked.scope.parties,
        languages=asked.scope.languages,
        documents=asked.scope.documents,
    )
