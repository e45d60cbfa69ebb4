"""EPUB books: the chapters in spine order, from their XHTML (EPUB 3.3)."""

from __future__ import annotations

import posixpath
import re
from typing import Any
from urllib.parse import unquote

from sources.clean import one_line
from sources.errors import LoadError
from sources.formats.archives import Packed
from sources.formats.html.all_text import add_blocks
from sources.formats.html.dates import stamp
from sources.formats.html.loader import page_text
from sources.formats.html.tree import mark_notes
from sources.formats.loaded import Loaded
from sources.formats.text_builder import Outline
from sources.formats.xml import attribute, parse_html, parse_xml, tag

_ABOUT = ("title", "publisher", "language")
_MASKS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_FONTS = (".ttf", ".otf", ".woff", ".woff2", ".ttc")


def load_epub(data: bytes, file: str) -> Loaded:
    """A book: its chapters in order, with title, author, publisher and date from its package file."""
    packed = Packed(data, file)
    if _is_protected(packed, file):
        raise LoadError(f"{file} is protected against copying: get a copy without protection")
    container = parse_xml(packed.read("META-INF/container.xml"), file)
    name = next((attribute(e, "full-path") for e in container.iter() if tag(e) == "rootfile"), None) or "content.opf"
    package = parse_xml(_without_doctype(packed.read(name)), file)
    outline = Outline(file)
    for chapter in _spine(package, posixpath.dirname(name)):
        if chapter in packed.names:
            root = parse_html(page_text(packed.read(chapter), file).encode() or b" ", file)
            mark_notes(root)
            add_blocks(outline, root)
    about = {
        name: one_line("".join(e.itertext())) for e in reversed(list(package.iter())) if (name := tag(e)) in _ABOUT
    }
    published = _published(package)
    return Loaded(
        outline.text,
        headings=outline.headings,
        blocks=outline.blocks,
        title=about.get("title") or None,
        author=", ".join(_authors(package)) or None,
        author_origin="the book's metadata",
        publisher=about.get("publisher") or None,
        published=published,
        date_origin="the book's metadata (publication)" if published else None,
        language=language[0]
        if (language := re.match(r"[a-z]{2,3}(?=$|-)", about.get("language", "").lower()))
        else None,
        kind="book",
    )


def _is_protected(packed: Packed, file: str) -> bool:
    """Whether anything but fonts is encrypted; font obfuscation is no protection (EPUB 3.3, 4.4)."""
    name = "META-INF/encryption.xml"
    if name not in packed.names:
        return False
    for found in parse_xml(packed.read(name), file).iter():
        if tag(found) == "EncryptedData":
            method = next((attribute(e, "Algorithm") or "" for e in found.iter() if tag(e) == "EncryptionMethod"), "")
            parts = [attribute(e, "URI") or "" for e in found.iter() if tag(e) == "CipherReference"]
            if method not in _MASKS and not all(part.lower().endswith(_FONTS) for part in parts):
                return True
    return False


def _authors(package: Any) -> list[str]:
    """The creators; if roles are given, only the authors."""
    roles = {
        (attribute(e, "refines") or "")[1:]: one_line(e.text)
        for e in package.iter()
        if attribute(e, "property") == "role"
    }
    people = [
        (one_line("".join(e.itertext())), attribute(e, "role") or roles.get(attribute(e, "id") or "", ""))
        for e in package.iter()
        if tag(e) == "creator"
    ]
    writers = [name for name, role in people if role == "aut"] or [name for name, role in people if not role]
    return [name for name in writers if name and name.casefold() not in ("unknown", "unbekannt", "anonymous")]


def _published(package: Any) -> str | None:
    """The date of publication; dates of files, modifications and conversions do not count."""
    dates = [(attribute(e, "event") or "", stamp(e.text)) for e in package.iter() if tag(e) == "date"]
    for wanted in ("original-publication", "publication", "issued", ""):
        found = [date for event, date in dates if event.lower() == wanted and date]
        if found:
            return found[0]
    return None


def _spine(package: Any, folder: str) -> list[str]:
    items = {attribute(e, "id"): attribute(e, "href") or "" for e in package.iter() if tag(e) == "item"}
    chosen = (items.get(attribute(e, "idref")) for e in package.iter() if tag(e) == "itemref")
    return [posixpath.normpath(posixpath.join(folder, unquote(href))) for href in chosen if href]


def _without_doctype(data: bytes) -> bytes:
    """EPUB 2 package files may have a document type; without declarations of its own it is harmless."""
    start = data.find(b"<!DOCTYPE")
    end = data.find(b">", start)
    return data[:start] + data[end + 1 :] if 0 <= start < end and b"[" not in data[start:end] else data
