"""Markdown files that are not briefs: headings detected, markup removed, front matter used if valid."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sources.briefs import front_matter
from sources.clean import clean, one_line
from sources.document import KINDS, Block, Heading
from sources.edtf import publication_day
from sources.errors import LoadError
from sources.formats.loaded import Loaded
from sources.formats.plain_text import decode
from sources.formats.text_builder import raised
from sources.text.urls import is_web_address

if TYPE_CHECKING:
    from markdown_it.token import Token

_HIDDEN = re.compile(r"<!--.*?(?:-->|$)|<(script|style)\b.*?(?:</\1\s*>|$)", re.DOTALL | re.IGNORECASE)
_DEFINITION = re.compile(r"^ {0,3}\[\^([^\]\s]{1,60})\]:[ \t]*", re.MULTILINE)
_MARK = re.compile(r"\[\^([^\]\s]{1,60})\]")
_KINDS = {
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "blockquote_open": "quotation",
}
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
    """The text of a Markdown file: paragraphs separated by an empty line, list items and table rows one per line."""
    text = clean(decode(data, file))
    front = front_matter.split(text, file)
    # A `---` without front matter is a rule in Markdown; other programs' front matter need not be valid here.
    if front.problems and not front.values and re.match(r"---\s*\n[\w-]+:", text):
        raise LoadError(str(front.problems[0]))
    body = front.body if front.values or not front.problems else text
    plain, headings, blocks = _plain(_without_note_marks(body))
    values = {name: _first(front.values, keys) for name, keys in _KEYS.items()}
    published = publication_day(values["published"])
    first = plain[headings[0].start : headings[0].end] if headings and headings[0].level == 1 else None
    return Loaded(
        text=plain,
        headings=tuple(headings),
        blocks=tuple(blocks),
        title=front.values.get("title") or first,
        author=values["author"],
        publisher=values["publisher"],
        published=published,
        date_origin="the front matter" if published else None,
        author_origin="the front matter" if values["author"] else None,
        url=values["url"] if is_web_address(values["url"] or "") else None,
        language=values["language"] if re.fullmatch(r"[a-z]{2,3}", values["language"] or "") else None,
        kind=values["kind"] if values["kind"] in KINDS[1:] else None,
        party=values["party"],
        summary=values["summary"],
    )


def _first(values: dict[str, str], keys: Sequence[str]) -> str | None:
    return next((one_line(values[key]) for key in keys if values.get(key)), None)


def _without_note_marks(body: str) -> str:
    """PHP Markdown Extra footnotes: remove the marks, keep the texts as paragraphs."""
    defined = {match[1] for match in _DEFINITION.finditer(body)}
    if not defined:
        return body
    body = _DEFINITION.sub("\n", body)
    return _MARK.sub(lambda match: "" if match[1] in defined else match[0], body)


def _plain(body: str) -> tuple[str, list[Heading], list[Block]]:
    from markdown_it import MarkdownIt

    parts, length, headings, blocks = list[str](), 0, list[Heading](), list[Block]()
    for words, level, tight, kind in _lines(MarkdownIt("commonmark").enable("table").parse(body)):
        gap = ("\n" if tight else "\n\n") if parts else ""
        parts += (gap, words)
        length += len(gap) + len(words)
        if level:
            headings.append(Heading(length - len(words), length, level))
        blocks.append(Block(length - len(words), length, "heading" if level else kind))
    return "".join(parts), headings, blocks


def _lines(tokens: Sequence[Token]) -> Iterator[tuple[str, int, bool, str]]:
    """(words, heading level or 0, whether it follows the previous line without a gap, kind), one line per table row."""
    level, tight, row = 0, False, None
    open_kinds = list[str]()
    for token in tokens:
        _note_kind(token, open_kinds)
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
            kind = "code" if token.type in ("fence", "code_block") else open_kinds[-1] if open_kinds else "paragraph"
            yield (one_line(words) if level else words), level, tight, kind
            level, tight = 0, token.type == "tr_close"


def _note_kind(token: Token, open_kinds: list[str]) -> None:
    """Track the kinds of the open blocks."""
    if token.type in _KINDS:
        open_kinds.append(_KINDS[token.type])
    elif token.type.endswith("_close") and token.type.replace("_close", "_open") in _KINDS and open_kinds:
        open_kinds.pop()


def _words(token: Token) -> str:
    if token.type == "inline":
        return _inlines(token.children or ())
    if token.type in ("fence", "code_block"):
        return token.content
    return _TAG.sub("", _HIDDEN.sub("", token.content)).strip() if token.type == "html_block" else ""


def _inlines(tokens: Sequence[Token]) -> str:
    """The text of a line; superscript numbers become what `note_marks` makes of them."""
    words, before = "", ""
    high = False
    for token in tokens:
        if token.type == "html_inline" and token.content.lower().startswith(("<sup", "</sup")):
            opens = not token.content.startswith("</")
            if opens and not high:
                before, words = words, ""
            elif not opens and high:
                words = before + raised(before, words)
            high = opens
            continue
        words += _inline(token)
    return before + words if high else words


def _inline(token: Token) -> str:
    if token.type == "softbreak":
        return " "
    if token.type == "hardbreak":
        return "\n"
    if token.type == "image":
        return "".join(_inline(child) for child in token.children or ())
    return token.content if token.type in ("text", "code_inline", "text_special") else ""
