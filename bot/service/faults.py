"""Classifies request errors into four kinds, which every front end can express."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from bot.errors import BotError, QuestionError
from bot.service.worker_pool import Overdue, WorkerDied
from index.errors import IndexingError
from sources.errors import MetadataError, NotFound, SourceError

Kind = Literal["invalid", "not_found", "overdue", "unavailable"]
log = logging.getLogger("torkham.service")


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind and one sentence for the caller; `fields` are the parts of the request concerned, with a sentence each."""

    kind: Kind
    detail: str
    fields: tuple[tuple[str, str], ...] = ()


def fault_of(error: Exception, takes: type[BaseModel] | None = None) -> Fault:
    """The fault for an exception of the service; an unexpected one is logged by type only, since its text may contain a
    question.
    """
    if isinstance(error, ValidationError):
        return _invalid(error, _names(takes) if takes else ())
    if isinstance(error, QuestionError | MetadataError):
        return Fault("invalid", _ended(str(error)))
    if isinstance(error, NotFound):
        return Fault("not_found", _ended(str(error)))
    if isinstance(error, Overdue):
        return Fault("overdue", "The answer took too long and was given up: ask again, or something narrower.")
    if isinstance(error, WorkerDied):
        return Fault("unavailable", "The answering process died: ask again.")
    if not isinstance(error, BotError | IndexingError | SourceError):
        log.error("unforeseen: %s", type(error).__name__)
        return Fault("unavailable", "An unexpected error occurred: try again later.")
    log.error("%s: %s", type(error).__name__, error)
    return Fault("unavailable", "The library cannot be read for now: try again later.")


def _names(takes: type[BaseModel]) -> list[str]:
    """The external names of a request's fields."""
    return [field.alias or name for name, field in takes.model_fields.items()]


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."


def _invalid(error: ValidationError, known: Iterable[str]) -> Fault:
    fields = tuple(
        (".".join(map(str, each["loc"])) or "request", _sentence(dict(each), known)) for each in error.errors()
    )
    return Fault("invalid", " ".join(f"{name}: {said}" for name, said in fields[:5]), fields)


def _sentence(problem: dict[str, Any], known: Iterable[str]) -> str:
    if problem["type"] != "extra_forbidden":
        return f"{problem['msg']}."
    near = difflib.get_close_matches(str(problem["loc"][-1]), list(known), n=1, cutoff=0.6)
    names = ", ".join(known)
    return f"There is no such field; did you mean {near[0]}?" if near else f"There is no such field: use {names}."
