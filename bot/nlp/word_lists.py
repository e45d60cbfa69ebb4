"""The words of each language: a TOML file a language in a folder `words`, a table a use.

The lists of the five languages have the same keys; what only en.toml has is read for English alone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.errors import SetupError
from index.normalise import normalise
from sources.parties import LANGUAGES

WORDS = Path(__file__).with_name("words")


@dataclass(frozen=True, slots=True)
class WordTable:
    """One table of a language's file, its words normalised; SetupError for a key that is missing or of another kind."""

    file: Path
    name: str
    entries: Mapping[str, Any]

    def text(self, key: str) -> str:
        """A single pattern, which may be empty."""
        value = self.entries.get(key)
        if not isinstance(value, str):
            raise self._fault(key, "text")
        return normalise(value)

    def words(self, key: str) -> tuple[str, ...]:
        """A list, in its order."""
        return self._listed(self.entries.get(key), key)

    def groups(self, key: str) -> tuple[tuple[str, ...], ...]:
        """A list of lists."""
        value = self.entries.get(key)
        if not isinstance(value, list):
            raise self._fault(key, "list of lists")
        return tuple(self._listed(each, key) for each in value)

    def rows(self, key: str) -> Mapping[str, tuple[str, ...]]:
        """A table of lists, in its order."""
        value = self.entries.get(key)
        if not isinstance(value, dict):
            raise self._fault(key, "table of lists")
        return MappingProxyType({name: self._listed(each, f"{key}.{name}") for name, each in value.items()})

    def _listed(self, value: object, key: str) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise self._fault(key, "list")
        return tuple(normalise(word) for word in value)

    def _fault(self, key: str, kind: str) -> SetupError:
        return _fault(self.file, f"[{self.name}] has no {kind} “{key}”")


@cache
def word_table(language: str, name: str, folder: Path = WORDS) -> WordTable:
    """A table of the file of a language; SetupError where the file cannot be read or lacks it."""
    file = folder / f"{language}.toml"
    entries = _read(file).get(name)
    if not isinstance(entries, dict):
        raise _fault(file, f"it has no table [{name}]")
    return WordTable(file, name, MappingProxyType(entries))


def words_of_all(name: str, key: str, folder: Path = WORDS) -> tuple[str, ...]:
    """The list that all five languages have under a key, as one: each word once, in the order of LANGUAGES."""
    return tuple(dict.fromkeys(word for code in LANGUAGES for word in word_table(code, name, folder).words(key)))


def rows_of_all(name: str, key: str, folder: Path = WORDS) -> Mapping[str, tuple[str, ...]]:
    """The table of lists that all five languages have under a key, as one; a language may lack rows."""
    found: dict[str, dict[str, None]] = {}
    for code in LANGUAGES:
        for row, words in word_table(code, name, folder).rows(key).items():
            found.setdefault(row, {}).update(dict.fromkeys(words))
    return MappingProxyType({row: tuple(words) for row, words in found.items()})


@cache
def _read(file: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise _fault(file, str(error)) from None


def _fault(file: Path, what: str) -> SetupError:
    return SetupError(f"Cannot read the words in {file}: {what}. Mend the file, or install Torkham again.")


# English words that say nothing of a question's subject.
STOP = frozenset(word_table("en", "common").words("stop"))
