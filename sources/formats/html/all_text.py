"""The blocks of an HTML tree that is all text: a chapter of a book, the body of a message."""

from __future__ import annotations

from typing import Any

from sources.clean import one_line
from sources.formats.text_builder import Outline
from sources.formats.xml import tag

_BLOCKS = {"p", "li", "blockquote", "dd", "dt", "figcaption", "pre", "tr", "td", "div", "section", "article", "body"}
_KINDS = {
    "li": "list",
    "blockquote": "quotation",
    "figcaption": "caption",
    "pre": "code",
    "td": "table",
    "caption": "caption",
}
_LEFT_OUT = {"script", "style", "nav", "head", "svg", "math", "template", "noscript"}


def add_blocks(outline: Outline, parent: Any) -> None:
    """Add the blocks of an HTML tree, all of them (there are no menus to remove)."""
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
        elif kind == "tr":
            outline.paragraph(words)
            words = ""
            cells = (one_line(" ".join(cell.itertext())) for cell in element if tag(cell) in ("td", "th"))
            outline.paragraph(" | ".join(filter(None, cells)), tight=True, kind="table")
        elif kind in _BLOCKS or any(tag(child) in _BLOCKS for child in element.iter()):
            outline.paragraph(words, tight=tag(parent) in ("li", "td"), kind=_KINDS.get(tag(parent), "paragraph"))
            words = ""
            add_blocks(outline, element)
        else:
            words += "".join(element.itertext())
        words += element.tail or ""
    outline.paragraph(words, tight=tag(parent) in ("li", "td"), kind=_KINDS.get(tag(parent), "paragraph"))
