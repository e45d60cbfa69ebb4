"""RSS and Atom feeds: the addresses they announce. (The only importer of feedparser.)"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from sources.clean import one_line
from sources.errors import LoadError
from sources.limits import FEED_ENTRIES, TITLE_LETTERS
from sources.text.urls import is_web_address


@dataclass(frozen=True, slots=True)
class Announced:
    """The announcements of a feed: (address, title, ISO date or None), up to a limit; `left_out` counts the rest."""

    title: str
    entries: tuple[tuple[str, str, str | None], ...]
    left_out: int = 0


def read_feed(data: bytes, file: str) -> Announced:
    """Parse a feed; LoadError if it is not one. `file` is its address."""
    import feedparser

    # A stream, since feedparser would fetch bytes that look like an address.
    found = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    if not found.get("version"):
        raise LoadError(f"{file} is no RSS or Atom feed: give the address of the feed itself")
    entries: dict[str, tuple[str, str, str | None]] = {}
    for entry in found.entries:
        url = _address(file, str(entry.get("link") or ""))
        if url is not None:
            entries.setdefault(url, (url, _title(entry), _day(entry)))
    taken = tuple(entries.values())[:FEED_ENTRIES]
    return Announced(_title(found.feed) or file, taken, len(found.entries) - len(taken))


def _address(feed: str, link: str) -> str | None:
    """The web address of an entry; None if its link is not one, which does not affect the other entries."""
    try:
        url = urljoin(feed, link)
        return url if link and is_web_address(url) else None
    except ValueError:
        return None


def _title(entry: Any) -> str:
    return one_line(str(entry.get("title") or ""))[:TITLE_LETTERS]


def _day(entry: Any) -> str | None:
    when = entry.get("published_parsed") or entry.get("updated_parsed")
    return f"{when.tm_year:04d}-{when.tm_mon:02d}-{when.tm_mday:02d}" if when else None
