"""Markdown files that are no briefs: headings found, markup taken off, front matter used where it says something."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sources import front_matter
from sources.addresses import is_web_address
from sources.clean import clean, one_line
from sources.dates import publication_date
from sources.document import KINDS, Heading
from sources.errors import DateError, LoadError
from sources.loaded import Loaded
from sources.text import decode

if TYPE_CHECKING:
    from markdown_it.token import Token

_HIDDEN = re.compile(r"<!--.*?(?:-->|$)|<(script|style)\b.*?(?:</\1\s*>|$)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_KEYS = {
    "author": ("author", "authors", "by"),
    "publisher": ("publisher", "site", "publication"),
    "published": ("published", "date"),
    "url": ("url", "source", "link"),
    "language": ("language", "lang"),
    "kind": ("kind",),
    "party": ("party",),
    "summary": ("summary", "description"),
}


def load_markdown(data: bytes, file: str) -> Loaded:
    """The text of a Markdown file: paragraphs with an empty line between, list items and table rows on one each."""
    text = clean(decode(data, file))
    front = front_matter.split(text, file)
    # A `---` that opens no front matter is a rule in Markdown; what other programs keep in it need not suit us.
    if front.problems and not front.values and re.match(r"---\s*\n[\w-]+:", text):
        raise LoadError(str(front.problems[0]))
    body = front.body if front.values or not front.problems else text
    plain, headings = _plain(body)
    values = {name: _first(front.values, keys) for name, keys in _KEYS.items()}
    first = plain[headings[0].start : headings[0].end] if headings and headings[0].level == 1 else None
    return Loaded(
        text=plain,
        headings=tuple(headings),
        title=front.values.get("title") or first,
        author=values["author"],
        publisher=values["publisher"],
        published=_date(values["published"]),
        url=values["url"] if is_web_address(values["url"] or "") else None,
        language=values["language"] if re.fullmatch(r"[a-z]{2,3}", values["language"] or "") else None,
        kind=values["kind"] if values["kind"] in KINDS else None,
        party=values["party"],
        summary=values["summary"],
    )


def _first(values: dict[str, str], keys: Sequence[str]) -> str | None:
    return next((one_line(values[key]) for key in keys if values.get(key)), None)


def _date(written: str | None) -> str | None:
    """The day of a date or time stamp, None where it is neither."""
    if not written:
        return None
    try:
        return publication_date(re.split(r"[T ]", written)[0])
    except DateError:
        return None


def _plain(body: str) -> tuple[str, list[Heading]]:
    from markdown_it import MarkdownIt

    text, headings = "", list[Heading]()
    for words, level, tight in _lines(MarkdownIt("commonmark").enable("table").parse(body)):
        text += ("\n" if tight else "\n\n") if text else ""
        if level:
            headings.append(Heading(len(text), len(text) + len(words), level))
        text += words
    return text, headings


def _lines(tokens: Sequence[Token]) -> Iterator[tuple[str, int, bool]]:
    """(words, heading level or 0, whether it follows the line before without a gap), a table row on one line."""
    level, tight, row = 0, False, None
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type in ("list_item_open", "tbody_open"):
            tight = True
        elif token.type in ("table_close", "bullet_list_close", "ordered_list_close"):
            tight = False
        elif token.type == "tr_open":
            row = list[str]()
        words = _words(token).strip("\n")
        if row is not None and token.type == "inline":
            row.append(words)
        elif row is not None and token.type == "tr_close":
            words, row = " | ".join(row), None
        if row is None and words.strip():
            yield (one_line(words) if level else words), level, tight
            level, tight = 0, token.type == "tr_close"


def _words(token: Token) -> str:
    if token.type == "inline":
        return "".join(_inline(child) for child in token.children or ())
    if token.type in ("fence", "code_block"):
        return token.content
    return _TAG.sub("", _HIDDEN.sub("", token.content)).strip() if token.type == "html_block" else ""


def _inline(token: Token) -> str:
    if token.type == "softbreak":
        return " "
    if token.type == "hardbreak":
        return "\n"
    if token.type == "image":
        return "".join(_inline(child) for child in token.children or ())
    return token.content if token.type in ("text", "code_inline", "text_special") else ""
