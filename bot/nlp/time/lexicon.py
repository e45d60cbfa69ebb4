"""The words of time of a language, from the table [time] of its file: regular expressions over normalised text."""

from __future__ import annotations

from functools import cache

from bot.nlp.word_lists import WordTable, word_table, words_of_all
from sources.parties import LANGUAGES

PART_MONTHS = ((1, 4), (5, 8), (9, 12), (1, 3), (10, 12), (1, 6), (7, 12), (1, 3), (4, 6), (7, 9), (10, 12))
RELATIONS = ("before", "after", "until", "since", "in")  # in the order in which they are tried


@cache
def words(key: str, language: str) -> tuple[str, ...]:
    """A list of the table, in its order."""
    return _table(language).words(key)


@cache
def choice(key: str, language: str) -> str:
    """A list of the table, as one expression."""
    return "|".join(words(key, language))


@cache
def phrase(key: str, language: str) -> str:
    """A single expression of the table, which may be empty."""
    return _table(language).text(key)


def months() -> tuple[tuple[str, ...], ...]:
    """The names of the twelve months, each in the order of LANGUAGES."""
    return tuple(zip(*(words("months", language) for language in LANGUAGES), strict=True))


def relations(language: str) -> tuple[tuple[str, str, str], ...]:
    """(relation, what stands right before a period, what stands right after it); either may be empty."""
    rows = _table(language).rows("relations")
    return tuple(
        (relation, rows[relation][place], rows[relation][place + 1])
        for relation in RELATIONS
        for place in range(0, len(rows[relation]), 2)
    )


def ranges(language: str) -> tuple[tuple[str, ...], ...]:
    """(before the first of two periods, between them, after the second)."""
    return _table(language).groups("ranges")


def around_no_year() -> tuple[str, str]:
    """What says before, and after, a number that it is no year; in all languages."""
    return "|".join(words_of_all("time", "no_year_before")), "|".join(words_of_all("time", "no_year_after"))


def _table(language: str) -> WordTable:
    return word_table(language, "time")
