"""A place in a document: a slice of its text, the cited words in it, and their references. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from bot.errors import QuestionError
from bot.service.requests import SLICE_MOST
from sources.document import Document, Reference

ABOUT = ("id", "title", "kind", "language", "publisher", "author", "published", "party", "url", "summary",
         "covers_from", "covers_to")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """`document.text[first:last]`, containing the cited words `document.text[start:end]` (None: no words are cited)."""

    document: Document
    first: int
    last: int
    cited: tuple[int, int] | None = None

    @property
    def text(self) -> str:
        """The text of the slice."""
        return self.document.text[self.first : self.last]

    @property
    def marked(self) -> tuple[int, int] | None:
        """The offsets of the cited words in `text`."""
        return (self.cited[0] - self.first, self.cited[1] - self.first) if self.cited else None

    @property
    def references(self) -> tuple[Reference, ...]:
        """The references of the statements that the cited words overlap."""
        return references_of(self.document, *self.cited) if self.cited else ()


def place_of(document: Document, start: int, end: int | None, around: int) -> Place:
    """The cited words with `around` code points before and after, or the text from `start` on without an end.

    QuestionError when the offsets are outside the text, or the words exceed one reply.
    """
    length = len(document.text)
    if start > length or (end is not None and not start < end <= length):
        raise QuestionError(f"start and end must be offsets in order, up to the document's {length} code points.")
    if end is None:
        return Place(document, start, min(length, start + SLICE_MOST))
    if end - start > SLICE_MOST:
        raise QuestionError(f"The place has {end - start} code points: ask for at most {SLICE_MOST} at a time.")
    return Place(document, max(0, start - around), min(length, end + around), (start, end))


def references_of(document: Document, start: int, end: int) -> tuple[Reference, ...]:
    """The references of the statements that a slice overlaps, without repeats."""
    touched = [statement for statement in document.statements if statement.start < end and start < statement.end]
    identifiers = dict.fromkeys(identifier for statement in touched for identifier in statement.reference_ids)
    return tuple(document.reference(identifier) for identifier in identifiers)


def document_json(document: Document, digest: str) -> dict[str, Any]:
    """A document's entry in a list; the digest is passed in, since an outline has no text."""
    return {**{name: getattr(document, name) for name in ABOUT}, "digest": digest}


def place_json(place: Place) -> dict[str, Any]:
    """A place as a `PlaceResult`."""
    start, end = place.cited or (None, None)
    return {
        **document_json(place.document, place.document.digest),
        "length": len(place.document.text),
        "text": place.text,
        "text_start": place.first,
        "text_end": place.last,
        "start": start,
        "end": end,
        "quote": place.document.text[slice(*place.cited)] if place.cited else None,
        "marked": list(place.marked) if place.marked else None,
        "references": [
            {key: value for key, value in asdict(reference).items() if key != "id"} for reference in place.references
        ],
    }
