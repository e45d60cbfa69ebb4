"""The events of the shipped library: which statements tell of one, who did it, against or with whom, where and on what day.

`library/events.jsonl` has one line an event: {"event": its key, "types": […], "day": EDTF, "by": […], "to": […],
"claimed": […], "denied": […], "blamed": […], "places": […], "kinds": […], "names": […], "told": ["DOCUMENT DIGEST", …]}.
`told` lists the statements that tell of it, the one that stands for it first; the digest is over the words of the statement,
so that a change of a brief is noticed.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from sources.edtf import parse_date
from sources.errors import Problem
from sources.json_lines import read_lines

EVENTS_FILE = Path(__file__).with_name("library") / "events.jsonl"
DIGEST_DIGITS = 10  # of a digest

EventType = Literal[
    "agreement", "strike", "attack", "clash", "killing", "arrest", "operation", "closure", "opening", "talks", "recognition",
    "resolution", "expulsion", "statement", "appointment", "returns", "trade", "tally", "other",
]  # fmt: skip
EVENT_TYPES: tuple[str, ...] = get_args(EventType)
LIST_KEYS = ("types", "by", "to", "claimed", "denied", "blamed", "places", "kinds", "names", "told")
NEEDED_KEYS = ("event", "types", "day", "told")


@dataclass(frozen=True, slots=True)
class MarkedEvent:
    """One event. `by` did it, `to` is against or with whom; of talks, agreements and clashes `by` are all who took part.

    `claimed` said that they did it, `denied` said that they did not, and of `blamed` others said it. All are ids of parties or
    of things with a name; `places` holds the regions around a place as well. `kinds` narrow a type (“drone”, “ceasefire”,
    “foreign-minister”), `names` are the holders of an office. Each of `told` is (document, digest).
    """

    key: str
    types: tuple[str, ...]
    day: str
    first: str
    last: str
    by: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    claimed: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    blamed: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    told: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Marks:
    """The events of a file, the line of each, and what is wrong with others."""

    file: str
    events: tuple[MarkedEvent, ...]
    lines: tuple[int, ...]
    problems: tuple[Problem, ...]


def digest(words: str) -> str:
    """What `told` has of a statement with these words."""
    return hashlib.sha256(" ".join(words.split()).encode()).hexdigest()[:DIGEST_DIGITS]


@functools.cache
def shipped_events() -> tuple[MarkedEvent, ...]:
    """The events of the shipped library; lines that cannot be used are left out (`sources check` names them)."""
    return read_events(EVENTS_FILE.read_text(encoding="utf-8"), str(EVENTS_FILE)).events if EVENTS_FILE.exists() else ()


@functools.cache
def marked_documents() -> frozenset[str]:
    """The ids of the shipped documents, every statement of which somebody has read for events."""
    folder = EVENTS_FILE.parent
    return frozenset("-".join(path.relative_to(folder).with_suffix("").parts) for path in folder.rglob("*.md"))


def read_events(text: str, file: str) -> Marks:
    """The events of a file's text."""
    keys: dict[tuple[str, str], int] = {}

    def wrong(made: MarkedEvent, number: int) -> Iterator[str]:
        yield from _wrong(made)
        for each in made.types:
            first = keys.setdefault((each, made.key), number)
            if first != number:
                yield f"the event {made.key} of type {each} stands in line {first} already: make them one"

    return Marks(file, *read_lines(text, file, "event", _event, wrong))


def _event(raw: Any) -> MarkedEvent:
    if not isinstance(raw, dict):
        raise ValueError("write one object a line")
    for key in NEEDED_KEYS:
        if not raw.get(key):
            raise ValueError(f"`{key}` is missing: add it")
    for key, value in raw.items():
        if key not in (*NEEDED_KEYS, *LIST_KEYS):
            raise ValueError(
                f"`{key}` is no key of an event: use {', '.join(dict.fromkeys((*NEEDED_KEYS, *LIST_KEYS)))}"
            )
        if key in LIST_KEYS and not (isinstance(value, list) and all(isinstance(each, str) for each in value)):
            raise ValueError(f"`{key}` is a list of strings: write it in brackets")
    span = parse_date(str(raw["day"]))
    told = tuple((document, said) for document, _, said in (each.rpartition(" ") for each in raw["told"]))
    named = {key: tuple(raw.get(key, ())) for key in LIST_KEYS if key not in {"told"}}
    return MarkedEvent(
        str(raw["event"]), day=str(raw["day"]), first=span.date_from, last=span.date_to, told=told, **named
    )


def _wrong(event: MarkedEvent) -> Iterator[str]:
    for each in event.types:
        if each not in EVENT_TYPES:
            yield f"“{each}” is no type of an event: use {', '.join(EVENT_TYPES)}"
    for document, said in event.told:
        if not document or len(said) != DIGEST_DIGITS:
            yield f"“{document} {said}” is no statement: write DOCUMENT DIGEST"
