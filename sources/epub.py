"""EPUB books: the chapters in the order of the spine, from their XHTML (EPUB 3.3)."""

from __future__ import annotations

import posixpath
from typing import Any
from urllib.parse import unquote

from sources.clean import one_line
from sources.errors import LoadError
from sources.html import day
from sources.loaded import Loaded
from sources.outline import Outline
from sources.packed import Packed
from sources.xml import attribute, parse_html, parse_xml, tag

_BLOCKS = {"p", "li", "blockquote", "dd", "dt", "figcaption", "pre", "tr", "td", "div", "section", "article", "body"}
_LEFT_OUT = {"script", "style", "nav", "head", "svg", "math", "template", "noscript"}


def load_epub(data: bytes, file: str) -> Loaded:
    """A book: its chapters one after the other, with the title, author, publisher and date of its package file."""
    packed = Packed(data, file)
    if "META-INF/encryption.xml" in packed.names and b"EncryptedData" in packed.read("META-INF/encryption.xml"):
        raise LoadError(f"{file} is protected against copying: get a copy without protection")
    container = parse_xml(packed.read("META-INF/container.xml"), file)
    name = next((attribute(e, "full-path") for e in container.iter() if tag(e) == "rootfile"), None) or "content.opf"
    package = parse_xml(_without_doctype(packed.read(name)), file)
    outline = Outline(file)
    for chapter in _spine(package, posixpath.dirname(name)):
        if chapter in packed.names:
            add_markup(outline, parse_html(packed.read(chapter), file))
    about = {tag(e): one_line(e.text) for e in reversed(list(package.iter())) if e.text and tag(e)}
    return Loaded(
        outline.text,
        headings=outline.headings,
        title=about.get("title"),
        author=about.get("creator"),
        publisher=about.get("publisher"),
        published=day(about.get("date")),
        kind="book",
    )


def add_markup(outline: Outline, parent: Any) -> None:
    """Add the blocks of an HTML tree, every word of it (nothing is taken for a menu)."""
    words = parent.text or ""
    for element in parent:
        kind = tag(element)
        if kind in _LEFT_OUT or not kind:
            pass
        elif kind in ("h1", "h2", "h3", "h4", "h5", "h6"):
            outline.paragraph(words)
            words = ""
            outline.heading("".join(element.itertext()), int(kind[1]))
        elif kind == "br":
            words += "\n"
        elif kind in _BLOCKS or any(tag(child) in _BLOCKS for child in element.iter()):
            outline.paragraph(words, tight=tag(parent) in ("li", "td"))
            words = ""
            add_markup(outline, element)
        else:
            words += "".join(element.itertext())
        words += element.tail or ""
    outline.paragraph(words, tight=tag(parent) in ("li", "td", "tr"))


def _spine(package: Any, folder: str) -> list[str]:
    items = {attribute(e, "id"): attribute(e, "href") or "" for e in package.iter() if tag(e) == "item"}
    chosen = (items.get(attribute(e, "idref")) for e in package.iter() if tag(e) == "itemref")
    return [posixpath.normpath(posixpath.join(folder, unquote(href))) for href in chosen if href]


def _without_doctype(data: bytes) -> bytes:
    """EPUB 2 package files may name a document type; one without declarations of its own does no harm."""
    start = data.find(b"<!DOCTYPE")
    end = data.find(b">", start)
    return data[:start] + data[end + 1 :] if 0 <= start < end and b"[" not in data[start:end] else data
