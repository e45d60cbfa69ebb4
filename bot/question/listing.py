"""Telling questions that want a list or a count, and of what; the words stand in listing.toml."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.nlp.names.gazetteer import Mention
from bot.nlp.stop_words import STOP
from index.normalise import normalise

_WORDS = Path(__file__).with_name("listing.toml")
ANY = "any"  # statements of whatever type that tell of a day
BETWEEN = 2  # words that may stand between “which” or “how many” and what is listed
FIGURES = ("returns", "trade")  # types of which a question may begin with the noun: “trade figures since 2021”


@dataclass(frozen=True, slots=True)
class Listing:
    """What is listed: statements of a `type` that have one of the `must` words, if any, and each of `words`.

    A statement in which one of the `unless` words comes before those is left out. `agent` is who did what is listed, where
    the question says so (“Pakistani air strikes”).
    `count`: a number is wanted. `names` are the things that the question names, by id.
    """

    type: str
    count: bool = False
    must: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    unless: tuple[str, ...] = ()
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class _Table:
    begins: tuple[tuple[str, re.Pattern[str]], ...]
    nouns: tuple[tuple[re.Pattern[str], str, tuple[str, ...], tuple[str, ...]], ...]
    filler: frozenset[str]


def listing(question: str, language: str, mentions: Sequence[Mention], time: str = "") -> Listing | None:
    """What a question in its normal form wants listed or counted; None for any other. `time` is how it says its days."""
    table = _table(language)
    text = normalise(question).rstrip("?؟ ")
    for kind, begins in table.begins:
        found = begins.match(text)
        if found is None:
            continue
        rest = text[found.end() :]
        for noun, of_type, must, unless in table.nouns:
            there = noun.search(rest)
            if there is None or (not begins.pattern and of_type not in FIGURES):
                continue
            if kind != "list" and len(_unnamed(rest[: there.start()], mentions)) > BETWEEN:
                continue
            # a noun with a gap (“times … was closed”) holds words that narrow the list
            outside = rest if ".{" in noun.pattern else f"{rest[: there.start()]} {rest[there.end() :]}"
            named = [
                each for each in mentions if each.kind not in {"month", "term"} and normalise(each.surface) in outside
            ]
            words = _left(outside, language, time, named, table)
            agent = next(
                (m.entry_id for m in named if rest[: there.start()].rstrip().endswith(normalise(m.surface))), None
            )
            names = frozenset(each.entry_id for each in named)
            return Listing(of_type, kind == "count", must, words, names, unless, agent)
    return None


def _unnamed(text: str, mentions: Sequence[Mention]) -> list[str]:
    named = {word for mention in mentions for word in _split(mention.surface)}
    return [word for word in _split(text) if word not in named]


def _left(text: str, language: str, time: str, mentions: Sequence[Mention], table: _Table) -> tuple[str, ...]:
    """The words that narrow the list besides names and times; in other languages than English only names can."""
    if language != "en":
        return ()
    gone = {word for part in time.split(", ") for word in _split(part)}
    left = [word for word in _unnamed(text, mentions) if word not in gone]
    return tuple(word for word in left if word not in STOP and word not in table.filler and not word.isdigit())


def _split(text: str) -> list[str]:
    return re.findall(r"[^\W_]{2,}", normalise(text))


@cache
def _table(language: str) -> _Table:
    import tomllib

    tables = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    table = tables.get(language, tables["en"])
    begins = []
    for kind in ("count", "list", "which"):
        ordered = sorted(table[kind], key=len, reverse=True)
        begins.append((kind, re.compile(rf"(?:{'|'.join(map(_plain, ordered))})\b")))
    nouns = []
    for noun, meaning in table["nouns"].items():
        of_type, _, words = meaning.partition(":")
        must, unless = (tuple(filter(None, part.split("|"))) for part in (*words.split("!"), "")[:2])
        nouns.append((re.compile(rf"\b(?:{_plain(noun)})\b"), of_type, must, unless))
    bare = re.compile(r"")  # “trade figures since 2021” begins with what is listed
    begins.append(("which", bare))
    return _Table(tuple(begins), tuple(nouns), frozenset(map(normalise, table["filler"])))


def _plain(pattern: str) -> str:
    return normalise(pattern)


def listing_of(words: str, of_type: str | None, mentions: Sequence[Mention], language: str = "en") -> Listing:
    """What a few words name, for a timeline of a type, or of every type where none is given."""
    table = _table(language)
    text, must, barred = normalise(words), tuple[str, ...](), tuple[str, ...]()
    for noun, named_type, needed, unless in table.nouns:
        there = noun.search(text)
        if there is not None and of_type in {None, named_type}:
            of_type, must, barred = named_type, needed, unless
            text = f"{text[: there.start()]} {text[there.end() :]}"
            break
    named = [each for each in mentions if each.kind not in {"month", "term"} and normalise(each.surface) in text]
    left = [word for word in _unnamed(text, named) if word not in STOP and word not in table.filler]
    return Listing(of_type or ANY, False, must, tuple(left), frozenset(each.entry_id for each in named), barred)
