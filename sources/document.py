"""The domain types of a source document: what was said, where it stands, who printed it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import Any

KINDS = ("brief", "news", "report", "statement", "opinion", "book", "other")


@dataclass(frozen=True, slots=True)
class Reference:
    """A publication that a footnote of a brief names; `published` is ISO (YYYY, YYYY-MM or YYYY-MM-DD) or None."""

    id: str
    title: str
    publisher: str | None = None
    author: str | None = None
    published: str | None = None
    url: str | None = None
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of a brief: `text[start:end]` of its document, code points.

    `date_from` and `date_to` are inclusive ISO days; `date_text` is the date as written. In narrative they are None, as
    are party (an id of parties.json) and speaker.
    """

    start: int
    end: int
    date_from: str | None = None
    date_to: str | None = None
    date_text: str | None = None
    party: str | None = None
    speaker: str | None = None
    reference_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading line, `text[start:end]`; level 1 is the outermost."""

    start: int
    end: int
    level: int


@dataclass(frozen=True, slots=True)
class Page:
    """A printed page of a document: its number as a reader counts it (from 1) and its slice of the text."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """A source with its stored plain text; every offset elsewhere counts code points of `text`."""

    id: str
    title: str
    text: str
    kind: str = "other"
    language: str = "en"
    publisher: str | None = None
    author: str | None = None
    published: str | None = None
    party: str | None = None
    url: str | None = None
    summary: str | None = None
    covers_from: str | None = None
    covers_to: str | None = None
    pages: tuple[Page, ...] = ()
    headings: tuple[Heading, ...] = ()
    statements: tuple[Statement, ...] = ()
    references: tuple[Reference, ...] = ()

    @property
    def digest(self) -> str:
        """The SHA-256 of the stored text, as 64 hex digits."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def revision(self) -> str:
        """A digest over text and metadata: it changes whenever anything that is indexed or shown changes."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def reference(self, identifier: str) -> Reference:
        """The reference of that footnote id; KeyError when there is none."""
        for reference in self.references:
            if reference.id == identifier:
                return reference
        raise KeyError(identifier)

    def page_at(self, offset: int) -> int | None:
        """The number of the page that holds an offset, or None when the document has no pages."""
        return next((page.number for page in self.pages if page.start <= offset < page.end), None)

    def with_metadata(self, **changes: Any) -> Document:
        """A copy with other metadata; the text and its offsets stay."""
        return replace(self, **changes)

    def to_json(self) -> str:
        """The whole document as one line of JSON, keys sorted."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, line: str) -> Document:
        """The document that `to_json` wrote."""
        raw = json.loads(line)
        raw["pages"] = tuple(Page(**page) for page in raw["pages"])
        raw["headings"] = tuple(Heading(**heading) for heading in raw["headings"])
        raw["statements"] = tuple(
            Statement(**{**statement, "reference_ids": tuple(statement["reference_ids"])})
            for statement in raw["statements"]
        )
        raw["references"] = tuple(Reference(**reference) for reference in raw["references"])
        return cls(**raw)
