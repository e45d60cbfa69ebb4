"""Web pages: the main text without menus, and the page's metadata. (The importer of trafilatura.)"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sources.clean import clean, one_line
from sources.edtf import publication_day
from sources.errors import LoadError
from sources.formats.html.dates import Found, other_dates, page_date
from sources.formats.html.people import page_author
from sources.formats.html.tree import asks_to_log_in, prepare
from sources.formats.loaded import Loaded
from sources.formats.plain_text import decode
from sources.formats.text_builder import Outline
from sources.formats.xml import parse_html, tag
from sources.text.urls import is_web_address

_HIDDEN = re.compile(rb"<!--.{0,8192}?-->|<(script|style)\b.{0,8192}?</\1", re.IGNORECASE | re.DOTALL)
_CHARSET = re.compile(rb"<meta\s[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"<\?xml[^>]{0,80}?encoding\s*=\s*[\"']([\w-]{1,40})")
_HEAD_BYTES = 8_192  # bytes within which a page has to declare its encoding
_SCRIPTED = "its text is made by a script or there is none: print the page to PDF from a browser and add that"
_LOGIN_LETTERS = 400  # letters; a page with a password field shows at most this much besides
_BLOCKS = ("p", "list", "table", "head", "quote", "item", "code", "div")


def load_html(data: bytes, file: str) -> Loaded:
    """The main text of a page by trafilatura (Barbaresi 2021), with title, author, publisher, date and address."""
    from trafilatura import bare_extraction

    source = page_text(data, file)
    if "<" not in source:
        raise LoadError(f"{file} is no web page: rename it with the extension of its real format")
    root = parse_html(source.encode(), file)
    language = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    locked = asks_to_log_in(root)
    address = _address(root)
    date = page_date(root, address, language)
    others = other_dates(root, language) if date is None else frozenset[str]()
    notices = prepare(root)
    page = bare_extraction(
        root, with_metadata=True, include_comments=False, include_tables=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )  # fmt: skip
    outline = Outline(file)
    if page is not None and page.body is not None:
        add_elements(outline, page.body)
    if locked and len(outline.text) < _LOGIN_LETTERS:
        raise LoadError(f"{file} is a page that asks to log in: save the article itself while you are logged in")
    if page is None or not outline.text:
        raise LoadError(f"{file} holds no text that is more than menus; {_SCRIPTED}")
    author = page_author(root, page.sitename)
    date = date or _guessed(page.date, others)
    return Loaded(
        text=outline.text,
        headings=outline.headings,
        blocks=outline.blocks,
        title=page.title,
        author=author.iso if author else None,
        author_origin=author.origin if author else None,
        publisher=page.sitename,
        published=date.iso if date else None,
        date_origin=date.origin if date else None,
        url=address or (page.url if is_web_address(page.url or "") else None),
        notices=tuple(notices),
    )


def page_text(data: bytes, file: str) -> str:
    """The source text of a page in the encoding declared in a real `meta`, else in a detected one."""
    head = _HIDDEN.sub(b" ", data[:_HEAD_BYTES]).partition(b"<!--")[0]
    declared = _CHARSET.search(head) or _XML_CHARSET.match(head.lstrip())
    return clean(decode(data, file, declared[1].decode() if declared else None))


def _guessed(written: str | None, others: frozenset[str]) -> Found | None:
    """What htmldate finds in the page's markup, unless the page says it is the date of something else."""
    found = publication_day(written)
    return Found(found, "the page's markup") if found and found not in others else None


def _address(root: Any) -> str | None:
    """The canonical address of the page."""
    links = (link.get("href") for link in root.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
    metas = (meta.get("content") for meta in root.iter("meta") if (meta.get("property") or "").lower() == "og:url")
    return next((url for url in (*links, *metas) if url and is_web_address(url)), None)


def add_elements(outline: Outline, parent: Any) -> None:
    """Add the elements of trafilatura's simplified tree: head, p, list, table, quote, code."""
    if (parent.text or "").strip():
        outline.paragraph(parent.text)
    quoted = "quotation" if tag(parent) == "quote" else "paragraph"
    for element in parent:
        kind = tag(element)
        if kind == "head":
            outline.heading(_words(element), _level(element.get("rend")))
        elif kind in ("list", "table"):
            for line in _lines(element):
                outline.paragraph(line, tight=True, kind=kind)
        elif kind in ("quote", "div", "body", "main") and any(tag(child) in _BLOCKS for child in element):
            add_elements(outline, element)
        elif kind:
            outline.paragraph(_words(element), kind={"quote": "quotation", "code": "code"}.get(kind, quoted))
        if (element.tail or "").strip():
            outline.paragraph(element.tail)


def _lines(element: Any) -> Iterator[str]:
    """The items of a list, or the rows of a table with their cells on one line."""
    if tag(element) == "list":
        for item in element:
            yield from _item_lines(item)
        return
    for row in element.iter("row"):
        yield " | ".join(filter(None, (one_line(_with_gaps(cell)) for cell in row)))


def _item_lines(item: Any) -> Iterator[str]:
    """An item, its paragraphs and the items below it each on a line."""
    words = item.text or ""
    for child in item:
        if tag(child) == "lb":
            words += "\n"
        elif tag(child) in _BLOCKS:
            yield words
            words = ""
            yield from _lines(child) if tag(child) in ("list", "table") else _item_lines(child)
        else:
            words += _words(child)
        words += child.tail or ""
    yield words


def _with_gaps(cell: Any) -> str:
    """The text of a cell, with a space between its paragraphs and lines."""
    parts = []
    for element in cell.iter():
        parts.append(" " if tag(element) in (*_BLOCKS, "lb") else "")
        parts.append(element.text or "")
        if element is not cell:
            parts.append((" " if tag(element) in _BLOCKS else "") + (element.tail or ""))
    return "".join(parts)


def _words(element: Any) -> str:
    for break_ in element.iter("lb"):
        break_.text = "\n"
    return "".join(element.itertext())


def _level(rend: str | None) -> int:
    return int(rend[1]) if rend and re.fullmatch(r"h[1-6]", rend) else 2
