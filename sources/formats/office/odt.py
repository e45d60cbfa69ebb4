"""OpenDocument texts (ISO/IEC 26300): paragraphs, headings, lists and tables, with notes and boxes in their places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sources.clean import one_line
from sources.formats.archives import Packed
from sources.formats.loaded import Loaded
from sources.formats.office.package import about, elements, opened
from sources.formats.text_builder import Outline, raised
from sources.formats.xml import attribute, parse_xml, tag

_LEFT_OUT = frozenset(
    {"tracked-changes", "annotation", "note", "frame", "hidden-text", "forms", "sequence-decls", "custom-shape"}
)


def load_odt(data: bytes, file: str) -> Loaded:
    """Paragraphs, headings by level, tables by row, boxes after their paragraph, notes at the end.

    Deleted and hidden text is skipped.
    """
    packed = opened(data, file)
    outline = Outline(file)
    root = parse_xml(packed.read("content.xml"), file)
    writer = _Writer(outline, *_special_styles(root, packed, file))
    body = next(elements(root, "body"), root)
    writer.blocks(body)
    writer.end()
    return about(packed, "meta.xml", outline, file)


class _Writer:
    """Writes the body of a text to an outline; notes are held back for the end."""

    def __init__(self, outline: Outline, high: frozenset[str], hidden: frozenset[str]) -> None:
        self._outline = outline
        self._high = high
        self._hidden = hidden
        self._notes = list[str]()

    def blocks(self, parent: Any, *, in_list: bool = False) -> None:
        """Write every paragraph, heading, list and table below an element."""
        for element in parent:
            kind = tag(element)
            if kind == "h":
                level = attribute(element, "outline-level") or "1"
                is_number = level.isdecimal() and level.isascii() and len(level) < 3
                self._outline.heading(self.words(element), max(1, min(6, int(level))) if is_number else 1)
                self._beside(element)
            elif kind == "p":
                self._outline.paragraph(self.words(element), tight=in_list, kind="list" if in_list else "paragraph")
                self._beside(element)
            elif kind == "table":
                self._table(element)
            elif kind not in _LEFT_OUT:
                self.blocks(element, in_list=in_list or kind == "list")

    def end(self) -> None:
        """Write the notes."""
        for note in self._notes:
            self._outline.paragraph(note, tight=True, kind="footnote")

    def words(self, element: Any, before: str = "") -> str:
        """The text of a paragraph without its notes and boxes."""
        if attribute(element, "style-name") in self._hidden:
            return ""
        words = element.text or ""
        for child in element:
            kind = tag(child)
            if kind in ("line-break",):
                words += "\n"
            elif kind in ("tab", "s"):
                words += " "
            elif kind not in _LEFT_OUT and kind:
                said = self.words(child, before + words)
                words += raised(before + words, said) if attribute(child, "style-name") in self._high else said
            words += child.tail or ""
        return words

    def _beside(self, paragraph: Any) -> None:
        """Write the boxes attached to a paragraph, and hold back its notes."""
        for found in _outermost(paragraph):
            if tag(found) == "note":
                body = next(elements(found, "note-body"), None)
                said = [one_line(self.words(p)) for p in elements(body, "p")] if body is not None else []
                self._notes.append(" ".join(filter(None, said)))
            else:
                self.blocks(found)

    def _table(self, table: Any) -> None:
        above: dict[int, tuple[int, str]] = {}
        for row in (row for row in elements(table, "table-row") if _table_of(row) is table):
            cells = list[str]()
            for column, cell in enumerate(cell for cell in row if tag(cell) in ("table-cell", "covered-table-cell")):
                words = " ".join(self._cell_lines(cell))
                left, spanned = above.get(column, (0, ""))
                if tag(cell) == "covered-table-cell" and left:
                    words, above[column] = spanned, (left - 1, spanned)
                else:
                    rows = attribute(cell, "number-rows-spanned") or "1"
                    above[column] = (int(rows) - 1 if re.fullmatch("[0-9]{1,4}", rows) else 0, words)
                cells.append(words)
            self._outline.paragraph(" | ".join(filter(None, cells)), tight=True, kind="table")

    def _cell_lines(self, cell: Any) -> Iterator[str]:
        for child in cell:
            if tag(child) in ("p", "h"):
                if words := one_line(self.words(child)):
                    yield words
                for found in _outermost(child):
                    yield from self._cell_lines(found)
            elif tag(child) not in _LEFT_OUT or tag(child) == "frame":
                yield from self._cell_lines(child)


def _outermost(paragraph: Any) -> Iterator[Any]:
    """The outermost notes and frames of a paragraph."""
    for child in paragraph:
        if tag(child) in ("note", "frame", "custom-shape"):
            yield child
        elif tag(child) not in _LEFT_OUT:
            yield from _outermost(child)


def _table_of(row: Any) -> Any:
    return next((above for above in row.iterancestors() if tag(above) == "table"), None)


def _special_styles(root: Any, packed: Packed, file: str) -> tuple[frozenset[str], frozenset[str]]:
    """(names of superscript styles, names of hidden styles)."""
    roots = [root, *([parse_xml(packed.read("styles.xml"), file)] if "styles.xml" in packed.names else [])]
    high, hidden = set[str](), set[str]()
    for style in (style for one in roots for style in elements(one, "style")):
        name = attribute(style, "name") or ""
        for properties in elements(style, "text-properties"):
            if re.match(r"super|[1-9][0-9]*%", attribute(properties, "text-position") or ""):
                high.add(name)
            if attribute(properties, "display") == "none":
                hidden.add(name)
    return frozenset(high), frozenset(hidden)
