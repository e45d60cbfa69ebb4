"""The composed route: a question, rewritten by the model if enabled, answered and composed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.answering.answer import DEFAULT_CLAIMS, Answer
from bot.answering.answerer import Answerer, Trace
from bot.composing.composer import Composer, Composition, Shown
from bot.composing.prompt import rewrite_prompt
from bot.errors import ModelError, QuestionError
from bot.gate.cited import Proof
from bot.gate.figures import number_fault
from bot.gate.names import name_fault
from bot.nlp.language_id import detect
from bot.nlp.names.gazetteer import Gazetteer
from bot.question.input import read_question
from bot.settings import Settings
from index.search import Index
from index.types import Scope
from sources.parties import Parties

LONGEST = 300  # maximum characters of a rewritten question
TOKENS = 80  # maximum tokens of it
SHARE = 0.3  # share of the deadline for rewriting


@dataclass(frozen=True, slots=True)
class Composed:
    """A trace with the answer to show, how it was composed, and what became of a follow-up question."""

    trace: Trace
    composition: Composition
    rewriting: str = ""


class ComposingAnswerer:
    """Answers like an Answerer, then composes. Thread-safe."""

    def __init__(self, settings: Settings, parties: Parties, composer: Composer | None = None) -> None:
        self._settings = settings
        self._composer = composer or Composer(settings, parties)

    def answer(
        self,
        answerer: Answerer,
        raw: str,
        *,
        scope: Scope | None = None,
        history: Sequence[str] = (),
        k: int = DEFAULT_CLAIMS,
        language: str | None = None,
        today: date | None = None,
        shown: Shown = lambda claim: None,
    ) -> Composed:
        """The composed answer, or the extractive one if composing fails; QuestionError as raised by an Answerer."""
        begun = time.monotonic()
        full, rewriting = self._full(answerer, raw, history)
        rewritten = time.monotonic() - begun
        turns = () if full else history
        trace = answerer.trace(full or raw, scope=scope, history=turns, k=k, language=language, today=today)
        if full:
            trace = replace(trace, answer=replace(trace.answer, question=raw))
        deadline = time.monotonic() + self._settings.llm_deadline_seconds - rewritten
        composition = self._composer.compose(trace.answer, answerer.index, answerer.gazetteer, shown, deadline=deadline)
        answer = _timed(composition.answer, composition.seconds + rewritten)
        return Composed(replace(trace, answer=answer), replace(composition, answer=answer), rewriting)

    def _full(self, answerer: Answerer, raw: str, history: Sequence[str]) -> tuple[str | None, str]:
        """A follow-up question rewritten in full by the model, and what happened; None leaves it to the rules."""
        turns = [turn for turn in history if turn.strip()][-3:]
        if not self._settings.llm_rewrite or not turns or not answerer.leaning(raw, turns[-1]):
            return None, ""
        try:
            said = self._composer.model.complete(
                rewrite_prompt(raw, turns),
                deadline=time.monotonic() + SHARE * self._settings.llm_deadline_seconds,
                most_tokens=TOKENS,
            )
            question = read_question(said)
        except (ModelError, QuestionError) as error:
            return None, f"completed by the rules: {error}"
        fault = rewriting_fault(question, raw, turns, answerer.gazetteer, answerer.index)
        return (None, f"completed by the rules: {fault}") if fault else (question, "completed by the model")


def rewriting_fault(question: str, raw: str, history: Sequence[str], gazetteer: Gazetteer, index: Index) -> str | None:
    """Why a rewritten question is rejected: too long, in another language, or with something nobody said."""
    if len(question) > LONGEST:
        return "too long"
    if detect(question) != detect(raw):
        return "another language"
    said = Proof(0, " ".join([*history, raw]), detect(raw), "")
    terms = index.terms
    return number_fault(question, [said]) or name_fault(question, [said], gazetteer, terms, detect(raw))


def _timed(answer: Answer, seconds: float) -> Answer:
    """The answer with the composing time included in its seconds; a refusal took none."""
    if answer.abstained:
        return answer
    total = answer.seconds.get("total", 0.0) + seconds
    return replace(answer, seconds={**answer.seconds, "total": total, "compose": seconds})
