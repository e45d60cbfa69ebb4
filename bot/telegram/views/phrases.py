"""The words of the interface in five languages."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.rendering.phrases import LANGUAGES, texts
from bot.rendering.safe import clean, isolated

SEPARATORS: dict[str, dict[int, str]] = {
    "ru": str.maketrans({",": "\u00a0", ".": ","}),
    "fa": str.maketrans({",": "٬", ".": "٫", "%": "٪"}),
    "ps": str.maketrans({",": "٬", ".": "٫", "%": "٪"}),
}  # separators of thousands and decimals; Urdu uses the English ones
FOLDER = Path(__file__).with_name("texts")


class Phrases:
    """The phrases of one language, by key; `{name}` in a phrase is filled in. Missing keys fall back to the answer's
    texts.
    """

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
        """The parts before and after `{name}` in a phrase."""
        before, _, after = self(key, **{name: "\0"}).partition("\0")
        return before, after

    def several(self, key: str) -> list[str]:
        """A list of phrases."""
        return list(self._own[key])

    def commands(self) -> dict[str, str]:
        """What each command does, in the order of the menu."""
        return dict(self._own["commands"])

    def admin_commands(self) -> dict[str, str]:
        """What the commands of admins do."""
        return dict(self._own["admin_commands"])

    def date(self, written: str | None) -> str:
        """An ISO day, month, year or range in the reader's format; empty for None."""
        return self._fixed.date(written)

    def number(self, value: int) -> str:
        """A number in the digits of the language."""
        return self._fixed.number(value)

    def digits(self, written: object) -> str:
        """Any text, in the digits of the language."""
        return self._fixed.number(written)

    def language_name(self, code: str) -> str:
        """The name of a language in this one."""
        return self._fixed.language_name(code)

    def isolated(self, text: str) -> str:
        """Text of others, isolated so that it keeps its own direction in a right-to-left line."""
        return isolated(clean(text), self._fixed)

    def listed(self, names: Sequence[str | None]) -> str:
        """Names joined with the comma of the script; None and empty ones are skipped."""
        return self.comma.join(filter(None, names))

    @property
    def comma(self) -> str:
        """The separator of a list."""
        return "، " if self.right_to_left else ", "

    @property
    def semicolon(self) -> str:
        """The separator of items that contain commas."""
        return "؛ " if self.right_to_left else "; "

    def figure(self, written: str) -> str:
        """A number in English notation (`1,200.5`, `60%`) with the digits and separators of the language."""
        return self.digits(written.translate(SEPARATORS.get(self.language, {})))

    @property
    def right_to_left(self) -> bool:
        """Whether the language is written from right to left."""
        return self._fixed.right_to_left

    def day_of_month(self, iso: str) -> str:
        """`2025-10-19` as “19 October”, without the year."""
        names: list[str] = self._fixed.phrases.get("months_after_day") or texts("en").phrases["months_after_day"]
        day, name = self.digits(iso[8:].lstrip("0")), names[int(iso[5:7]) - 1]
        return f"{name} {day}" if self.language == "ps" else f"{day} {name}"

    def month(self, iso: str) -> str:
        """`2025-10` as the language names the month, without the year."""
        names: list[str] = self._fixed.phrases.get("months") or texts("en").phrases["months"]
        return names[int(iso[5:7]) - 1]


@functools.cache
def phrases(language: str | None) -> Phrases:
    """The phrases of a language, English for any other."""
    code = (language or "en").split("-")[0].lower()
    chosen = code if code in LANGUAGES else "en"
    return Phrases(chosen, tomllib.loads((FOLDER / f"{chosen}.toml").read_text(encoding="utf-8")))
