"""Classifies documents by subject, from the words of their titles, for browsing. Pure."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from sources.document import Document

FILE = Path(__file__).with_name("subjects.toml")
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject: its names by language, and word prefixes that indicate it."""

    id: str
    names: dict[str, str]
    words: tuple[str, ...]

    def name(self, language: str) -> str:
        """Its name in that language, else in English."""
        return self.names.get(language, self.names["en"])

    def holds(self, about: str) -> bool:
        """Whether a text is about it."""
        return any(re.search(rf"\b{re.escape(word)}", about) for word in self.words)


@functools.cache
def subjects() -> tuple[Subject, ...]:
    """All subjects, in display order."""
    raw = tomllib.loads(FILE.read_text(encoding="utf-8"))["subject"]
    known = {"id", "words"}
    return tuple(
        Subject(one["id"], {key: name for key, name in one.items() if key not in known}, tuple(one["words"]))
        for one in raw
    )


def subjects_of(document: Document) -> frozenset[str]:
    """The ids of a document's subjects; `other` if there is none."""
    about = f"{document.id} {document.title} {(document.summary or '').partition('. ')[0]}".lower()
    return frozenset(each.id for each in subjects() if each.holds(about)) or frozenset({OTHER})
