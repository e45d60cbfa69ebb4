"""Files of one JSON object a line that people write beside the briefs: what can be used, and what is wrong with the rest."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from sources.errors import DateError, Problem

T = TypeVar("T")


def read_lines(
    text: str, file: str, noun: str, read: Callable[[Any], T], wrong: Callable[[T, int], Iterator[str]]
) -> tuple[tuple[T, ...], tuple[int, ...], tuple[Problem, ...]]:
    """What the lines hold, their numbers, and the problems of the others.

    `read` makes something of an object, or raises ValueError or DateError; `wrong` yields a sentence for each fault of that.
    """
    found: list[T] = []
    lines: list[int] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            made = read(json.loads(line))
        except (ValueError, DateError) as error:
            reason = "it is no JSON" if isinstance(error, json.JSONDecodeError) else str(error)
            problems.append(Problem(file, number, f"this {noun} cannot be read: {reason}"))
            continue
        faults = list(wrong(made, number))
        problems += [Problem(file, number, fault) for fault in faults]
        if not faults:
            found.append(made)
            lines.append(number)
    return tuple(found), tuple(lines), tuple(problems)
