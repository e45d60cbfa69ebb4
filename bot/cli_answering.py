"""What answers on the command line: the extractive way, or the composed one where a language model is configured."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.workspace import Workspace

if TYPE_CHECKING:
    from bot.answers import Answer, Trace
    from bot.composing import Composed


def answered(work: Workspace, question: str, **asked: Any) -> tuple[Trace, Composed | None]:
    """The trace of an answer, and how it was composed if it was."""
    if not work.settings.composes:
        return work.answerer().trace(question, **asked), None
    from bot.cli_compose import answerer_of, compose_for

    composed = compose_for(work, question, answerer=work.answerer(), composing=answerer_of(work), **asked)
    return composed.trace, composed


def answer_of(work: Workspace) -> Callable[..., Answer]:
    """What answers one question after the other."""
    answerer = work.answerer()
    if not work.settings.composes:
        return answerer.answer
    from bot.cli_compose import answerer_of, compose_for

    composing = answerer_of(work)
    return lambda raw, **asked: compose_for(work, raw, answerer=answerer, composing=composing, **asked).trace.answer
