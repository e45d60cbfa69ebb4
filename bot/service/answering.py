"""One question with its options to an answerer, with “more” where it can skip what was shown."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import Any

from bot.answering.answerer import Answer, Answerer
from bot.answering.choose import MOST
from index.types import Scope


@dataclass(frozen=True, slots=True)
class Ask:
    """A question and all that its answer depends on beside the index and the day; the fields are an Answerer's."""

    question: str
    history: tuple[str, ...] = ()
    language: str | None = None
    skip: int = 0
    scope: Scope = field(default_factory=Scope)
    k: int = MOST


def answered(answerer: Answerer, asked: Ask) -> Answer:
    """The answer; with `skip` the claims after so many."""
    more: dict[str, Any] = {"skip": asked.skip} if asked.skip and can_skip(answerer) else {}
    more |= {"scope": asked.scope} if asked.scope else {}
    more |= {"k": asked.k} if asked.k != MOST else {}
    return answerer.answer(asked.question, history=asked.history, language=asked.language, **more)


def can_skip(answerer: Answerer) -> bool:
    """Whether this answerer gives the claims after those that were shown."""
    return "skip" in inspect.signature(answerer.answer).parameters
