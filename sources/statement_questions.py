"""The questions that the statements of the shipped library answer, written by people who read them.

`library/questions.jsonl` has one line a statement: {"told": "DOCUMENT DIGEST", "answers": [questions it answers], "near":
[questions that it seems to answer and does not]}. The digest is that of events.py, so that a change of a brief is noticed.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sources.errors import Problem
from sources.events import DIGEST_DIGITS
from sources.json_lines import read_lines

QUESTIONS_FILE = Path(__file__).with_name("library") / "questions.jsonl"
KEYS = ("told", "answers", "near")


@dataclass(frozen=True, slots=True)
class StatementQuestions:
    """What a statement, by document and digest, answers, and what it only seems to answer."""

    document: str
    digest: str
    answers: tuple[str, ...]
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """The lines of a file that can be used, their numbers, and what is wrong with the others."""

    file: str
    statements: tuple[StatementQuestions, ...]
    lines: tuple[int, ...]
    problems: tuple[Problem, ...]


@functools.cache
def shipped_questions() -> tuple[StatementQuestions, ...]:
    """The questions of the shipped library, as they are: `sources check` looks for mistakes, which would take half of an
    answer's start. If any line cannot be read, all are looked at, and such lines are left out."""
    if not QUESTIONS_FILE.exists():
        return ()
    text = QUESTIONS_FILE.read_text(encoding="utf-8")
    try:
        return tuple(map(_read, json.loads(f"[{','.join(text.split(chr(10))).rstrip(',')}]")))
    except (ValueError, KeyError, TypeError, AttributeError):
        return read_questions(text, str(QUESTIONS_FILE)).statements


def read_questions(text: str, file: str) -> QuestionFile:
    """The questions of a file's text."""
    seen: dict[str, int] = {}

    def wrong(made: StatementQuestions, number: int) -> Iterator[str]:
        yield from _wrong(made)
        first = seen.setdefault(made.digest, number)
        if first != number:
            yield f"the statement {made.digest} stands in line {first} already: make them one"

    return QuestionFile(file, *read_lines(text, file, "line", _checked, wrong))


def _read(raw: Any) -> StatementQuestions:
    document, _, digest = raw["told"].rpartition(" ")
    return StatementQuestions(document, digest, tuple(raw.get("answers", ())), tuple(raw.get("near", ())))


def _checked(raw: Any) -> StatementQuestions:
    if not isinstance(raw, dict) or not isinstance(raw.get("told"), str):
        raise ValueError('write one object a line, with "told": "DOCUMENT DIGEST"')
    for key in raw:
        if key not in KEYS:
            raise ValueError(f"`{key}` is not a key: use {', '.join(KEYS)}")
    for key in ("answers", "near"):
        value = raw.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() for each in value):
            raise ValueError(f"`{key}` is a list of questions: write it in brackets")
    return _read(raw)


def _wrong(made: StatementQuestions) -> Iterator[str]:
    if not made.document or len(made.digest) != DIGEST_DIGITS:
        yield f"“{made.document} {made.digest}” is not a statement: write DOCUMENT DIGEST"
    if not made.answers:
        yield "a statement needs a question that it answers: write one into `answers`"
    for both in sorted(set(made.answers) & set(made.near)):
        yield f"“{both}” is in `answers` and in `near`: take it out of one"
