"""Word, PowerPoint and OpenDocument files: zips of XML, read part by part (ECMA-376; ISO/IEC 26300)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sources.clean import one_line
from sources.errors import LoadError
from sources.html import day
from sources.loaded import Loaded
from sources.outline import Outline
from sources.packed import Packed
from sources.sniff import is_old_office
from sources.xml import attribute, parse_xml, tag

_LEFT_OUT = {"del", "moveFrom", "Fallback", "instrText", "delText", "tracked-changes", "annotation", "note-citation"}


def load_docx(data: bytes, file: str) -> Loaded:
    """A Word document: paragraphs, headings by style, tables by row, then foot- and endnotes; deletions left out."""
    packed = _opened(data, file)
    outline = Outline(file)
    styles = _heading_styles(packed, file)
    _word_blocks(outline, parse_xml(packed.read("word/document.xml"), file), styles)
    for notes in ("word/footnotes.xml", "word/endnotes.xml"):
        if notes in packed.names:
            _word_blocks(outline, parse_xml(packed.read(notes), file), {})
    return _loaded(outline, _core(packed, file))


def load_pptx(data: bytes, file: str) -> Loaded:
    """A presentation: each slide is a page; notes of the speaker follow its text."""
    packed = _opened(data, file)
    outline = Outline(file)
    for number, name in enumerate(_numbered(packed, r"ppt/slides/slide([0-9]+)\.xml"), 1):
        outline.page(number)
        for part in (name, name.replace("slides/slide", "notesSlides/notesSlide")):
            if part in packed.names:
                for paragraph in _elements(parse_xml(packed.read(part), file), "p"):
                    outline.paragraph(_runs(paragraph), tight=True)
    return _loaded(outline, _core(packed, file), paged=True)


def load_odt(data: bytes, file: str) -> Loaded:
    """An OpenDocument text: paragraphs, headings by their outline level, tables row by row."""
    packed = _opened(data, file)
    outline = Outline(file)
    _odt_blocks(outline, parse_xml(packed.read("content.xml"), file))
    about = _values(packed, "meta.xml", file)
    about = {"title": about.get("title", ""), "creator": about.get("initial-creator") or about.get("creator", ""),
             "created": about.get("creation-date", "")}  # fmt: skip
    return _loaded(outline, about)


def _opened(data: bytes, file: str) -> Packed:
    if is_old_office(data):
        raise LoadError(f"{file} is protected by a password or of the format before 2007: save it as a new, open file")
    return Packed(data, file)


def _loaded(outline: Outline, about: dict[str, str], *, paged: bool = False) -> Loaded:
    first = outline.headings[0] if outline.headings and outline.headings[0].level == 1 else None
    return Loaded(
        outline.text,
        headings=outline.headings,
        pages=outline.pages if paged else (),
        title=about.get("title") or (outline.text[first.start : first.end] if first else None),
        author=about.get("creator") or None,
        published=day(about.get("created")),
    )


def _core(packed: Packed, file: str) -> dict[str, str]:
    return _values(packed, "docProps/core.xml", file)


def _values(packed: Packed, part: str, file: str) -> dict[str, str]:
    """The texts of the elements of a part by their names."""
    if part not in packed.names:
        return {}
    root = parse_xml(packed.read(part), file)
    return {tag(element): one_line(element.text) for element in root.iter() if element.text and tag(element)}


def _numbered(packed: Packed, pattern: str) -> list[str]:
    found = ((re.fullmatch(pattern, name), name) for name in packed.names)
    return [name for _, name in sorted((int(match[1]), name) for match, name in found if match)]


def _heading_styles(packed: Packed, file: str) -> dict[str, int]:
    """Heading level by style id; styles have other ids in every language, but one outline level."""
    levels = {f"Heading{level}": level for level in range(1, 7)} | {"Title": 1}
    if "word/styles.xml" in packed.names:
        for style in _elements(parse_xml(packed.read("word/styles.xml"), file), "style"):
            for outline in _elements(style, "outlineLvl"):
                value = attribute(outline, "val") or ""
                if re.fullmatch("[0-5]", value):
                    levels[attribute(style, "styleId") or ""] = int(value) + 1
    return levels


def _word_blocks(outline: Outline, parent: Any, styles: dict[str, int]) -> None:
    for element in parent:
        kind = tag(element)
        if kind == "p":
            style = next((attribute(found, "val") or "" for found in _elements(element, "pStyle")), "")
            if level := styles.get(style):
                outline.heading(_runs(element), level)
            else:
                outline.paragraph(_runs(element), tight=any(True for _ in _elements(element, "numPr")))
        elif kind == "tr":
            cells = (" ".join(_runs(p) for p in _elements(cell, "p")) for cell in element if tag(cell) == "tc")
            outline.paragraph(" | ".join(filter(None, map(one_line, cells))), tight=True)
        elif kind not in _LEFT_OUT:
            _word_blocks(outline, element, styles)


def _odt_blocks(outline: Outline, parent: Any) -> None:
    for element in parent:
        kind = tag(element)
        if kind == "h":
            level = attribute(element, "outline-level") or "1"
            outline.heading(_runs(element), min(6, int(level)) if level.isdecimal() and level.isascii() else 1)
        elif kind == "p":
            outline.paragraph(_runs(element), tight=tag(parent) == "list-item")
        elif kind == "table-row":
            outline.paragraph(" | ".join(filter(None, (one_line(_runs(cell)) for cell in element))), tight=True)
        elif kind not in _LEFT_OUT:
            _odt_blocks(outline, element)


def _elements(parent: Any, name: str) -> Iterator[Any]:
    return (element for element in parent.iter() if tag(element) == name)


def _runs(element: Any) -> str:
    """The words of a paragraph: text runs, tabs and breaks of all three formats, without what was deleted."""
    kind = tag(element)
    if kind in _LEFT_OUT or not kind:
        return ""
    if kind in ("br", "cr", "line-break"):
        return "\n"
    if kind in ("tab", "s"):
        return " "
    own = kind in ("t", "p", "h", "span", "a") or kind.startswith("text:")
    words = (element.text or "") if own else ""
    for child in element:
        words += _runs(child) + ((child.tail or "") if own else "")
    return words
