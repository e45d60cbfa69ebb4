"""E-mail messages (.eml): subject, sender, date and the text; attachments are named, not read."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage

from sources.clean import clean, one_line
from sources.epub import add_markup
from sources.errors import LoadError, why
from sources.loaded import Loaded
from sources.outline import Outline
from sources.text import paragraphs
from sources.xml import parse_html


def load_mail(data: bytes, file: str) -> Loaded:
    """The plain part of a message, else its HTML part; LoadError when it is no message or has neither."""
    try:
        message = message_from_bytes(data, policy=policy.default)
        subject, sender = one_line(str(message["subject"] or "")), _sender(message)
        body = message.get_body(("plain", "html"))
        words = body.get_content() if body is not None else ""
        sent = message["date"].datetime if message["date"] else None
        left_out = tuple(_attachments(message))
    except (MessageError, LookupError, ValueError, AttributeError, TypeError, AssertionError) as error:
        raise LoadError(f"{file} is a damaged e-mail message ({why(error)}): export it again") from error
    if not (subject or sender):
        raise LoadError(f"{file} is no e-mail message: give it the ending that fits what it is")
    if not isinstance(words, str) or body is None:
        raise LoadError(f"{file} holds no text: add its attachments by themselves")
    outline = Outline(file)
    if body.get_content_type() == "text/html":
        add_markup(outline, parse_html(clean(words).encode() or b" ", file))
    else:
        for paragraph in paragraphs(clean(words)).split("\n\n"):
            outline.paragraph(paragraph)
    return Loaded(
        outline.text,
        title=subject or None,
        author=sender or None,
        published=sent.date().isoformat() if isinstance(sent, datetime) else None,
        left_out=left_out,
    )


def _sender(message: EmailMessage) -> str:
    """The name of the sender, the address only where there is no name."""
    people = message["from"].addresses if message["from"] else ()
    return one_line(people[0].display_name or people[0].addr_spec) if people else ""


def _attachments(message: EmailMessage) -> list[str]:
    return [f"the attachment {part.get_filename() or 'without a name'}" for part in message.iter_attachments()]
