"""Errors of sources, as sentences for a person.

SourceError                 base class; the message names the file and says what to do
├── BriefError              a brief violates the format; `problems` lists every place
├── LoadError               a file cannot be read as a document
├── FetchError              an address cannot or may not be fetched
├── MetadataError           a title, date, kind, language or party that is not valid
│   ├── DateError
│   └── PartyError
├── AlreadyThere            the same document is in the library; `document_id` says under which id
└── NotFound                there is no document with that id, or it may not be removed
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sources.clean import one_line

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem to fix in a file; `line` counts from 1, None for the file as a whole."""

    file: str
    line: int | None
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        mark = "" if self.severity == "error" else "warning: "
        return one_line(f"{self.file}:{self.line or 1}: {mark}{self.message}")


def why(error: object) -> str:
    """A library's error message, shortened to fit into a sentence: it may quote half a file."""
    words = one_line(str(error)) or type(error).__name__
    return words if len(words) <= 160 else f"{words[:159]}…"


class SourceError(Exception):
    """Base class of source errors. The message is a single line that is safe to show, whatever the file is called."""

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


class BriefError(SourceError):
    """A brief violates the format; `problems` lists every place, the message is the first of them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        more = f" ({len(self.problems) - 1} more; run `torkham sources check`)" if len(self.problems) > 1 else ""
        super().__init__(f"{self.problems[0]}{more}")


class LoadError(SourceError):
    """A file cannot be read as a document."""


class FetchError(SourceError):
    """An address cannot or may not be fetched; `status` is the HTTP status, None without a response."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class MetadataError(SourceError):
    """A value given for a document is not valid."""


class DateError(MetadataError):
    """A date that `sources.edtf` cannot parse."""


class PartyError(MetadataError):
    """A name that matches no party of parties.json."""


class AlreadyThere(SourceError):
    """The library already holds the same bytes or address, or nearly the same text, as `document_id`.

    `only_similar`: similarity is a judgement, which a person may overrule.
    """

    def __init__(self, message: str, document_id: str, *, only_similar: bool = False) -> None:
        super().__init__(message)
        self.document_id = document_id
        self.only_similar = only_similar


class NotFound(SourceError):
    """The library has no such document, or it may not be removed."""
