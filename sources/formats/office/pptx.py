"""PowerPoint presentations (ECMA-376): the visible slides in order, each with its notes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from sources.clean import one_line
from sources.formats.archives import Packed
from sources.formats.loaded import Loaded
from sources.formats.office.package import about, elements, opened
from sources.formats.text_builder import Outline, raised
from sources.formats.xml import attribute, parse_xml, tag

_FRAME = ("sldNum", "dt", "ftr", "hdr")  # placeholders of slide numbers, dates and footers


def load_pptx(data: bytes, file: str) -> Loaded:
    """Each slide is a page; tables by row, speaker notes after the slide. Hidden slides are skipped."""
    packed = opened(data, file)
    outline = Outline(file)
    for number, name in enumerate(_slides(packed, file), 1):
        slide = parse_xml(packed.read(name), file)
        if slide.get("show") in ("0", "false"):
            continue
        outline.page(number)
        _sort_by_place(slide)
        for title in (True, False):  # a title is read first, wherever it is placed
            _shapes(outline, slide, titles=title)
        for notes in _related(packed, name, "notesSlide", file):
            _shapes(outline, parse_xml(packed.read(notes), file))
    return about(packed, "docProps/core.xml", outline, file, paged=True)


def _slides(packed: Packed, file: str) -> list[str]:
    """The slide parts in list order; by number if there is no list."""
    presentation = "ppt/presentation.xml"
    listed = [attribute(entry, "id") for entry in _list(packed, presentation, file)]
    targets = _targets(packed, presentation, file)
    ordered = [targets[identifier][1] for identifier in listed if identifier in targets]
    if ordered:
        return [name for name in ordered if name in packed.names]
    found = ((re.fullmatch(r"ppt/slides/slide([0-9]+)\.xml", name), name) for name in packed.names)
    return [name for _, name in sorted((int(match[1]), name) for match, name in found if match)]


def _list(packed: Packed, part: str, file: str) -> Iterator[Any]:
    """The entries of the list; only the namespaced id counts."""
    for entry in elements(parse_xml(packed.read(part), file), "sldId"):
        for key in list(entry.attrib):
            if key == "id":
                del entry.attrib[key]
        yield entry


def _targets(packed: Packed, part: str, file: str) -> dict[str | None, tuple[str, str]]:
    """(kind, part) by relationship id of a part."""
    folder, name = posixpath.split(part)
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in packed.names:
        return {}
    found = {}
    for relation in elements(parse_xml(packed.read(relations), file), "Relationship"):
        target = relation.get("Target") or ""
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found[relation.get("Id")] = ((relation.get("Type") or "").rpartition("/")[2], path)
    return found


def _related(packed: Packed, part: str, kind: str, file: str) -> list[str]:
    related = [path for found, path in _targets(packed, part, file).values() if found == kind and path in packed.names]
    by_name = part.replace("slides/slide", "notesSlides/notesSlide")
    has_relations = f"{posixpath.dirname(part)}/_rels/{posixpath.basename(part)}.rels" in packed.names
    return related or ([by_name] if not has_relations and by_name in packed.names else [])


def _sort_by_place(slide: Any) -> None:
    """Sort the shapes of a slide into visual order, if each has a position."""
    for tree in elements(slide, "spTree"):
        shapes = [child for child in tree if tag(child) in ("sp", "graphicFrame", "grpSp", "pic", "cxnSp")]
        places = [next(elements(shape, "off"), None) for shape in shapes]
        if all(place is not None for place in places):
            found = [(_number(place, "y"), _number(place, "x"), at) for at, place in enumerate(places)]
            for _, _, at in sorted(found):
                tree.append(shapes[at])  # this moves it to the end


def _number(place: Any, name: str) -> int:
    written = place.get(name) or "0"
    return int(written) if re.fullmatch(r"-?[0-9]{1,12}", written) else 0


def _shapes(outline: Outline, parent: Any, *, titles: bool = False) -> None:
    """Add the titles, or everything else."""
    for element in parent:
        kind = tag(element)
        if kind == "sp":
            place = next((found.get("type") or "body" for found in elements(element, "ph")), "")
            if place not in _FRAME and (place in ("title", "ctrTitle")) == titles:
                _paragraphs(outline, element, is_title=titles)
        elif kind in ("tr", "p") and titles:
            continue
        elif kind == "tr":
            cells = (one_line(" ".join(_runs(p) for p in elements(cell, "p"))) for cell in element if tag(cell) == "tc")
            outline.paragraph(" | ".join(filter(None, cells)), tight=True, kind="table")
        elif kind == "p":
            outline.paragraph(_runs(element), tight=True)
        elif kind not in ("Fallback", "") and len(element):
            _shapes(outline, element, titles=titles)


def _paragraphs(outline: Outline, shape: Any, *, is_title: bool) -> None:
    paragraphs = [_runs(paragraph) for paragraph in elements(shape, "p")]
    if is_title:
        outline.heading(" ".join(paragraphs), 1)
        return
    for words in paragraphs:
        outline.paragraph(words, tight=True)


def _runs(paragraph: Any) -> str:
    words = ""
    for child in paragraph:
        kind = tag(child)
        if kind in ("r", "fld"):
            said = "".join(found.text or "" for found in child if tag(found) == "t")
            baseline = next((found.get("baseline") or "0" for found in child if tag(found) == "rPr"), "0")
            words += raised(words, said) if re.fullmatch(r"[1-9][0-9]*", baseline) else said
        elif kind == "br":
            words += "\n"
    return words
