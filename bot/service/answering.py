"""Passes a question with its options to an answerer, including “more” if it supports that."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import Any

from bot.answering.answer import DEFAULT_CLAIMS
from bot.answering.answerer import Answer, Answerer
from index.types import Scope


@dataclass(frozen=True, slots=True)
class Ask:
    """A question and everything its answer depends on besides the index and the day; the fields are an Answerer's."""

    question: str
    history: tuple[str, ...] = ()
    language: str | None = None
    skip: int = 0
    scope: Scope = field(default_factory=Scope)
    k: int = DEFAULT_CLAIMS


def answered(answerer: Answerer, asked: Ask) -> Answer:
    """The answer; `skip` omits that many claims."""
    more: dict[str, Any] = {"skip": asked.skip} if asked.skip and can_skip(answerer) else {}
    more |= {"scope": asked.scope} if asked.scope else {}
    more |= {"k": asked.k} if asked.k != DEFAULT_CLAIMS else {}
    return answerer.answer(asked.question, history=asked.history, language=asked.language, **more)


def can_skip(answerer: Answerer) -> bool:
    """Whether this answerer can continue after the claims already shown."""
    return "skip" in inspect.signature(answerer.answer).parameters
