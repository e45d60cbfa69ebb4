"""E-mail messages (.eml): subject, sender, date, all text parts and forwarded messages; attachments are only named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from typing import Any

from sources.clean import clean, one_line
from sources.errors import LoadError, why
from sources.formats.html.all_text import add_blocks
from sources.formats.html.tree import mark_notes
from sources.formats.loaded import Loaded
from sources.formats.plain_text import paragraphs
from sources.formats.text_builder import Outline
from sources.formats.xml import parse_html
from sources.text.encoding import decoded
from sources.text.written_dates import dates_in

_QUOTED = re.compile(r"(?:>\s?)+")
_RICHER_RATIO = 2  # ratio of letters from which the HTML part is preferred: the plain one only points to it
_NESTED_MESSAGES = 8  # nesting depth of messages


def load_mail(data: bytes, file: str) -> Loaded:
    """Every text part of a message in order; of alternatives the plain one, unless it is nearly empty.

    LoadError when it is no message or has no text.
    """
    try:
        message = message_from_bytes(data, policy=policy.default)
        subject, sender, sent = _subject(message), _sender(message), _date(message)
        outline = Outline(file)
        left_out = list[str]()
        _Reader(outline, left_out, file).read(message, 0)
    except (MessageError, LookupError, ValueError, AttributeError, TypeError, AssertionError) as error:
        raise LoadError(f"{file} is a damaged e-mail message ({why(error)}): export it again") from error
    if not (subject or sender):
        raise LoadError(f"{file} is no e-mail message: rename it with the extension of its real format")
    if not outline.text:
        raise LoadError(f"{file} holds no text: add its attachments by themselves")
    return Loaded(
        outline.text,
        headings=outline.headings,
        blocks=outline.blocks,
        title=subject or None,
        author=sender or None,
        author_origin="the sender of the message",
        published=sent,
        date_origin="the date of the message" if sent else None,
        left_out=tuple(left_out),
    )


class _Reader:
    """Walks the parts of a message."""

    def __init__(self, outline: Outline, left_out: list[str], file: str) -> None:
        self._outline = outline
        self._left_out = left_out
        self._file = file

    def read(self, part: Any, depth: int) -> None:
        """Add the text of a part and its children."""
        kind = part.get_content_type()
        if part.get_content_disposition() == "attachment" and kind != "message/rfc822":
            self._left_out.append(f"the attachment {_name(part)}")
        elif kind == "multipart/alternative":
            self._alternatives(part, depth)
        elif kind == "message/rfc822" and depth < _NESTED_MESSAGES:
            self._forwarded(part, depth)
        elif part.is_multipart():
            for inside in part.iter_parts():
                self.read(inside, depth)
        elif kind == "text/plain":
            self._plain(part)
        elif kind == "text/html":
            self._html(self._outline, part)
        else:
            self._left_out.append(f"the attachment {_name(part)}")

    def _alternatives(self, part: Any, depth: int) -> None:
        """The plain form of a text, or the HTML one if that has much more."""
        plain = next((found for found in part.walk() if found.get_content_type() == "text/plain"), None)
        page = next((found for found in part.walk() if found.get_content_type() == "text/html"), None)
        inside = list(part.iter_parts())
        if plain is not None and page is not None:
            shown = Outline(self._file)
            self._html(shown, page)
            inside = [page] if len(shown.text) > _RICHER_RATIO * len(_text(plain).strip()) else [plain]
        for found in inside:
            self.read(found, depth + 1)

    def _forwarded(self, part: Any, depth: int) -> None:
        """A nested message, under its subject."""
        for message in part.iter_parts():
            self._outline.heading(_subject(message) or "Forwarded message", 2)
            about = "; ".join(filter(None, (_sender(message), _date(message) or "")))
            self._outline.paragraph(about)
            self.read(message, depth + 1)

    def _plain(self, part: Any) -> None:
        """Plain text: soft line breaks removed (RFC 3676), quoted lines as quotations."""
        text = clean(_text(part))
        flowed = str(part.get_param("format") or "").lower() == "flowed"
        for depth, lines in _by_depth(text, flowed=flowed, delete=str(part.get_param("delsp") or "").lower() == "yes"):
            words = "\n".join(lines)
            for paragraph in re.split(r"\n{2,}", words) if flowed else paragraphs(words).split("\n\n"):
                self._outline.paragraph(paragraph, kind="quotation" if depth else "paragraph")

    def _html(self, outline: Outline, part: Any) -> None:
        root = parse_html(clean(_text(part)).encode() or b" ", self._file)
        mark_notes(root)
        add_blocks(outline, root)


def _by_depth(text: str, *, flowed: bool, delete: bool) -> Iterator[tuple[int, list[str]]]:
    """(depth of quoting, lines) of each run of lines; flowed lines joined."""
    depth, lines, soft = 0, list[str](), False
    for raw in text.split("\n"):
        mark = _QUOTED.match(raw)
        quoted = mark[0].count(">") if mark else 0
        line = raw[mark.end() :] if mark else raw.removeprefix(" ") if flowed else raw
        if quoted != depth and lines:
            yield depth, lines
            lines, soft = [], False
        depth = quoted
        if soft and lines:
            lines[-1] = (lines[-1][:-1] if delete else lines[-1]) + line
        else:
            lines.append(line)
        soft = flowed and line.endswith(" ") and line != "-- "
    if lines:
        yield depth, lines


def _text(part: Any) -> str:
    """The text of a part in its declared charset, if that is plausible."""
    payload = part.get_payload(decode=True)
    return decoded(payload, part.get_content_charset()) or "" if isinstance(payload, bytes) else ""


def _subject(message: EmailMessage) -> str:
    """The subject; bytes without a charset are guessed."""
    for name, value in message.raw_items():
        if name.lower() == "subject" and not str(value).isascii() and not re.search(r"=\?.+\?=", str(value)):
            return one_line(decoded(str(value).encode("utf-8", "surrogateescape")) or "")
    return one_line(str(message["subject"] or "")).replace("\ufffd", "")


def _sender(message: EmailMessage) -> str:
    """The name of the sender, or the address if there is no name."""
    people = message["from"].addresses if message["from"] else ()
    return one_line(people[0].display_name or people[0].addr_spec).replace("\ufffd", "") if people else ""


def _date(message: EmailMessage) -> str | None:
    header = message["date"]
    sent = header.datetime if header is not None else None
    if isinstance(sent, datetime):
        return sent.date().isoformat()
    return next((found.iso for found in dates_in(str(header))), None) if header is not None else None


def _name(part: Any) -> str:
    return one_line(part.get_filename() or "") or "without a name"
