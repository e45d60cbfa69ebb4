"""The fixed phrases of an answer in the reader's language, from files that translators can edit."""

from __future__ import annotations

import calendar
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "ur", "ps", "fa", "ru")
FOLDER = Path(__file__).with_name("texts")


@dataclass(frozen=True)
class Texts:
    """The phrases of one language, with English as fallback."""

    language: str
    phrases: dict[str, Any]

    def get(self, key: str, **values: object) -> str:
        """The phrase with that key and its values filled in; KeyError for a key that English lacks, too.

        Values are inserted verbatim: braces in them mean nothing.
        """
        return str(self._raw(key)).format(**values)

    @property
    def right_to_left(self) -> bool:
        """Whether the language is written from right to left."""
        return str(self._raw("direction")) == "rtl"

    def language_name(self, code: str) -> str:
        """The name of a language in this one; the code itself if unknown."""
        name = self.phrases.get("languages", {}).get(code)
        return str(name or texts("en").phrases["languages"].get(code, code))

    def number(self, written: object) -> str:
        """A number in the digits of the language."""
        return str(written).translate(str.maketrans("0123456789", str(self._raw("digits"))))

    def date(self, written: str | None) -> str:
        """`2022-04-16` as “16 April 2022”, a range `2022/2023-05` with “to”, one within a month as “13–17 May 2024”,
        `~` as “about”; empty for None.
        """
        if not written:
            return ""
        first, _, last = written.rstrip("~").partition("/")
        if last and len(first) == len(last) == 10 and first[:7] == last[:7]:
            shown = self._day(first, last[8:])
        else:
            shown = self.get("range", first=self._day(first), last=self._day(last)) if last else self._day(first)
        return self.get("about", date=shown) if written.endswith("~") else shown

    def period(self, since: str | None, until: str | None) -> str:
        """The days from `since` to `until` (ISO, either may be open) in the fewest exact words; empty for neither."""
        if since and until:
            return self.date(_whole(since, until) or f"{since}/{until}")
        if since:
            return self.get("since", date=self.date(since))
        return self.get("until", date=self.date(until)) if until else ""

    def _day(self, iso: str, until: str = "") -> str:
        """A year, month or day; `until` is the last day of a period within one month."""
        year, *rest = iso.split("-")
        if not rest or not rest[0].isdigit() or not 1 <= int(rest[0]) <= 12:
            return self.number(iso)
        named = {
            "year": self.number(year),
            "month": self._raw("months_after_day" if rest[1:] else "months")[int(rest[0]) - 1],
        }
        if rest[1:]:
            days = "–".join(self.number(day.lstrip("0")) for day in (rest[1], until) if day)
            return self.get("day", day=days, **named)
        return self.get("month", **named)

    def _raw(self, key: str) -> Any:
        return self.phrases[key] if key in self.phrases else texts("en").phrases[key]


def _whole(since: str, until: str) -> str | None:
    """The year, month or day that begins and ends on these days."""
    if since == until:
        return since
    if since[:4] == until[:4] and since[4:] == "-01-01" and until[4:] == "-12-31":
        return since[:4]
    return since[:7] if since[:7] == until[:7] and since.endswith("-01") and until == _last_day(since) else None


def _last_day(first: str) -> str:
    year, month = int(first[:4]), int(first[5:7])
    return f"{first[:7]}-{calendar.monthrange(year, month)[1]:02}"


@functools.cache
def texts(language: str) -> Texts:
    """The phrases of a language, English if it has no file."""
    import tomllib

    known = language if language in LANGUAGES else "en"
    return Texts(known, tomllib.loads((FOLDER / f"{known}.toml").read_text(encoding="utf-8")))
