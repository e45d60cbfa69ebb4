"""Builds the stored text piece by piece: paragraphs, headings, list lines, superscripts and pages, with their offsets."""

from __future__ import annotations

import re

from sources.clean import clean, one_line
from sources.document import Block, Heading, Page
from sources.errors import LoadError
from sources.limits import TEXT_LETTERS

_NOTE = re.compile(
    r"[\[(]?(?:[0-9۰-۹٠-٩]{1,3}|[a-z]|[ivx]{1,5}|[*†‡§¶]{1,3}|note [0-9]{1,3}|citation needed)[\])]?(?:\s?[,–-]\s?[0-9۰-۹]{1,3})*"
)
_UNIT = re.compile(r"(?:^|[\d\W])(?<![$€£¥₨][\d])(?:[kKcdm]?m|ft|mi|yd|км|м)$")
_EXPONENTS = str.maketrans("23", "²³")


class Outline:
    """The growing stored text; every piece is cleaned before it is appended, so offsets never change."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._parts: list[str] = []
        self._length = 0
        self._page: tuple[int, int, str | None] | None = None
        self._headings: list[Heading] = []
        self._blocks: list[Block] = []
        self._pages: list[Page] = []

    def paragraph(self, words: str, *, tight: bool = False, glued: str | None = None, kind: str = "paragraph") -> None:
        """Append a paragraph on its own lines; `tight`: without an empty line before it.

        `glued` appends to the previous paragraph, with that text in between. `kind` is one of
        `sources.document.BLOCK_KINDS`.
        """
        lines = (one_line(line) for line in clean(words).split("\n"))
        words = "\n".join(line for line in lines if line)
        self._add(words, glued if glued is not None else "\n" if tight else "\n\n")
        if words and glued is not None and self._blocks:
            self._blocks[-1] = Block(self._blocks[-1].start, self._length, self._blocks[-1].kind)
        elif words:
            self._blocks.append(Block(self._length - len(words), self._length, kind))

    def heading(self, words: str, level: int) -> None:
        """Append a heading."""
        if words := one_line(words):
            self._add(words, "\n\n")
            self._headings.append(Heading(self._length - len(words), self._length, level))
            self._blocks.append(Block(self._length - len(words), self._length, "heading"))

    def page(self, number: int, label: str | None = None) -> None:
        """Start a page; `label` is the number printed on it, if different."""
        self._close_page()
        self._page = (number, self._length, label or None)

    def _add(self, words: str, gap: str) -> None:
        if not words:
            return
        gap = gap if self._parts else ""
        self._length += len(gap) + len(words)
        if self._length > TEXT_LETTERS:
            raise LoadError(f"{self._file} holds more than {TEXT_LETTERS:,} characters: split it into smaller files")
        self._parts += (gap, words)

    def _close_page(self) -> None:
        if self._page and self._length > self._page[1]:
            number, start, label = self._page
            self._pages.append(Page(number, start, self._length, label if label != str(number) else None))
        self._page = None

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._parts)

    @property
    def headings(self) -> tuple[Heading, ...]:
        """The headings so far."""
        return tuple(self._headings)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The kind of each piece so far."""
        return tuple(self._blocks)

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages with text; a page begins where the previous one ends, including the gap between them."""
        self._close_page()
        return tuple(self._pages)


def raised(before: str, said: str) -> str:
    """The replacement for superscript text: “” for a note, ² or ³ after a unit, else the text itself (“th”).

    A note number must never join the figure before it.
    """
    written = said.strip()
    if written in ("2", "3") and _UNIT.search(before):
        return written.translate(_EXPONENTS)
    return "" if _NOTE.fullmatch(written) else said
