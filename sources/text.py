"""Plain text files: the encoding found out, hard-wrapped lines joined, binary files refused."""

from __future__ import annotations

import codecs
import re

from sources.clean import clean, one_line
from sources.errors import LoadError
from sources.limits import TEXT_LETTERS
from sources.loaded import Loaded

_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 65_536  # bytes that are enough to tell an encoding
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROL = 0.01  # of all characters; text files have next to none
_WRAPPED = range(50, 121)  # lengths of lines that an editor wrapped
_TITLE = 150  # characters; a longer first line is no title


def load_text(data: bytes, file: str) -> Loaded:
    """The text of a file with its first line as title where it looks like one; raises LoadError for binary files."""
    text = paragraphs(clean(decode(data, file)))
    return Loaded(text, title=_title(text))


def decode(data: bytes, file: str) -> str:
    """The text that bytes stand for: by byte order mark, as UTF-8, or in the encoding that fits best."""
    text = _decoded(data)
    if text is not None and len(text) > TEXT_LETTERS:  # before anything takes a second look at them
        raise LoadError(f"{file} holds more than {TEXT_LETTERS:,} characters: split it into smaller files")
    if text is None or len(_CONTROL.findall(text)) > max(2, len(text) * _MOST_CONTROL):
        raise LoadError(f"{file} is not text but a binary file: convert it to text or remove it from the library")
    return text


def paragraphs(text: str) -> str:
    """Cleaned text with its paragraphs apart by one empty line, the lines of a hard-wrapped paragraph joined."""
    blocks = re.split(r"\n[^\S\n]*(?:\n[^\S\n]*)+", "\n".join(line.rstrip() for line in text.split("\n")).strip())
    return "\n\n".join(_unwrapped(block.strip("\n")) for block in blocks)


def _decoded(data: bytes) -> str | None:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes

    if (best := from_bytes(data[:_SAMPLE]).best()) is None:
        return None
    return data.decode(best.encoding, errors="replace")


def _unwrapped(block: str) -> str:
    lines = block.split("\n")
    wrapped = len(lines) > 1 and all(len(line) in _WRAPPED for line in lines[:-1]) and len(lines[-1]) < _WRAPPED.stop
    return " ".join(line.strip() for line in lines) if wrapped else block


def _title(text: str) -> str | None:
    first, _, rest = text.partition("\n")
    title = one_line(first)
    looks_like_one = bool(rest) and 0 < len(title) <= _TITLE and not re.search(r"[.;:,،؛۔]$", title)
    return title if looks_like_one else None
