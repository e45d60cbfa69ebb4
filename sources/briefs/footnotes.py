"""The footnotes of a brief: `[^id]: “Title”, Author, *Publisher*, DATE or n.d., <address>, read at <copy>, weak`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sources.document import Reference
from sources.edtf import publication_date
from sources.errors import DateError
from sources.text.urls import comparable, is_web_address

DEFINITION = re.compile(r"\[\^([^\]\s]{0,200})\]:\s*(.*)")
MARKER = re.compile(r"\[\^([^\]\s]{1,200})\]")
MARKERS = re.compile(r"(?<!\s)\s*((?:\[\^[^\]\s]{1,200}\]\s*)+)")

_ID = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_DATE = r"n\.d\.|[0-9][0-9/~-]*"
_REST = re.compile(
    rf"(?:,\s{{0,4}}(?P<author>[^*<>]{{1,300}}?))??(?:,\s{{0,4}}\*(?P<publisher>[^*]{{1,300}})\*)?,\s{{0,4}}(?P<date>{_DATE})"
    r"(?:,\s*<(?P<url>[^<>\s]+)>)?(?:,\s*read at <(?P<copy>[^<>\s]+)>)?(?P<weak>,\s*weak)?\.?"
)
_SHAPE = (
    "write `[^id]: “Title”, Author, *Publisher*, DATE or n.d., <https://…>, read at <https://copy…>, weak` "
    "(author, address, copy and weak may be left out)"
)


def parse_reference(identifier: str, definition: str) -> tuple[Reference, list[str]]:
    """The reference in a definition, and its errors as sentences; parsed by punctuation marks, not by commas."""
    problems = []
    if not _ID.fullmatch(identifier):
        problems.append(f"the footnote id “{identifier}” may hold letters, digits and hyphens only")
    title, rest = _quoted(definition.strip())
    match = _REST.fullmatch(rest)
    if not title or not match:
        where = "has no title in “ ”" if not title else f"cannot be read after its title (“{_short(rest)}”)"
        return Reference(identifier, title or definition), [*problems, f"footnote [^{identifier}] {where}: {_SHAPE}"]
    published, wrong = _published(match["date"])
    original, copy = match["url"], match["copy"]
    for address in filter(None, (original, copy)):
        if not is_web_address(address):
            wrong.append(f"<{address}> is no web address: write it in full, with https://")
    if original and copy and comparable(original) == comparable(copy):
        wrong.append(f"the copy is the original, <{original}>: write “read at” only for another address")
    problems += [f"footnote [^{identifier}]: {sentence}" for sentence in wrong]
    reference = Reference(
        identifier, title, match["publisher"], match["author"], published, original or copy, bool(match["weak"]), copy
    )
    return reference, problems


def cut(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Split a line into pieces, each with the footnote ids right behind it; the last piece may have none."""
    start = 0
    for match in MARKERS.finditer(text):
        yield text[start : match.start()].strip(), tuple(dict.fromkeys(MARKER.findall(match[1])))
        start = match.end()
    if text[start:].strip():
        yield text[start:].strip(), ()


def _quoted(definition: str) -> tuple[str, str]:
    """The title inside the outer “ ” and the rest; an empty title if there is none."""
    depth = 0
    for position, character in enumerate(definition):
        depth += (character == "“") - (character == "”")
        if position == 0 and not depth:
            break
        if not depth:
            return definition[1:position].strip(), definition[position + 1 :].strip()
    return "", definition


def _published(date: str) -> tuple[str | None, list[str]]:
    if date == "n.d.":
        return None, []
    try:
        return publication_date(date), []
    except DateError as error:
        return None, [str(error)]


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
