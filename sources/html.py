"""Web pages: the main text without menus, and what the page says of itself. (The importer of trafilatura.)"""

from __future__ import annotations

import re
from typing import Any

from sources.addresses import is_web_address
from sources.clean import clean, one_line
from sources.dates import publication_date
from sources.errors import DateError, LoadError
from sources.loaded import Loaded
from sources.outline import Outline
from sources.text import decode
from sources.xml import tag

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_SCRIPTED = "its text is made by a script or there is none: print the page to PDF from a browser and add that"


def load_html(data: bytes, file: str) -> Loaded:
    """The main text of a page by trafilatura (Barbaresi 2021), with title, author, publisher, date and address."""
    from trafilatura import bare_extraction

    page = bare_extraction(page_text(data, file), with_metadata=True, include_comments=False, include_tables=True)
    if page is None or page.body is None:
        raise LoadError(f"{file} holds no text that is more than menus; {_SCRIPTED}")
    outline = Outline(file)
    add_elements(outline, page.body)
    if not outline.text:
        raise LoadError(f"{file} holds no text that is more than menus; {_SCRIPTED}")
    return Loaded(
        text=outline.text,
        headings=outline.headings,
        title=page.title,
        author=names(page.author),
        publisher=page.sitename,
        published=day(page.date),
        url=page.url if is_web_address(page.url or "") else None,
    )


def page_text(data: bytes, file: str) -> str:
    """The source text of a page in the encoding that it declares, else the one that fits."""
    declared = _CHARSET.search(data[:4096])
    if declared and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return clean(data.decode(declared[1].decode()))
        except (LookupError, UnicodeDecodeError):
            pass  # a declaration that is not true: find out
    return clean(decode(data, file))


def day(written: str | None) -> str | None:
    """A date or time stamp as an ISO day, None where it is neither."""
    try:
        return publication_date(re.split(r"[T ]", written.strip())[0]) if written else None
    except DateError:
        return None


def names(written: str | None) -> str | None:
    """Authors as one line, “;” between them made a comma."""
    return ", ".join(part for part in map(one_line, (written or "").split(";")) if part) or None


def add_elements(outline: Outline, parent: Any) -> None:
    """Add the elements of trafilatura's simplified tree: head, p, list, table, quote, code."""
    if (parent.text or "").strip():
        outline.paragraph(parent.text)
    for element in parent:
        kind = tag(element)
        if kind == "head":
            outline.heading(_words(element), _level(element.get("rend")))
        elif kind in ("list", "table"):
            for line in _lines(element):
                outline.paragraph(line, tight=True)
        elif kind in ("quote", "div", "body", "main") and any(tag(child) in ("p", "list", "head") for child in element):
            add_elements(outline, element)
        elif kind:
            outline.paragraph(_words(element))
        if (element.tail or "").strip():
            outline.paragraph(element.tail)


def _lines(element: Any) -> list[str]:
    """The items of a list, or the rows of a table with their cells on one line."""
    if tag(element) == "list":
        return [_words(item) for item in element]
    return [" | ".join(filter(None, (one_line(_words(cell)) for cell in row))) for row in element.iter("row")]


def _words(element: Any) -> str:
    for break_ in element.iter("lb"):
        break_.text = "\n"
    return "".join(element.itertext())


def _level(rend: str | None) -> int:
    return int(rend[1]) if rend and re.fullmatch(r"h[1-6]", rend) else 2
