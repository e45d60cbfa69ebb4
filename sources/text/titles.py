"""Recognises plausible titles and authors in file metadata, which programs fill in by default. Pure."""

from __future__ import annotations

import re

from sources.clean import one_line

_NO_TITLE = re.compile(
    r"(?i)microsoft|untitled|unbenannt|ohne titel|без имени|^(?:powerpoint|word) "
    r"|^(?:doc(?:ument)?|presentation|slide|book|title|page|seite)[\s_-]*[0-9]*$|^page [0-9ivx]+(?: of [0-9]+)?$"
    r"|\.(?:docx?|docm|dotx?|pdf|indd|pptx?|qxp|qxd|rtf|odt|xlsx?|exe|html?|tmp|tex|dvi|ps|p65|pub|wpd|cdr|ai)$"
    r"|^[\d\W_]+$|[\\/]\w+[\\/]|^[\w-]*\d{4,}[\w-]*$"
)
_NO_AUTHOR = re.compile(
    r"(?i)^(?:python-docx|python-pptx|docx4j|apache poi|openpyxl|anonymous|unknown|author|user\d*|admin\w*|owner|root|guest"
    r"|default|test|tester|student|customer|client|pc\d*|laptop\d*|desktop\d*|hp|dell|acer|asus|lenovo|toshiba|office\s*\d*"
    r"|windows user|microsoft[\w ]*|registered user|valued customer|preferred customer|none|null|n/?a|editor|webmaster|staff"
    r"|utilisateur(?: windows)?|benutzer|пользователь(?: windows)?|unbekannt|html2pdf|wkhtmltopdf|weasyprint|libreoffice"
    r"|openoffice[\w. ]*|latex|pandoc|calibre|scribus)$"
)


def plausible_title(written: str | None, text: str = "") -> str | None:
    """A title from a file's metadata if plausible: words, not a file name or a program's default.

    A single word counts only if the document's `text` begins with it or has it as a line.
    """
    title = one_line(written or "")
    if len(title) < 3 or _NO_TITLE.search(title) or not re.search(r"[^\W\d_]{2}", title):
        return None
    if "_" in title and " " not in title:
        return None
    if " " not in title and title.casefold() not in text[:3000].casefold():
        return None
    return title


def plausible_author(written: str | None) -> str | None:
    """An author from a file's metadata if it is a name, not an account or a program: two words, or several names."""
    author = one_line(written or "")
    if not author or _NO_AUTHOR.match(author) or not re.search(r"[^\W\d_]{2}", author):
        return None
    if "@" in author or "\\" in author or re.search(r"\d", author) or "http" in author.casefold():
        return None
    return author if re.search(r"[^\W\d_.][\s,;]", author) or re.search(r"^\w\.\s?\w", author) else None
