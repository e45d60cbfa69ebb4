"""Makes an answer in the sources' own words: understand, search, read, choose, cite."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, cached_property, partial
from itertools import islice
from pathlib import Path

from bot.answering import overview, sections
from bot.answering.answer import Alternative, Answer, Citation, Claim
from bot.answering.articles import Articles, answers_in_article
from bot.answering.candidates import HITS, PASSAGES, REACH, Candidate, candidates, of_passage, of_statements, texts_of
from bot.answering.choose import FEW, MOST, Choice, choose
from bot.answering.citing import cite, cite_passage, claim
from bot.answering.events.ask_back import OpenReference, alternatives
from bot.answering.events.lists import Lists, candidate
from bot.answering.explainers import Explainers, Least
from bot.answering.reading.ahead import Ahead
from bot.answering.reading.ahead import write as write_ahead
from bot.answering.reading.features import Question
from bot.answering.reading.reader import Bounds, Judgement, Reader, Reading
from bot.answering.reading.support import Support
from bot.answering.sides import disputed, other_figures, with_both_sides
from bot.nlp.answer_type import FACTS
from bot.nlp.names.gazetteer import Gazetteer
from bot.question.listing import Listing
from bot.question.query import Asked, understand
from bot.question.small_talk import chat_reason
from index.search import Index
from index.types import Hit, Scope

__all__ = ["Answer", "Answerer", "Citation", "Claim", "Trace"]
WRITTEN = 10  # statements with the nearest written questions that are considered, too
SENTENCES = 6  # nearest single sentences whose passages are considered, too
FEWEST_LISTED = 2  # events that make a list
NEWEST = 6  # events that may be the newest of those that are asked for
ANSWERS = 0.12  # probability from which a statement of an explainer answers, and from which it
BEARS = 0.3  # belongs to the answer, which its editor chose
MARGIN = 0.1  # of probability, within which one statement answers as well as another
WHOLE = 0.5  # the same for a text of several statements, and for the newest event, whose day the reader does not weigh
RUNNING_TEXT = 2  # more claims of an explainer or a section than of other answers
NEAREST = 3  # passages and questions that a refusal offers
AHEAD = 6000  # statements of summaries that are read ahead
TOLERATED = 0.05  # share of them that may be missing before all are computed again
ON_THE_SUBJECT = 0.86  # cosine from which the library covers the subject, even if it does not answer


@dataclass(frozen=True, slots=True)
class Trace:
    """An answer with every step that led to it; steps that were not reached are empty."""

    answer: Answer
    asked: Asked
    hits: tuple[Hit, ...] = ()
    read: tuple[Reading, ...] = ()
    chosen: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asking:
    """A question with what was found for it, what it wants listed, and the claims asked for: at most `most`, after the first
    `skip`. `judged` judges the statements that were found, once."""

    question: Question
    wanted: Listing | None
    hits: Sequence[Hit]
    judged: Callable[[], Judgement]
    day: date
    most: int
    skip: int

    def best(self) -> float:
        """P(answers) of the likeliest statement that was found."""
        return max((each.answers for each in self.judged().readings), default=0.0)


class Answerer:
    """Answers from one open index. Thread-safe; keeps no state between questions."""

    def __init__(
        self,
        index: Index,
        gazetteer: Gazetteer | None = None,
        *,
        reader: Reader | None = None,
        bounds: Bounds | None = None,
    ) -> None:
        """`bounds` are the reader's thresholds; the default are the balanced ones."""
        self._index = index
        self._gazetteer = gazetteer or Gazetteer.load()
        self._reader = reader or Reader.open(index.encoder)
        self._bounds = bounds or self._reader.bounds("balanced")
        model = self._reader.explainer_model()
        weighing, least = (model[0], Least(**model[1])) if model else (None, Least())
        self.explainers = Explainers(index, self._gazetteer, weighing, least, self._reader.mapped)
        self._articles = Articles(index, self._gazetteer)
        self._languages = index.languages()
        self.lists = Lists(index, self._gazetteer)
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
        k: int = MOST,
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
        """Use the read-ahead cache, if there is one."""
        if self._reader.reads:
            self._reader.ahead = self.explainers.ahead = Ahead.open(cache, self._index.encoder.fingerprint)

    @property
    def lacks(self) -> bool:
        """Whether more than TOLERATED of the read-ahead cache is missing; reads every summary to find out."""
        if not self._reader.reads:
            return False
        ahead, texts = self._reader.ahead, self._texts()
        return bool(texts) and (ahead is None or ahead.lacks(texts) > TOLERATED * len(texts))

    def read_ahead(self, cache: Path, progress: Callable[[int], None] = lambda done: None) -> None:
        """Build the read-ahead cache of summaries and explainers' wordings, then use it; blocks."""
        write_ahead(
            cache,
            self._index.encoder.fingerprint,
            self._texts(),
            self.explainers.wordings(),
            self._reader.fresh_states,
            self._index.embed,
            progress,
        )
        self.look_ahead(cache)

    def _texts(self) -> list[str]:
        """The texts of the statements of summaries, at most AHEAD."""
        own = (each for each in self._index.each_document() if each.kind in ("brief", "explainer"))
        passages = (passage for document in own for passage in self._index.passages_of(document.id))
        return list(islice((text for passage in passages for text in texts_of(self._index, passage)), AHEAD))

    def trace(
        self,
        raw: str,
        *,
        scope: Scope | None = None,
        history: Sequence[str] = (),
        k: int = MOST,
        skip: int = 0,
        language: str | None = None,
        today: date | None = None,
    ) -> Trace:
        """Answer a question, with a trace of every step."""
        started = time.perf_counter()
        day = today or date.today()
        small_talk = chat_reason(raw)
        asked = understand(
            raw,
            gazetteer=self._gazetteer,
            known=self._index.knows,
            languages=self._languages,
            today=day,
            history=[] if small_talk else [turn for turn in history if chat_reason(turn) is None],
            scope=scope,
        )
        reason = small_talk or self._unanswerable(asked)
        hits = [] if reason in {"chat", "injection"} else self.search(asked)
        retrieved = time.perf_counter()
        question = Question(asked, self._index, self._gazetteer)
        read: list[Reading] = []
        choice = Choice()
        meant: tuple[Alternative, ...] = ()
        wanted = self._listing(asked) if reason in {None, "unclear"} else None
        if reason in {None, "unclear"} and not skip and wanted is None:
            meant = self._alternatives(question, hits, day)
            reason = "unclear" if meant else reason
        if reason is None:
            judged = cache(partial(self._judged, question, hits, day))
            read, choice = self._choose(_Asking(question, wanted, hits, judged, day, k, skip))
        chosen = [reading.candidate for reading in choice.shown]
        reason = reason or (None if chosen else self._reason(asked, read))
        finished = time.perf_counter()
        answer = replace(self._answer(asked, raw, choice, reason, hits, language or asked.language), alternatives=meant)
        answer.seconds.update(total=finished - started, retrieve=retrieved - started, answer=finished - retrieved)
        return Trace(answer, asked, tuple(hits), tuple(read), tuple(chosen))

    def _choose(self, asking: _Asking) -> tuple[list[Reading], Choice]:
        """What was read, and the choice of the first way of answering that finds something; the last one is single statements."""
        for way in (self._course, self._list, self._explainer, self._newest, self._section):
            choice = way(asking)
            if choice is not None:
                return list(choice.shown), choice
        return self._statements(asking)

    def _course(self, asking: _Asking) -> Choice | None:
        """The course of a period, where that is all that is asked."""
        asked = asking.question.asked
        if not asked.overview:
            return None
        read = _certain(self._articles.rows(overview.course(self._index, asked, asking.hits, asking.most, asking.skip)))
        return Choice(read, disputed(read, self._contradicts), form="timeline")

    def _list(self, asking: _Asking) -> Choice | None:
        """Every event in the library, in order, followed by the published counts if a number is wanted."""
        wanted, timed = asking.wanted, asking.question.asked.timed
        if wanted is None or wanted.last:
            return None
        events = self.lists.events(wanted, timed)
        if len(events) < (1 if self.lists.is_marked(events) else FEWEST_LISTED):
            return None
        rows = [row for event in events for row in event.rows]
        counts = self.lists.tallies(wanted, timed, rows) if wanted.count else []
        read = _certain([candidate(row) for row in (*rows, *counts)])
        if asking.skip:  # a list is always whole
            return Choice()
        return Choice(read, form="list", events=tuple(len(event.rows) for event in events))

    def _explainer(self, asking: _Asking) -> Choice | None:
        """The explainer of the question: whole if it was asked for in its own words, else what in it answers.

        None if another statement of the library answers better: by MARGIN where one fact is asked for, else by WHOLE.
        """
        question, day = asking.question, asking.day
        rows = self.explainers.match(
            question.asked, asking.hits, lambda some: self._reader.weighed(question, some, day)
        )
        if rows is None or (question.asked.latest and self._is_old(rows)):
            return None
        if not self.explainers.is_worded(question.asked):
            read = self._reader.weighed(question, rows, day)
            margin = MARGIN if question.asked.kind in FACTS else WHOLE
            surest = _likeliest(read).answers
            if surest < 1 - margin and surest < asking.best() - margin:  # no other is read where none can be better
                return None
            rows = rows if question.asked.defines else self._to_the_point(question, read)
        return _running_text(rows, asking, "explainer")

    def _newest(self, asking: _Asking) -> Choice | None:
        """The newest event, if that is wanted, of which a statement answers; None if none does, or others answer far better."""
        if asking.wanted is None or not asking.wanted.last:
            return None
        events = self.lists.events(asking.wanted, asking.question.asked.timed)[-NEWEST:]
        told = [[candidate(row) for row in event.rows] for event in events]
        read = self._reader.weighed(asking.question, [row for rows in told for row in rows], asking.day)
        answers = {each.candidate.place: each.answers for each in read}
        least = max(ANSWERS, asking.best() - WHOLE)
        newest = next((rows for rows in reversed(told) if max(answers[row.place] for row in rows) >= least), None)
        if newest is None:
            return None
        shown = _certain(newest[asking.skip : asking.skip + asking.most])
        return Choice(shown, disputed(shown, self._contradicts), now=True)

    def _section(self, asking: _Asking) -> Choice | None:
        """The section that a broad question is about; needs the reader's model."""
        if not self._reader.reads:
            return None

        def judge(rows: Sequence[Candidate]) -> list[float]:
            return [reading.answers for reading in self._reader.weighed(asking.question, rows, asking.day)]

        rows = sections.section(self._index, asking.question, asking.hits, judge, least=self._bounds.show)
        return _running_text(self._articles.rows(rows), asking, "section")

    def _statements(self, asking: _Asking) -> tuple[list[Reading], Choice]:
        """The statements that answer the question, or each of its parts."""
        asked = asking.question.asked
        shown: list[Choice] = []
        everything: list[Reading] = []
        for part in asked.parts or (asked,):
            question = asking.question if part is asked else Question(part, self._index, self._gazetteer)
            judged = asking.judged() if part is asked else self._judged(question, self.search(part), asking.day)
            read = self._articles.attributed(part, judged.readings, self._bounds.show)
            everything += read
            chosen = choose(
                part,
                replace(judged, readings=tuple(read)),
                self._bounds,
                self._index.terms,
                self._contradicts,
                self._opposes,
                partial(self._nearby, part),
                present=question.present,
                most=asking.most,
                skip=asking.skip,
            )
            shown.append(chosen if chosen.shown else Choice(missing=part.question))
        return everything, _together(shown, asking.most)

    def _judged(self, question: Question, hits: Sequence[Hit], day: date) -> Judgement:
        return self._reader.judge(question, self._candidates(question, hits), day)

    def _candidates(self, question: Question, hits: Sequence[Hit]) -> list[Candidate]:
        """The statements of the best passages, and those for which the nearest questions were written."""
        rows = candidates(self._index, question.asked, hits)
        if self._reader.known is None:
            return rows
        near = self._reader.known.nearest(question, WRITTEN)
        told = of_statements(self._index, question.asked, [(each.document, each.digest) for each, _ in near])
        return list({row.place: row for row in [*rows, *told]}.values())

    def _to_the_point(self, question: Question, read: Sequence[Reading]) -> list[Candidate]:
        """Of an explainer's statements those that answer or belong to the answer, and what another party says against them.

        None are kept if nothing in it answers; where one fact is asked for, the FEW likeliest. The likeliest answer comes
        first where it is likelier than the first one by more than MARGIN.
        """
        fact = question.asked.kind in FACTS
        if not any(each.answers >= ANSWERS for each in read):
            return []
        kept = [each for each in read if each.answers >= ANSWERS or (not fact and each.bearing >= BEARS)]
        if fact:
            kept = sorted(kept, key=lambda each: -each.answers)[:FEW]
        with_sides = with_both_sides(kept, read, self._opposes, bearing=0.0, most=len(read))
        shown = {each.candidate.place for each in with_sides}
        ordered = [each for each in read if each.candidate.place in shown]
        best = _likeliest(ordered)
        leads = best.answers > ordered[0].answers + MARGIN
        return [each.candidate for each in sorted(ordered, key=lambda each: leads and each is not best)]

    def _nearby(self, asked: Asked, row: Candidate) -> list[Candidate]:
        """The other statements of a statement's section, most similar to the question first."""
        if row.statement is None:
            return []
        passages = [p for p in self._index.passages_of(row.document.id) if p.heading == row.passage.heading]
        around = [each for passage in passages for each in of_passage(self._index, asked, passage)]
        return sorted((each for each in around if each.place != row.place), key=lambda each: -each.cosine)

    def _listing(self, asked: Asked) -> Listing | None:
        """What a question wants listed; None if the types of statements are unknown or an explainer answers it."""
        if not (self.lists.types.known or self.lists.marked.all) or self.explainers.is_worded(asked):
            return None
        return self.lists.wanted(asked)

    def _alternatives(self, question: Question, hits: Sequence[Hit], day: date) -> tuple[Alternative, ...]:
        """The possible meanings of a question with an open reference; empty if the reference is not open."""
        asked = question.asked
        if self.explainers.is_worded(asked) or not (asked.unclear or self._is_open(question)):
            return ()
        rows = self._candidates(question, hits)
        return alternatives(
            question, rows, lambda some: self._reader.judge(question, some, day).readings, self.lists.marked
        )

    def _is_old(self, rows: Sequence[Candidate]) -> bool:
        """Whether everything was before the last year that the library knows of."""
        return max((row.days[1] or "" for row in rows), default="") < (self._lately(Scope()).since or "")

    def _lately(self, scope: Scope) -> Scope:
        """The last year that the library knows of, inside a scope."""
        if self._reach is None:
            return scope
        since = (date.fromisoformat(self._reach) - timedelta(days=365)).isoformat()
        return replace(scope, since=max(since, scope.since or since))

    @cached_property
    def _reach(self) -> str | None:
        return self._index.reach()

    @cached_property
    def _support(self) -> Support | None:
        return Support.open(self._index.encoder) if self._reader.reads else None

    def _contradicts(self, one: Candidate, other: Candidate) -> bool:
        """Whether two statements contradict each other, so that the parties disagree."""
        return self._against(one, other, self._reader.contradicted)

    def _opposes(self, one: Candidate, other: Candidate) -> bool:
        """Whether one may oppose the other, so that both must be shown."""
        return self._against(one, other, self._reader.contradicted / 2)

    def _against(self, one: Candidate, other: Candidate, least: float) -> bool:
        if answers_in_article(one, other):
            return True
        if self._support is None:
            return other_figures(one, other)
        pairs = ((one.text, other.text), (other.text, one.text))
        return any(self._support(*pair).contradicted >= least for pair in pairs)

    def search(self, asked: Asked) -> list[Hit]:
        """The best passages; among equals those of the requested period come first."""
        if asked.overview:
            return _on_the_subject(self._index.search(asked.lookup, overview.HITS, asked.timed, words=asked.words))
        hits = _on_the_subject(self._index.search(asked.lookup, HITS, asked.scope, words=asked.words))
        hits = self._with_nearest_sentences(asked, hits)
        timed = self._lately(asked.timed) if asked.latest else asked.timed
        if not asked.time_scope and not asked.latest:
            return hits
        inside = _on_the_subject(self._index.search(asked.lookup, HITS // 2, timed, words=asked.words))
        best = hits[: HITS // 2]
        first, then = (inside, best) if asked.latest else (best, inside)
        known = {hit.passage.id for hit in first}
        return [*first, *(hit for hit in then if hit.passage.id not in known)]

    def _with_nearest_sentences(self, asked: Asked, hits: list[Hit]) -> list[Hit]:
        """The hits, with passages moved up that contain a sentence more similar to the question than the passage as a whole."""
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
        return "unclear" if asked.unclear else None

    def _reason(self, asked: Asked, read: Sequence[Reading]) -> str:
        near = max((reading.candidate.cosine for reading in read), default=0.0)
        return "not_in_library" if asked.things or near >= ON_THE_SUBJECT else "out_of_scope"

    def _answer(
        self, asked: Asked, raw: str, choice: Choice, reason: str | None, hits: Sequence[Hit], language: str
    ) -> Answer:
        chosen = choice.shown
        near = [] if chosen or reason in {"chat", "injection", "out_of_scope", "unclear"} else hits[:NEAREST]
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
            nearest=tuple(self._nearest(near)),
            generation=self._index.manifest.generation,
            undated=self._index.undated() if dated else 0,
            period=asked.time.text if asked.bound else None,
            reach=self._reach if reason or asked.latest or choice.now else None,
            latest=asked.latest,
            spelt=asked.spelt,
            form=choice.form,
            as_of=_day(claims[0].date) if claims and choice.now else None,
            events=choice.events,
            missing=asked.question.rstrip(" ?؟") if reason == "not_in_library" else choice.missing,
            suggestions=self.explainers.near(asked, NEAREST) if reason else (),
        )

    def _nearest(self, hits: Sequence[Hit]) -> list[Citation]:
        cited: list[Citation] = []
        for hit in hits:
            document = self._index.document(hit.passage.document_id)
            if document is not None:
                cited.append(cite_passage(document, hit.passage, len(cited) + 1))
        return cited


def _likeliest(read: Sequence[Reading]) -> Reading:
    return max(read, key=lambda each: each.answers)


def _running_text(rows: Sequence[Candidate], asking: _Asking, form: str) -> Choice | None:
    """The claims of a text that reads as one; None if none is left."""
    most = asking.most + RUNNING_TEXT if asking.most == MOST else asking.most
    read = _certain(rows[asking.skip : asking.skip + most])
    return Choice(read, form=form) if read else None


def _certain(rows: Sequence[Candidate]) -> tuple[Reading, ...]:
    """Readings of statements that are shown without being judged."""
    return tuple(Reading(row, 1.0, bearing=1.0) for row in rows)


def _day(written: str | None) -> str | None:
    """The date for which an answer holds; None for a period."""
    return written if written and "/" not in written else None


def _claim(reading: Reading, number: int, marked: bool) -> Claim:
    made = claim(reading.candidate, number)
    return replace(made, span=reading.span) if marked and reading.span else made


def _together(shown: Sequence[Choice], most: int) -> Choice:
    """Merge the answers to the parts of a question: the best of each part in turn; a part without an answer is named."""
    if len(shown) == 1:
        return shown[0]
    missing = next((choice.missing for choice in shown if not choice.shown), None)
    each = max(1, most // len(shown))
    kept = {reading.candidate.place: reading for choice in shown for reading in choice.shown[:each]}
    if not kept:
        return Choice()
    return Choice(
        tuple(kept.values()),
        any(c.disputed for c in shown),
        form="claims",
        missing=missing,
        now=all(c.now for c in shown),
    )


def _on_the_subject(hits: Sequence[Hit]) -> list[Hit]:
    """The hits without the sections in which briefs describe themselves."""
    return [hit for hit in hits if REACH not in hit.passage.heading]


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
