"""Shared by the office formats: opening the file, walking its XML, reading its metadata."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sources.clean import one_line
from sources.errors import LoadError
from sources.formats.archives import Packed
from sources.formats.loaded import Loaded
from sources.formats.sniff import is_old_office
from sources.formats.text_builder import Outline
from sources.formats.xml import parse_xml, tag
from sources.text.titles import plausible_author, plausible_title


def opened(data: bytes, file: str) -> Packed:
    """The parts of an office file; LoadError for pre-2007 formats and encrypted files."""
    if is_old_office(data):
        raise LoadError(f"{file} is protected by a password or of the format before 2007: save it as a new, open file")
    return Packed(data, file)


def elements(parent: Any, name: str) -> Iterator[Any]:
    """Every element of that name, whatever its namespace."""
    return (element for element in parent.iter() if tag(element) == name)


def values(packed: Packed, part: str, file: str) -> dict[str, str]:
    """The texts of the elements of a part by their names."""
    if part not in packed.names:
        return {}
    root = parse_xml(packed.read(part), file)
    return {tag(element): one_line(element.text) for element in root.iter() if element.text and tag(element)}


def about(
    packed: Packed, part: str, outline: Outline, file: str, *, paged: bool = False, published: str | None = None
) -> Loaded:
    """The result, with title and author if they are plausible. The creation date of a file is not its publication
    date.
    """
    said = values(packed, part, file)
    text = outline.text
    first = outline.headings[0] if outline.headings and (paged or outline.headings[0].level == 1) else None
    return Loaded(
        text,
        headings=outline.headings,
        blocks=outline.blocks,
        pages=outline.pages if paged else (),
        title=plausible_title(said.get("title"), text) or (text[first.start : first.end] if first else None),
        author=plausible_author(said.get("initial-creator") or said.get("creator")),
        author_origin="the file's metadata",
        published=published,
        date_origin="the publication date on the cover page" if published else None,
    )
