"""Formatted text for Telegram: blocks of spans, escaped once, measured and split as Telegram counts. Pure."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from bot.rendering import clean

MAX_MESSAGE_UNITS = 4096  # UTF-16 code units, without the markup
MAX_ENTITIES = 90  # Telegram's limit is 100
MAX_MARKUP_BYTES = 30_000  # as sent; Telegram refuses more than 32 KiB
_JOINING = {"\u200d", "\ufe0f", "\u20e3"}


@dataclass(frozen=True, slots=True)
class Span:
    """A styled run of text; an address that is not http(s) is dropped."""

    text: str
    bold: bool = False
    italic: bool = False
    url: str | None = None

    @property
    def link(self) -> str | None:
        """The address, if it may be linked."""
        if not self.url or len(self.url) > 2000:
            return None
        try:
            parts = urlsplit(self.url)
        except ValueError:
            return None
        return self.url if parts.scheme in {"http", "https"} and parts.netloc else None


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph; a quoted one is folded."""

    spans: tuple[Span, ...]
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One message: as HTML, and as plain text in case the HTML is refused."""

    html: str
    plain: str


def block(*spans: Span | str, quoted: bool = False) -> Block:
    """A paragraph of spans; a bare string is a plain span."""
    return Block(tuple(Span(span) if isinstance(span, str) else span for span in spans), quoted)


def units(text: str) -> int:
    """The length of a text as Telegram counts: UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(blocks: Sequence[Block], most: int = MAX_MESSAGE_UNITS) -> list[Part]:
    """Split blocks into messages: between blocks, and inside one only if it alone is too long."""
    parts: list[list[Block]] = []
    room, entities, size = 0, 0, 0
    for piece in (piece for whole in blocks for piece in _cut(_cleaned(whole), most)):
        length, marks, weight = _length(piece) + 2, _entities(piece), len(_html(piece).encode()) + 2
        if not parts or length - 2 > room or entities + marks > MAX_ENTITIES or size + weight > MAX_MARKUP_BYTES:
            parts.append([])
            room, entities, size = most, 0, 0
        parts[-1].append(piece)
        room, entities, size = room - length, entities + marks, size + weight
    return [Part("\n\n".join(map(_html, part)), "\n\n".join(map(_plain, part))) for part in parts]


def shorten(text: str, most: int) -> str:
    """A text of at most `most` units, truncated at a word, with an ellipsis."""
    if units(text) <= most:
        return text
    head, _ = _at(text, most - 1)
    return head.rstrip() + "…"


def _cleaned(whole: Block) -> Block:
    return replace(whole, spans=tuple(replace(span, text=clean(span.text)) for span in whole.spans if span.text))


def _length(piece: Block) -> int:
    return sum(units(span.text) for span in piece.spans)


def _entities(piece: Block) -> int:
    return piece.quoted + sum(span.bold + span.italic + bool(span.link) for span in piece.spans)


def _html(piece: Block) -> str:
    inner = "".join(map(span_html, piece.spans))
    return f"<blockquote expandable>{inner}</blockquote>" if piece.quoted else inner


def span_html(span: Span) -> str:
    """A run of text as HTML, escaped."""
    text = html.escape(span.text, quote=False)
    if span.link:
        text = f'<a href="{html.escape(span.link)}">{text}</a>'
    if span.italic:
        text = f"<i>{text}</i>"
    return f"<b>{text}</b>" if span.bold else text


def _plain(piece: Block) -> str:
    return "".join(f"{span.text} ({span.link})" if span.link else span.text for span in piece.spans)


def _cut(whole: Block, most: int) -> Iterator[Block]:
    spans, room, taken = list(whole.spans), most, list[Span]()
    while spans:
        span = spans.pop(0)
        if units(span.text) <= room:
            taken.append(span)
            room -= units(span.text)
            continue
        if taken and room < most // 8:
            yield replace(whole, spans=tuple(taken))
            taken, room = [], most
            spans.insert(0, span)
            continue
        head, tail = _at(span.text, room)
        if head:
            taken.append(replace(span, text=head))
        spans.insert(0, replace(span, text=tail))
        yield replace(whole, spans=tuple(taken))
        taken, room = [], most
    if any(span.text.strip() for span in taken):
        yield replace(whole, spans=tuple(taken))


def _at(text: str, most: int) -> tuple[str, str]:
    """Head and tail, the head of at most `most` units; split at a blank if there is one, never inside a character."""
    end = used = 0
    while end < len(text) and used + units(text[end]) <= most:
        used += units(text[end])
        end += 1
    blank = max(text.rfind(mark, end // 2, end) for mark in (" ", "\n"))
    if blank > 0:
        return text[:blank], text[blank + 1 :]
    whole = end
    while whole and whole < len(text) and _joined(text[whole - 1], text[whole]):
        whole -= 1
    return text[: whole or end], text[whole or end :]


def _joined(before: str, after: str) -> bool:
    return before == "\u200d" or after in _JOINING or unicodedata.combining(after) > 0 or "🏻" <= after <= "🏿"
