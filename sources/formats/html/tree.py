"""Prepares a web page's tree for text extraction: notes, line breaks, lists of links, cookie and payment boxes.

Each rule looks at structure first, and at words only where they define the kind (“cookies”). Pure, except that it
modifies
the tree.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from sources.formats.html.dates import words
from sources.formats.text_builder import raised
from sources.formats.xml import tag

_COMMENTS = re.compile(
    r"(?i)(?:^|[\s_-])(?:comments?(?:-?(?:list|area|section|thread|wrap\w*))?|disqus\w*|kommentare?|respond)(?:$|[\s_-])"
)
_PAID = re.compile(
    r"(?i)pay-?wall|reg-?wall|subscri(?:be|ption)|piano|meter(?:ed)?-|premium-(?:box|offer)|login-?(?:box|wall|prompt)"
)
_PAID_WORDS = re.compile(
    r"(?i)subscri|sign (?:in|up)|log ?in|member|free trial|unlimited|register|abonn|anmelden|s'abonner|подпис|اشتراک|سبسکرائب|گډون"
)
_COOKIES = re.compile(r"(?i)cookies?|куки|کوکی")
_CONSENT = re.compile(
    r"(?i)privacy|consent|accept|agree|polic|improve|experience|personali|preferences|datenschutz|zustimm|confidentialité|accepte"
    r"|соглас|конфиденц|رازداری|حریم خصوصی|continu"
)
_COOKIE_LETTERS = 600  # maximum letters of a cookie notice; an article about cookies is longer
_PAGE_SHARE = 0.4  # of its letters
_LINKED_SHARE = 0.75  # share of a box's letters that are links: it leads elsewhere
_BLOCKS = frozenset(
    {
        "p",
        "div",
        "ul",
        "ol",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "pre",
        "section",
        "article",
        "figure",
        "dl",
    }
)
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")


def prepare(root: Any) -> list[str]:
    """Modify the tree; returns notices about the page for a person."""
    mark_notes(root)
    for element in [*filter(_is_comments, root.iter()), *_cookie_boxes(root), *filter(_is_link_box, root.iter())]:
        _drop(element)
    paid = [element for element in root.iter() if _is_paid_box(element)]
    for element in paid:
        _drop(element)
    for table in list(root.iter("table")):
        _fill_spans(table)
        _unwrap_layout(table)
    for element in list(root.iter()):
        _split_at_breaks(element)
    return ["the page shows only a part of its text without a subscription"] if paid else []


def asks_to_log_in(root: Any) -> bool:
    """Whether the page has a password field."""
    return any((field.get("type") or "").lower() == "password" for field in root.iter("input"))


def _drop(element: Any) -> None:
    """Remove an element, but keep the text after it."""
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail or ""
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def mark_notes(root: Any) -> None:
    """Remove note numbers in superscript; the exponent of a unit becomes a character."""
    for element in list(root.iter("sup")):
        said = words(element)
        becomes = raised(_text_before(element), said)
        if not becomes:
            _drop(element)
        elif becomes != said:
            for child in list(element):
                element.remove(child)
            element.text, element.tag = becomes, "span"

    for link in list(root.iter("a")):
        if _is_note_link(link):
            _drop(link)


def _is_note_link(link: Any) -> bool:
    """Whether a link is a note mark: marked up as one, or a number attached to a word that links within the page."""
    if raised("", words(link)):
        return False
    if "noteref" in f"{link.get('epub:type') or ''} {link.get('role') or ''} {link.get('class') or ''}":
        return True
    glued = not _text_before(link)[-1:].isspace() and bool(_text_before(link))
    return glued and (link.get("href") or "").startswith("#") and any(map(str.isdigit, words(link)))


def _text_before(element: Any) -> str:
    before = element.getprevious()
    if before is not None:
        return before.tail or ""
    return (element.getparent().text or "") if element.getparent() is not None else ""


def _named(element: Any) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def _is_comments(element: Any) -> bool:
    return tag(element) in ("section", "div", "ol", "ul", "aside") and _COMMENTS.search(_named(element)) is not None


def _is_cookie_box(element: Any) -> bool:
    if tag(element) not in ("p", "div", "section", "aside", "dialog", "form"):
        return False
    said = words(element)
    if len(said) > _COOKIE_LETTERS or not _COOKIES.search(said):
        return False
    return _CONSENT.search(said) is not None


def _cookie_boxes(root: Any) -> list[Any]:
    """Remove cookie notices; if they are much of the page, the page is about cookies, and only boxes are removed."""
    boxes = list(filter(_is_cookie_box, root.iter()))
    outer = [box for box in boxes if not any(above in boxes for above in box.iterancestors())]
    said = sum(len(words(box)) for box in outer)
    body = next(root.iter("body"), root)
    return outer if said < _PAGE_SHARE * len(words(body)) else [box for box in outer if _COOKIES.search(_named(box))]


def _is_paid_box(element: Any) -> bool:
    if tag(element) not in ("div", "section", "aside", "form", "p") or not _PAID.search(_named(element)):
        return False
    said = words(element)
    return 0 < len(said) < _COOKIE_LETTERS and _PAID_WORDS.search(said) is not None


def _is_link_box(element: Any) -> bool:
    """A box of at least two links to other pages with hardly any other text, and its heading."""
    if tag(element) not in ("div", "section", "aside", "ul", "ol"):
        return False
    links = [
        link for link in element.iter("a") if len(words(link)) > 12 and not (link.get("href") or "").startswith("#")
    ]
    if len(links) < 2 or any(tag(child) in ("h1", "main", "article", "time") for child in element.iter()):
        return False
    heading = sum(len(words(child)) for child in element.iter(*_HEADINGS) if not any(True for _ in child.iter("a")))
    said = len(words(element)) - heading
    return said > 0 and heading < 80 and sum(len(words(link)) for link in links) >= _LINKED_SHARE * said


# tables


def _fill_spans(table: Any) -> None:
    """Repeat a cell that spans rows in each of them, so that every row can be read by itself."""
    open_cells: dict[int, tuple[int, Any]] = {}
    for row in [row for row in table.iter("tr") if _table_of(row) is table][:2_000]:
        cells = [cell for cell in row if tag(cell) in ("td", "th")]
        column, at = 0, 0
        while at < len(cells) or column in open_cells:
            if column in open_cells:
                left, cell = open_cells.pop(column)
                copied = copy.deepcopy(cell)
                copied.tail = None
                row.insert(row.index(cells[at]) if at < len(cells) else len(row), copied)
                if left > 1:
                    open_cells[column] = (left - 1, cell)
                column += 1
                continue
            cell = cells[at]
            rows = _span(cell, "rowspan")
            if rows > 1 and len(words(cell)) < 300:
                cell.attrib.pop("rowspan", None)
                open_cells[column] = (rows - 1, copy.deepcopy(cell))
            column += _span(cell, "colspan")
            at += 1


def _table_of(row: Any) -> Any:
    return next((above for above in row.iterancestors("table")), None)


def _span(cell: Any, name: str) -> int:
    written = cell.get(name) or "1"
    return min(100, int(written)) if written.isdecimal() and written.isascii() and int(written) else 1


def _unwrap_layout(table: Any) -> None:
    """Unwrap a table of one column: it is only layout."""
    rows = [row for row in table.iter("tr") if _table_of(row) is table]
    if rows and all(sum(tag(cell) in ("td", "th") for cell in row) == 1 for row in rows) and len(words(table)) > 200:
        for element in table.iter("table", "tbody", "thead", "tr", "td", "th"):
            if element is table or _table_of(element) is table:
                element.tag = "div"


# breaks


def _split_at_breaks(element: Any) -> None:
    """Turn text separated by double line breaks into paragraphs."""
    if tag(element) not in ("p", "div", "font", "td", "span", "article", "section", "body", "main", "center"):
        return
    children = list(element)
    doubles = sum(1 for one, other in pairwise(children) if _double_break(one, other))
    if not doubles or any(tag(child) in _BLOCKS for child in children):
        return
    pieces = list(_pieces(element, children))
    element.text = None
    for child in children:
        element.remove(child)
    element.tag = "div" if tag(element) in ("p", "font", "span", "center") else element.tag
    for text, inside in pieces:
        paragraph = element.makeelement("p")
        paragraph.text = text
        paragraph.extend(inside)
        if words(paragraph):
            element.append(paragraph)


def _double_break(one: Any, other: Any) -> bool:
    return tag(one) == "br" and tag(other) == "br" and not (one.tail or "").strip()


def _pieces(element: Any, children: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    """(text, elements) between the double breaks."""
    text, inside, at = element.text or "", list[Any](), 0
    while at < len(children):
        child = children[at]
        if at + 1 < len(children) and _double_break(child, children[at + 1]):
            yield text, inside
            at += 2
            while at < len(children) and tag(children[at]) == "br" and not (children[at - 1].tail or "").strip():
                at += 1
            text, inside = children[at - 1].tail or "", []
            continue
        inside.append(child)
        at += 1
    yield text, inside
