"""A plain command line of ask or search read in place: importing the whole command takes a third of a cold answer's time.

Whatever is not plain (an option that is unknown or misspelt, a value out of its range, help) is left to the whole command, which
says what is wrong with it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from bot.questions import ASK_MOST, SEARCH_MOST, AskOptions, GlobalOptions, SearchOptions

COMMANDS: dict[str, tuple[Any, int]] = {"ask": (AskOptions, ASK_MOST), "search": (SearchOptions, SEARCH_MOST)}
_SHORT = {"-q": "--quiet"}


@dataclass(frozen=True, slots=True)
class Line:
    """A command line that was read."""

    options: GlobalOptions
    command: AskOptions | SearchOptions


def read(words: Sequence[str]) -> Line | None:
    """The command line, or None where the whole command has to read it."""
    if any(name.endswith("_COMPLETE") for name in os.environ):  # a shell asks for completions
        return None
    at = next((place for place, word in enumerate(words) if word in COMMANDS), len(words))
    if at == len(words):
        return None
    kind, most = COMMANDS[words[at]]
    before, after = (
        _fields(GlobalOptions, words[:at], None, 0),
        _fields(kind, words[at + 1 :], fields(kind)[0].name, most),
    )
    if before is None or after is None:
        return None
    return Line(GlobalOptions(**before), kind(**after))


def _fields(kind: Any, words: Sequence[str], positional: str | None, most: int) -> dict[str, Any] | None:
    """The value of each field that is named, or None where the words are not plain."""
    known = {"--" + each.name.replace("_", "-"): each for each in fields(kind) if each.name != positional}
    found: dict[str, Any] = {}
    rest = iter(words)
    field: str | None
    read: Any
    for word in rest:
        name, given, value = _SHORT.get(word, word).partition("=")
        if word == "-" or not word.startswith("-"):
            field, read = positional, None if positional in found else word
        elif name not in known:
            return None
        elif known[name].default is False:
            field, read = known[name].name, None if given else True
        else:
            field = known[name].name
            read = _value(known[name].default, value if given else next(rest, "-"), found.get(field, ()), most)
        if field is None or read is None:
            return None
        found[field] = read
    return found if positional is None or positional in found else None


def _value(default: Any, text: str, before: tuple[str, ...], most: int) -> Any:
    """What a text means for a field with that default; None where it means nothing plain."""
    if text.startswith("-"):
        return None
    if default == ():
        return (*before, text)
    if default is None:
        return text
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text) <= most else None
