"""Serialises answers to JSON and back, for storage."""

from __future__ import annotations

import json
import types
import typing
from dataclasses import asdict, fields, is_dataclass
from typing import Any

from bot.answering.answer import Answer


def dump(answer: Answer) -> str:
    """An answer as JSON, every field of it."""
    return json.dumps(asdict(answer), ensure_ascii=False)


def load(text: str) -> Answer:
    """The answer that `dump` wrote; fields missing from an older one get their defaults."""
    answer: Answer = revive(Answer, json.loads(text))
    return answer


def revive(kind: Any, raw: Any) -> Any:
    """Rebuild a value from the output of `asdict`, by its annotations; unknown fields are ignored."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in {types.UnionType, typing.Union}:
        return None if raw is None else revive(next(each for each in arguments if each is not type(None)), raw)
    if origin is tuple:
        return tuple(revive(arguments[0], item) for item in raw)
    if is_dataclass(kind) and isinstance(kind, type):
        hints = typing.get_type_hints(kind)
        known = [each.name for each in fields(kind) if each.init and each.name in raw]
        return kind(**{name: revive(hints[name], raw[name]) for name in known})
    return raw
