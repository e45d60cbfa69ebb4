"""Word documents (ECMA-376): the visible text, with notes and text boxes in their places."""

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
from sources.text.written_dates import iso_day

_LEFT_OUT = frozenset(
    {"del", "moveFrom", "Fallback", "instrText", "delText", "delInstrText", "pPr", "rPr", "sdtPr", "sectPr", "tblPr",
     "tcPr", "trPr", "txbxContent", "ruby"}
)  # fmt: skip
_HEADING = re.compile(r"(?i)^(?:heading|überschrift|titre|título|заголовок)\s*([1-6])$")
_NO_NOTES = ("separator", "continuationSeparator", "continuationNotice")
_DAY = re.compile(r"([12][0-9]{3})-([01][0-9])-([0-3][0-9])")


def load_docx(data: bytes, file: str) -> Loaded:
    """The headers (where letterheads are), paragraphs, tables by row, text boxes after their paragraph, notes at the
    end.

    Deleted, moved and hidden text is skipped.
    """
    packed = opened(data, file)
    outline = Outline(file)
    writer = _Writer(outline, _heading_styles(packed, file))
    for header in _headers(packed, file):
        outline.paragraph(header)
    writer.blocks(parse_xml(packed.read("word/document.xml"), file))
    for part, name in (("word/footnotes.xml", "footnote"), ("word/endnotes.xml", "endnote")):
        if part in packed.names:
            for note in elements(parse_xml(packed.read(part), file), name):
                if attribute(note, "type") not in _NO_NOTES:
                    writer.notes(note)
    return about(packed, "docProps/core.xml", outline, file, published=_publish_date(packed, file))


class _Writer:
    """Writes the body of a document to an outline."""

    def __init__(self, outline: Outline, styles: dict[str, int]) -> None:
        self._outline = outline
        self._styles = styles
        self._open = ""  # the words of a paragraph whose end was deleted

    def blocks(self, parent: Any) -> None:
        """Write every paragraph and table below an element."""
        for element in parent:
            kind = tag(element)
            if kind == "p":
                self._paragraph(element)
            elif kind == "tbl":
                self._table(element)
            elif kind not in _LEFT_OUT:
                self.blocks(element)

    def notes(self, note: Any) -> None:
        """Write a footnote or endnote as one paragraph."""
        self._outline.paragraph(" ".join(runs(p).strip() for p in elements(note, "p")), tight=True, kind="footnote")

    def _paragraph(self, element: Any) -> None:
        words = self._open + runs(element)
        self._open = ""
        if _end_is_deleted(element):
            self._open = words
            return
        style = next((attribute(found, "val") or "" for found in _properties(element, "pStyle")), "")
        if level := self._styles.get(style):
            self._outline.heading(words, level)
        elif any(True for _ in _properties(element, "numPr")):
            self._outline.paragraph(words, tight=True, kind="list")
        else:
            kind = {"caption": "caption", "quote": "quotation"}.get(style.casefold(), "paragraph")
            self._outline.paragraph(words, kind=kind)
        for box in _boxes(element):
            self.blocks(box)

    def _table(self, table: Any) -> None:
        """Rows with cells on one line; a vertically merged cell is repeated in each of its rows."""
        above: dict[int, str] = {}
        for row in (child for child in table if tag(child) == "tr"):
            if any(tag(found) == "del" for found in _properties(row, "del", "trPr")):
                continue
            cells = list[str]()
            for column, cell in enumerate(_cells(row)):
                words = " ".join(_cell_lines(cell))
                merged = next(iter(_properties(cell, "vMerge", "tcPr")), None)
                if merged is not None and attribute(merged, "val") != "restart" and not words:
                    words = above.get(column, "")
                above[column] = words
                cells.append(words)
            self._outline.paragraph(" | ".join(filter(None, cells)), tight=True, kind="table")


def _cells(row: Any) -> Iterator[Any]:
    for child in row:
        if tag(child) == "tc":
            yield child
        elif tag(child) in ("sdt", "sdtContent", "ins"):
            yield from _cells(child)


def _cell_lines(cell: Any) -> Iterator[str]:
    """The paragraphs of a cell, including those of nested tables and boxes."""
    for child in cell:
        if tag(child) == "p":
            if words := one_line(runs(child)):
                yield words
            for box in _boxes(child):
                yield from _cell_lines(box)
        elif tag(child) not in _LEFT_OUT:
            yield from _cell_lines(child)


def _boxes(paragraph: Any) -> Iterator[Any]:
    """The text boxes anchored in a paragraph, each once, without the fallback for programs before 2010."""
    for box in elements(paragraph, "txbxContent"):
        above = [tag(element) for element in box.iterancestors()]
        if "txbxContent" not in above and "Fallback" not in above:
            yield box


def _properties(element: Any, name: str, holder: str = "pPr") -> Iterator[Any]:
    return (found for child in element if tag(child) == holder for found in child if tag(found) == name)


def _end_is_deleted(paragraph: Any) -> bool:
    marks = (
        found for properties in paragraph if tag(properties) == "pPr" for found in properties if tag(found) == "rPr"
    )
    return any(tag(change) in ("del", "moveFrom") for mark in marks for change in mark)


def runs(element: Any) -> str:
    """The text of a paragraph, without deleted and hidden text and note numbers."""
    words = ""
    for child in element:
        kind = tag(child)
        if kind == "r":
            words += _run(child, words)
        elif kind == "t":  # a formula has its own runs
            words += child.text or ""
        elif kind not in _LEFT_OUT and kind:
            words += runs(child)
    return words


def _run(run: Any, before: str) -> str:
    properties = {tag(found): found for child in run if tag(child) == "rPr" for found in child}
    if _is_on(properties.get("vanish")) or _is_on(properties.get("specVanish")):
        return ""
    words = ""
    for child in run:
        kind = tag(child)
        if kind == "t":
            words += child.text or ""
        elif kind in ("br", "cr"):
            words += "\n"
        elif kind in ("tab", "ptab"):
            words += " "
        elif kind == "noBreakHyphen":
            words += "-"
        elif kind in ("AlternateContent", "Choice", "ruby", "rubyBase"):
            words += runs(child)
    position = properties.get("vertAlign")
    if position is not None and attribute(position, "val") == "superscript":
        return raised(before, words)
    return words


def _is_on(switch: Any) -> bool:
    return switch is not None and attribute(switch, "val") not in ("0", "false", "off")


def _headers(packed: Packed, file: str) -> list[str]:
    """The text of the page headers, without repeats."""
    found = dict[str, None]()
    for name in sorted(name for name in packed.names if re.fullmatch(r"word/header[0-9]*\.xml", name)):
        words = " ".join(filter(None, (one_line(runs(p)) for p in elements(parse_xml(packed.read(name), file), "p"))))
        if re.search(r"[^\W\d_]{2}", words):
            found.setdefault(words)
    return list(found)


def _heading_styles(packed: Packed, file: str) -> dict[str, int]:
    """Heading level by style id: from its outline level, its name (ids are localised, built-in names are not), or the
    style it is based on.
    """
    levels = {f"Heading{level}": level for level in range(1, 7)} | {"Title": 1}
    if "word/styles.xml" not in packed.names:
        return levels
    based = dict[str, str]()
    for style in elements(parse_xml(packed.read("word/styles.xml"), file), "style"):
        identifier = attribute(style, "styleId") or ""
        values = {tag(child): attribute(child, "val") or "" for child in style.iter()}
        named = _HEADING.match(values.get("name", ""))
        if re.fullmatch("[0-5]", values.get("outlineLvl", "")):
            levels[identifier] = int(values["outlineLvl"]) + 1
        elif named:
            levels[identifier] = int(named[1])
        elif values.get("name", "").casefold() == "title":
            levels[identifier] = 1
        elif values.get("basedOn"):
            based[identifier] = values["basedOn"]
    for _ in range(4):
        levels.update(
            {style: levels[parent] for style, parent in based.items() if parent in levels and style not in levels}
        )
    return levels


def _publish_date(packed: Packed, file: str) -> str | None:
    """The publication date an author entered on the cover page."""
    for name in packed.names:
        if re.fullmatch(r"customXml/item[0-9]+\.xml", name) and b"PublishDate" in (part := packed.read(name)):
            for element in elements(parse_xml(part, file), "PublishDate"):
                if day := _DAY.match(element.text or ""):
                    return iso_day(int(day[1]), int(day[2]), int(day[3]))
    return None
