"""Plain text files: encoding detected, hard-wrapped lines joined, binary files refused."""

from __future__ import annotations

import re
from itertools import pairwise

from sources.clean import clean, one_line
from sources.errors import LoadError
from sources.formats.loaded import Loaded
from sources.limits import TEXT_LETTERS
from sources.text.encoding import decoded
from sources.text.hyphens import Hyphens

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROL_SHARE = 0.01  # maximum share of control characters; text has next to none
_WRAPPED = range(40, 121)  # line lengths of wrapping editors
_BROKEN = re.compile(r"[^\W\d_]-$")
_TITLE_LETTERS = 150  # characters; a longer first line is no title


def load_text(data: bytes, file: str) -> Loaded:
    """The text of a file, with its first line as title if plausible; raises LoadError for binary files."""
    text = paragraphs(clean(decode(data, file)))
    return Loaded(text, title=_title(text))


def decode(data: bytes, file: str, declared: str | None = None) -> str:
    """Decode bytes: by byte order mark, as UTF-8, as declared, or in the best-fitting encoding."""
    text = decoded(data, declared)
    if text is not None and len(text) > TEXT_LETTERS:  # before anything parses them again
        raise LoadError(f"{file} holds more than {TEXT_LETTERS:,} characters: split it into smaller files")
    if text is None or len(_CONTROL.findall(text)) > max(2, len(text) * _CONTROL_SHARE):
        raise LoadError(f"{file} is not text but a binary file: convert it to text or remove it from the library")
    return text


def paragraphs(text: str) -> str:
    """Cleaned text with paragraphs separated by one empty line, and hard-wrapped lines joined."""
    text = "\n".join(line.rstrip() for line in text.split("\n")).strip()
    blocks = re.split(r"\n{2,}", text)
    hyphens = Hyphens([text])
    return "\n\n".join(_unwrapped(block.strip("\n"), hyphens) for block in blocks)


def _unwrapped(block: str, hyphens: Hyphens) -> str:
    """Join a block if an editor wrapped it: no line could have held the first word of the next."""
    lines = [line.strip() for line in block.split("\n")]
    if len(lines) < 2 or not _is_wrapped(lines):
        return block
    joined = lines[0]
    for line in lines[1:]:
        if _BROKEN.search(joined) and line[:1].isalpha():
            head, space, last = joined.rpartition(" ")
            first, gap, rest = line.partition(" ")
            joined = f"{head}{space}{hyphens.joined(last[:-1], first)}{gap}{rest}"
        else:
            joined += f" {line}"
    return joined


def _is_wrapped(lines: list[str]) -> bool:
    if not all(len(line) in _WRAPPED for line in lines[:-1]) or len(lines[-1]) >= _WRAPPED.stop:
        return False
    if any(_BROKEN.search(line) for line in lines[:-1]):
        return True
    width = max(map(len, lines))
    fitting = sum(len(line) + 1 + len(after.split(" ")[0]) <= width for line, after in pairwise(lines))
    return fitting * 3 <= len(lines)


def _title(text: str) -> str | None:
    first, _, rest = text.partition("\n")
    title = one_line(first)
    looks_like_one = bool(rest) and 0 < len(title) <= _TITLE_LETTERS and not re.search(r"[.;:,،؛۔]$", title)
    return title if looks_like_one else None
