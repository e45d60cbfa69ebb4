"""Makes an answer in the sources' own words: understand, search, read, choose, cite."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from bot.answering import overview
from bot.answering.answer import DEFAULT_CLAIMS, Alternative, Answer, Citation, Claim
from bot.answering.articles import Articles
from bot.answering.candidates import Candidate, texts_of
from bot.answering.choose import Choice
from bot.answering.citing import cite, cite_passage, claim
from bot.answering.events.ask_back import OpenReference, alternatives
from bot.answering.events.lists import Lists
from bot.answering.explainers import Explainers
from bot.answering.finding import Finder
from bot.answering.opposing import Opposing
from bot.answering.reading.ahead import QUESTIONS, Ahead
from bot.answering.reading.ahead import write as write_ahead
from bot.answering.reading.features import Question
from bot.answering.reading.reader import Reader, Reading
from bot.answering.sides import disputed
from bot.answering.ways.asking import Asking
from bot.answering.ways.judge import WholeJudge
from bot.answering.ways.proposals import Offers, Ways, certain, longest_text, together
from bot.nlp.answer_type import FACTS
from bot.nlp.names.gazetteer import Gazetteer
from bot.question.follow_up import Leaning
from bot.question.listing import Listing
from bot.question.query import Asked, understand
from bot.question.small_talk import asks_for_more, chat_reason
from index.search import Index
from index.types import Hit, Scope

__all__ = ["Answer", "Answerer", "Citation", "Claim", "Trace"]
MAX_SUGGESTIONS = 3  # passages and questions that a refusal offers
MAX_READ_AHEAD = 6000  # statements of summaries that are read ahead
MAX_MISSING_SHARE = 0.05  # share of them that may be missing before all are computed again
ON_SUBJECT_COSINE = 0.86  # cosine from which the library covers the subject, even if it does not answer


@dataclass(frozen=True, slots=True)
class Trace:
    """An answer with every step that led to it; steps that were not reached are empty."""

    answer: Answer
    asked: Asked
    hits: tuple[Hit, ...] = ()
    read: tuple[Reading, ...] = ()
    chosen: tuple[Candidate, ...] = ()


class Answerer:
    """Answers from one open index. Thread-safe; keeps no state between questions."""

    def __init__(
        self,
        index: Index,
        gazetteer: Gazetteer | None = None,
        *,
        reader: Reader | None = None,
        answering: str = "balanced",
    ) -> None:
        """`answering` is how readily it answers: `strict`, `balanced` or `generous`."""
        self._index = index
        self._gazetteer = gazetteer or Gazetteer.load()
        self._reader = reader or Reader.open(index.encoder)
        self._bounds = self._reader.bounds(answering)
        self._judge = WholeJudge.open(answering, index.encoder) if self._reader.reads else None
        self.explainers = Explainers(index, self._gazetteer, self._reader.explainer_model(), self._reader.mapped)
        self.leaning = Leaning.of(self._gazetteer, index.encoder.fingerprint, index.embed)
        self._articles = Articles(index, self._gazetteer)
        self._languages = index.languages()
        self.lists = Lists(index, self._gazetteer)
        self._finder = Finder(index, self._reader)
        self._opposing = Opposing(index, self._reader)
        self._ways = Ways(self.explainers, self._articles, self.lists, self._opposing, self._bounds)
        self._is_open = OpenReference.open(index.encoder)

    @property
    def index(self) -> Index:
        """The index that is searched."""
        return self._index

    @property
    def gazetteer(self) -> Gazetteer:
        """The gazetteer of names."""
        return self._gazetteer

    @property
    def reader(self) -> Reader:
        """The reader that judges statements."""
        return self._reader

    def answer(
        self,
        raw: str,
        *,
        scope: Scope | None = None,
        history: Sequence[str] = (),
        k: int = DEFAULT_CLAIMS,
        skip: int = 0,
        language: str | None = None,
        today: date | None = None,
    ) -> Answer:
        """Answer a question with at most `k` claims, after the first `skip`; raises QuestionError if it is unusable.

        With the default `k` a text that reads as one may have RUNNING_TEXT more; a list is always whole.

        `history` holds the earlier questions, oldest first: they help to understand this one and are never evidence.
        """
        return self.trace(raw, scope=scope, history=history, k=k, skip=skip, language=language, today=today).answer

    def look_ahead(self, cache: Path) -> None:
        """Use the read-ahead caches that there are."""
        if self._reader.reads:
            self._reader.ahead = self.explainers.ahead = Ahead.open(cache, self._index.encoder.fingerprint)
            self._reader.questions_ahead = Ahead.open(cache, self._questions_version, QUESTIONS)

    @property
    def lacks(self) -> bool:
        """Whether more than MAX_MISSING_SHARE of the summaries were not read ahead; reads every summary to find out."""
        if not self._reader.reads:
            return False
        ahead, texts, wordings = self._reader.ahead, list(self._texts()), self.explainers.wordings()
        most = MAX_MISSING_SHARE * (len(texts) + len(wordings))
        return bool(texts) and (ahead is None or ahead.lacks(texts, wordings) > most)

    @property
    def lacks_questions(self) -> bool:
        """Whether the questions written for the shipped statements were not read ahead, and the library holds such statements."""
        known = self._reader.known
        return self._reader.reads and known is not None and self._reader.questions_ahead is None and any(self._texts())

    def read_ahead(self, cache: Path) -> None:
        """Build the read-ahead cache of summaries and explainers' wordings, then use it; blocks."""
        fingerprint, read = self._index.encoder.fingerprint, self._reader.fresh_states
        write_ahead(cache, fingerprint, self._texts(), self.explainers.wordings(), read, self._index.embed)
        self.look_ahead(cache)

    def read_questions_ahead(self, cache: Path) -> None:
        """Build the read-ahead cache of the questions that were written for statements, then use it; blocks."""
        known, read = self._reader.known, self._reader.fresh_states_of_written
        questions = known.answered() if known else []
        write_ahead(cache, self._questions_version, questions, (), read, self._index.embed, QUESTIONS)
        self.look_ahead(cache)

    @property
    def _questions_version(self) -> str:
        """What the states of written questions depend on: the model and the file of questions."""
        known = self._reader.known
        return f"{self._index.encoder.fingerprint} {known.version if known else ''}"

    def _texts(self) -> Iterator[str]:
        """The texts of the statements of summaries, at most MAX_READ_AHEAD."""
        own = (each for each in self._index.each_document() if each.kind in ("brief", "explainer"))
        passages = (passage for document in own for passage in self._index.passages_of(document.id))
        return islice((text for passage in passages for text in texts_of(self._index, passage)), MAX_READ_AHEAD)

    def trace(
        self,
        raw: str,
        *,
        scope: Scope | None = None,
        history: Sequence[str] = (),
        k: int = DEFAULT_CLAIMS,
        skip: int = 0,
        language: str | None = None,
        today: date | None = None,
    ) -> Trace:
        """Answer a question, with a trace of every step."""
        if asks_for_more(raw) and not skip:
            more = self._more(raw, history, scope=scope, k=k, language=language, today=today)
            if more is not None:
                return more
        started = time.perf_counter()
        asking, reason = self._understood(raw, scope, history, today or date.today())
        retrieved = time.perf_counter()
        choice = Choice()
        meant: tuple[Alternative, ...] = ()
        if reason in {None, "unclear"} and not skip and asking.wanted is None:
            meant = self._alternatives(asking)
            reason = "unclear" if meant else reason
        if reason is None:
            choice = self._choose(asking, k, skip)
        asked, hits, read = asking.asked, asking.hits, asking.read
        chosen = [reading.candidate for reading in choice.shown]
        reason = reason or (None if chosen else self._reason(asked, read))
        finished = time.perf_counter()
        near = self._near(hits, read) if reason in {"not_in_library", "after_reach"} else ()
        answer = replace(self._answer(asked, raw, choice, reason, near, language or asked.language), alternatives=meant)
        answer.seconds.update(total=finished - started, retrieve=retrieved - started, answer=finished - retrieved)
        return Trace(answer, asked, tuple(hits), tuple(read), tuple(chosen))

    def _more(self, raw: str, history: Sequence[str], *, k: int, language: str | None, **given: Any) -> Trace | None:
        """What follows the answer to the last question of `history`; None if there is no question in it.

        Answers are not kept with a history, so what was shown of this one is found by answering it again.
        """
        questions = [place for place, turn in enumerate(history) if _is_question(turn)]
        if not questions:
            return None
        last = questions[-1]
        before, question = history[:last], history[last]
        shown = 0
        traced = self.trace(question, history=before, k=k, language=language, **given)
        for _ in range(1 + sum(map(asks_for_more, history[last + 1 :]))):
            if not traced.answer.claims:
                break
            shown += len(traced.answer.claims)
            traced = self.trace(question, history=before, k=k, skip=shown, language=language, **given)
        answer = replace(traced.answer, question=raw)  # in its language: that of one word is a guess
        if shown and not answer.claims:
            answer = replace(answer, reason="no_more", nearest=(), suggestions=(), missing=None)
        return replace(traced, answer=answer)

    def offers(
        self, raw: str, *, history: Sequence[str] = (), today: date | None = None
    ) -> tuple[Asking, Offers] | None:
        """Everything that might be shown for a question, for fitting the judge of whole answers.

        None where it is not judged: the question is refused at once, asks back, or has an answer of its own form.
        """
        asking, reason = self._understood(raw, None, history, today or date.today())
        if reason or self._settled(asking, DEFAULT_CLAIMS, 0) is not None:
            return None
        if asking.wanted is None and self._alternatives(asking):
            return None
        return asking, self._ways.offers(asking)

    def _understood(
        self, raw: str, scope: Scope | None, history: Sequence[str], day: date
    ) -> tuple[Asking, str | None]:
        """A question with the passages found for it, and why it is refused at once; None if it is not."""
        small_talk = chat_reason(raw)
        asked = understand(
            raw,
            gazetteer=self._gazetteer,
            known=self._index.knows,
            languages=self._languages,
            today=day,
            history=[] if small_talk else [turn for turn in history if _is_question(turn)],
            scope=scope,
            leaning=self.leaning,
        )
        reason = small_talk or self._unanswerable(asked)
        hits = [] if reason in {"chat", "injection"} else self._finder.search(asked)
        wanted = self._listing(asked) if reason in {None, "unclear"} else None
        return Asking(self._finder, Question(asked, self._index, self._gazetteer), hits, wanted, day), reason

    def _choose(self, asking: Asking, most: int, skip: int) -> Choice:
        """What is shown: what the question asks for by its form, else the best whole answer."""
        settled = self._settled(asking, most, skip)
        if settled is not None:
            return settled
        if self._judge is None:
            return self._unjudged(asking, most, skip)
        best = self._judge.best(asking, self._ways.offers(asking, most))
        return self._further(asking, best.shown, most, skip) if skip and best.shown else best

    def _settled(self, asking: Asking, most: int, skip: int) -> Choice | None:
        """The course of a period, an explainer that was asked for by its own words, or a list; None if none of them is asked for."""
        asked = asking.asked
        if asked.overview:
            rows = certain(self._articles.rows(overview.course(self._index, asked, asking.hits, most, skip)))
            return Choice(rows, disputed(rows, self._opposing.contradicts), form="timeline")
        worded = self.explainers.worded(asked)
        if worded:
            shown = certain(worded[skip : skip + longest_text(most)])
            return Choice(shown, form="explainer") if shown else self._further(asking, certain(worded), most, skip)
        listed = self._ways.listed(asking)
        if listed is not None and skip:  # a list is always whole
            return Choice()
        return listed

    def _unjudged(self, asking: Asking, most: int, skip: int) -> Choice:
        """What is shown without the reader's model: the newest event, or the statements above the thresholds."""
        newest = next(self._ways.newest(asking, most), None)
        if newest is not None:
            return Choice() if skip else newest.choice
        choices = [self._ways.statements(part, self._bounds, most=most, skip=skip) for part in asking.parts]
        return together(asking, choices, most)

    def _further(self, asking: Asking, first: Sequence[Reading], most: int, skip: int) -> Choice:
        """What follows the claims of an answer after `skip` of them: what else answers, never what was shown."""
        told = list(first)
        while len(told) < skip + most:
            more = self._ways.further(asking, told, most)
            if not more:
                break
            told += more
        shown = tuple(told[skip : skip + most])
        return Choice(shown, disputed(shown, self._opposing.contradicts)) if shown else Choice()

    def _listing(self, asked: Asked) -> Listing | None:
        """What a question wants listed; None if the types of statements are unknown or an explainer answers it."""
        if not (self.lists.types.known or self.lists.marked.all) or self.explainers.is_worded(asked):
            return None
        return self.lists.wanted(asked)

    def _alternatives(self, asking: Asking) -> tuple[Alternative, ...]:
        """The possible meanings of a question with an open reference; empty if the reference is not open."""
        asked, question = asking.asked, asking.question
        if self.explainers.is_worded(asked) or not (asked.unclear or self._is_open(question)):
            return ()
        rows = self._finder.candidates(question, asking.hits)
        return alternatives(
            question, rows, lambda some: self._reader.judge(question, some, asking.day).readings, self.lists.marked
        )

    def search(self, asked: Asked) -> list[Hit]:
        """The best passages for a question."""
        return self._finder.search(asked)

    def _unanswerable(self, asked: Asked) -> str | None:
        if not self._index.manifest.counts["documents"]:
            return "empty_library"
        since = asked.scope.since or asked.time_scope.since
        if since and self._finder.reach and since > self._finder.reach:
            return "after_reach"
        return "unclear" if asked.unclear else None

    def _reason(self, asked: Asked, read: Sequence[Reading]) -> str:
        near = max((reading.candidate.cosine for reading in read), default=0.0)
        return "not_in_library" if asked.things or near >= ON_SUBJECT_COSINE else "out_of_scope"

    def _answer(
        self, asked: Asked, raw: str, choice: Choice, reason: str | None, near: tuple[Citation, ...], language: str
    ) -> Answer:
        chosen = choice.shown
        dated = asked.scope.since or asked.scope.until
        marked = asked.kind in FACTS and choice.form == "claims"
        claims = tuple(_claim(reading, number, marked and number == 1) for number, reading in enumerate(chosen, 1))
        return Answer(
            question=raw,
            asked_as=asked.text,
            scope=_shown_scope(asked),
            language=language,
            claims=claims,
            citations=tuple(cite(reading.candidate, number) for number, reading in enumerate(chosen, 1)),
            reason=reason,
            disputed=choice.disputed,
            nearest=near,
            generation=self._index.manifest.generation,
            undated=self._index.undated() if dated else 0,
            period=asked.time.text if asked.bound else None,
            reach=self._finder.reach if reason or asked.latest or choice.now else None,
            latest=asked.latest,
            spelt=asked.spelt,
            form=choice.form,
            as_of=_day(claims[0].date) if claims and choice.now else None,
            events=choice.events,
            missing=asked.question.rstrip(" ?؟") if reason == "not_in_library" else choice.missing,
            suggestions=self.explainers.near(asked, MAX_SUGGESTIONS) if reason else (),
        )

    def _near(self, hits: Sequence[Hit], read: Sequence[Reading]) -> tuple[Citation, ...]:
        """The statements that bear on a question without answering it, likeliest first; without the reader, the best passages."""
        if self._reader.reads:
            bears = [each for each in read if each.bearing >= self._bounds.bearing]
            apart = {each.candidate.place: each.candidate for each in sorted(bears, key=lambda row: -row.bearing)}
            return tuple(cite(row, number) for number, row in enumerate(islice(apart.values(), MAX_SUGGESTIONS), 1))
        cited: list[Citation] = []
        for hit in hits[:MAX_SUGGESTIONS]:
            document = self._index.document(hit.passage.document_id)
            if document is not None:
                cited.append(cite_passage(document, hit.passage, len(cited) + 1))
        return tuple(cited)


def _is_question(turn: str) -> bool:
    return chat_reason(turn) is None and not asks_for_more(turn)


def _day(written: str | None) -> str | None:
    """The date for which an answer holds; None for a period."""
    return written if written and "/" not in written else None


def _claim(reading: Reading, number: int, marked: bool) -> Claim:
    made = claim(reading.candidate, number)
    return replace(made, span=reading.span) if marked and reading.span else made


def _shown_scope(asked: Asked) -> Scope:
    """The explicit scope, narrowed to the days that the question names."""
    if not asked.bound:
        return asked.scope
    return Scope(
        since=asked.scope.since or asked.time_scope.since,
        until=asked.scope.until or asked.time_scope.until,
        parties=asked.scope.parties,
        languages=asked.scope.languages,
        documents=asked.scope.documents,
    )
