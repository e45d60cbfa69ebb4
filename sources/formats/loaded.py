"""The result of a loader, before the library turns it into a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sources.document import Block, Heading, Page


@dataclass(frozen=True, slots=True)
class Loaded:
    """Stored text (cleaned, plain) with its headings and pages, and the metadata in the file itself.

    `left_out` names content that the loader does not read, such as attachments; `notices` are sentences a person should
    know about how it was read. The origins say where a date or an author was found.
    """

    text: str
    headings: tuple[Heading, ...] = ()
    pages: tuple[Page, ...] = ()
    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    published: str | None = None
    url: str | None = None
    language: str | None = None
    kind: str | None = None
    party: str | None = None
    summary: str | None = None
    left_out: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    notices: tuple[str, ...] = ()
    date_origin: str | None = None
    author_origin: str | None = None

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Loaded:
        """Build one from a `dataclasses.asdict` dictionary that went through JSON."""
        headings = tuple(Heading(**heading) for heading in raw["headings"])
        pages = tuple(Page(**page) for page in raw["pages"])
        blocks = tuple(Block(**block) for block in raw["blocks"])
        texts = {name: tuple(raw[name]) for name in ("left_out", "notices")}
        return cls(**{**raw, "headings": headings, "pages": pages, "blocks": blocks, **texts})
