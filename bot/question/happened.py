"""Recognises questions that only ask what happened in a period; the words are in overview.toml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from bot.nlp.names.gazetteer import Mention
from index.normalise import normalise

# The subject of the whole library: naming it does not narrow the question.
SUBJECT = frozenset({"pakistan", "afghanistan", "taliban"})
_WORDS = Path(__file__).with_name("overview.toml")


def asks_overview(question: str, time: str, language: str, mentions: Iterable[Mention]) -> bool:
    """Whether a question only asks what happened, once the words of its period and the names of the subject are removed."""
    asking, filler = _lists(language)
    text = question
    for mention in sorted(mentions, key=lambda mention: -mention.start):
        if mention.entry_id in SUBJECT:
            text = text[: mention.start] + " " + text[mention.end :]
    said = _words(text)
    for part in time.split(", "):
        said = _without(said, _words(part))
    return any(word in asking for word in said) and all(word in asking or word in filler for word in said)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", normalise(text))


def _without(words: Sequence[str], part: Sequence[str]) -> list[str]:
    """The words without the first occurrence of `part`."""
    for at in range(len(words) - len(part) + 1):
        if part and list(words[at : at + len(part)]) == list(part):
            return [*words[:at], *words[at + len(part) :]]
    return list(words)


@cache
def _lists(language: str) -> tuple[frozenset[str], frozenset[str]]:
    import tomllib

    tables = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    table = tables.get(language, tables["en"])
    return frozenset(_words(table["asking"])), frozenset(_words(table["filler"]))
