"""The words of the interface in five languages."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import Any

from bot.texts import LANGUAGES, texts

FOLDER = Path(__file__).with_name("texts")


class Phrases:
    """The phrases of one language, by key; `{name}` in a phrase is filled in. What is not here an answer's texts have."""

    def __init__(self, language: str, own: dict[str, Any]) -> None:
        self.language = language
        self._own = own
        self._fixed = texts(language)

    def __call__(self, key: str, **values: object) -> str:
        """The phrase of that key."""
        if key in self._own:
            phrase: str = self._own[key]
            return phrase.format(**values)
        return self._fixed.get(key, **values)

    def around(self, key: str, name: str) -> tuple[str, str]:
        """What stands before and after `{name}` in a phrase."""
        before, _, after = self(key, **{name: "\0"}).partition("\0")
        return before, after

    def several(self, key: str) -> list[str]:
        """A list of phrases."""
        return list(self._own[key])

    def commands(self) -> dict[str, str]:
        """What each command does, in the order of the menu."""
        return dict(self._own["commands"])

    def date(self, written: str | None) -> str:
        """An ISO day, month, year or range as a reader writes it; nothing for None."""
        return self._fixed.date(written)

    def number(self, value: int) -> str:
        """A number in the digits of the language."""
        return self._fixed.number(value)


@functools.cache
def phrases(language: str | None) -> Phrases:
    """The phrases of a language, English for any other."""
    code = (language or "en").split("-")[0].lower()
    chosen = code if code in LANGUAGES else "en"
    return Phrases(chosen, tomllib.loads((FOLDER / f"{chosen}.toml").read_text(encoding="utf-8")))
