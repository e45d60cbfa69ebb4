"""The blocks of a brief's Markdown: headings, bullets, footnote definitions and paragraphs, with their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sources.briefs.footnotes import DEFINITION
from sources.clean import one_line

BLOCK_LETTERS = 10_000  # characters per block; some patterns below take quadratic time

Kind = Literal["heading", "bullet", "footnote", "paragraph", "foreign", "blank"]

_HEADING = re.compile(r"(#{1,6})(?:\s+(.*?))??(?:\s+#+)?")
_BULLET = re.compile(r"[-*+]\s+(.*)")
_FOREIGN = re.compile(r"[>|]|```|~~~|\d{1,9}[.)]\s|<[a-zA-Z/!]")
_PAIRS = (
    re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*"),
    re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]+)(?<=[^\s*])\*(?![\w*])"),
    re.compile(r"(?<!\w)_(?=[^\s_])([^_]+)(?<=[^\s_])_(?!\w)"),
)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_ESCAPE = re.compile(r"\\([\\`*_\[\]<>#~.+-])")


@dataclass(frozen=True, slots=True)
class Block:
    """A block on one line; `words` is the id of a footnote (`rest`: its definition) or the complaint about a foreign
    block.
    """

    kind: Kind
    line: int
    words: str
    rest: str = ""
    level: int = 0


def blocks(body: str, first_line: int) -> Iterator[Block]:
    """The blocks of a body in order; a paragraph or an indented bullet may span several lines."""
    kind: Kind = "blank"
    begun, parts = 0, list[str]()
    for number, raw in enumerate([*body.split("\n"), ""], first_line):
        found = _kind(raw.strip())
        if parts and (found != "paragraph" or kind not in ("paragraph", "bullet")):
            yield _block(kind, begun, " ".join(parts))
            parts = []
        if found == "foreign":
            yield Block(
                found, number, "a brief holds headings, statements, paragraphs and footnotes only: rewrite this line"
            )
        if found in ("foreign", "blank"):
            continue
        if not parts:
            kind, begun = found, number
        elif kind == "bullet" and not raw[:1].isspace():
            yield Block("foreign", number, "this line runs on from the statement above: put an empty line between them")
        parts.append(raw.strip())
    return


def plain(words: str) -> str:
    """Strip emphasis, links and escapes, and join lines; brackets that are no link stay."""
    for pattern in (*_PAIRS, _LINK, _ESCAPE):
        words = pattern.sub(r"\1", words)
    return one_line(words)


def without_comments(text: str) -> str:
    """The text without HTML comments; line numbers are preserved."""
    first, *rest = text.split("<!--")
    kept = [first]
    for part in rest:
        comment, closed, after = part.partition("-->")
        kept.append("\n" * comment.count("\n") + after if closed else f"<!--{part}")
    return "".join(kept)


def _kind(line: str) -> Kind:
    if not line or re.fullmatch(r"-{3,}|\*{3,}|_{3,}", line):
        return "blank"
    for kind, pattern in _KINDS:
        if pattern.match(line):
            return kind
    return "paragraph"


_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("heading", re.compile(r"#{1,6}(\s|$)")),
    ("footnote", DEFINITION),
    ("bullet", _BULLET),
    ("foreign", _FOREIGN),
)


def _block(kind: Kind, line: int, content: str) -> Block:
    content = one_line(content)
    if len(content) > BLOCK_LETTERS:
        return Block("foreign", line, f"this block has more than {BLOCK_LETTERS:,} characters: split it")
    if kind == "heading" and (heading := _HEADING.fullmatch(content)):
        return Block(kind, line, heading[2] or "", level=len(heading[1]))
    if kind == "footnote" and (definition := DEFINITION.fullmatch(content)):
        return Block(kind, line, definition[1], definition[2])
    if kind == "bullet" and (bullet := _BULLET.fullmatch(content)):
        return Block(kind, line, bullet[1])
    return Block(kind, line, content)
