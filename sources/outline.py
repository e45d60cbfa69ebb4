"""Building the stored text piece by piece: paragraphs, headings, list lines and pages, with their offsets."""

from __future__ import annotations

from sources.clean import clean, one_line
from sources.document import Heading, Page
from sources.errors import LoadError
from sources.limits import TEXT_LETTERS


class Outline:
    """Stored text as it grows; every piece is cleaned before it is added, so offsets never move."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._parts: list[str] = []
        self._length = 0
        self._page: tuple[int, int] | None = None
        self._headings: list[Heading] = []
        self._pages: list[Page] = []

    def paragraph(self, words: str, *, tight: bool = False, glued: bool = False) -> None:
        """Add a paragraph on lines of its own; `tight`: without an empty line before; `glued`: with a space only."""
        lines = (one_line(line) for line in clean(words).split("\n"))
        self._add("\n".join(line for line in lines if line), " " if glued else "\n" if tight else "\n\n")

    def heading(self, words: str, level: int) -> None:
        """Add a heading."""
        if words := one_line(words):
            self._add(words, "\n\n")
            self._headings.append(Heading(self._length - len(words), self._length, level))

    def page(self, number: int) -> None:
        """What is added from here on stands on that page."""
        self._close_page()
        self._page = (number, self._length)

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
            self._pages.append(Page(self._page[0], self._page[1], self._length))
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
    def pages(self) -> tuple[Page, ...]:
        """The pages with text; a page begins where the one before ends, the gap between them included."""
        self._close_page()
        return tuple(self._pages)
