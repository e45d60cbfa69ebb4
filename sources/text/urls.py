"""Web addresses in sources: validation, comparison, text fragments."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|mc_cid|mc_eid|ref|ref_src|cmpid|ocid)=")
_END_WORDS = 6


def is_web_address(url: str) -> bool:
    """Whether it is a complete http or https address with a host and without white space."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", url)
    except ValueError:
        return False


def comparable(url: str) -> str:
    """An address normalised for comparison: scheme, `www.`, a trailing slash and a host's trailing dot do not matter."""
    return re.sub(r"^([^/]*)\.(?=/|$)", r"\1", re.sub(r"^https?://(www\.)?", "", url)).rstrip("/")


def same_page(url: str) -> str | None:
    """The key of a page, without tracking parameters; None for a front page, which is no document."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    query = "&".join(part for part in parts.query.split("&") if part and not _TRACKING.match(part))
    host = (parts.netloc or "").lower().removeprefix("www.")
    path = parts.path.rstrip("/")
    return f"{host}{path}{'?' if query else ''}{query}" if path or query else None


def link_to_words(url: str, words: str) -> str:
    """The address with a text fragment that makes browsers highlight those words (WICG Scroll-to-Text Fragment).

    A long passage is given by its first and last few words; `-`, `,` and `&` have a meaning there and are escaped. A
    PDF has no such fragments: its address stays.
    """
    parts = [part for part in re.split(r"\s+", words.strip()) if part]
    if not parts or urlsplit(url).path.lower().endswith(".pdf"):
        return url
    ends = [" ".join(parts)] if len(parts) <= 2 * _END_WORDS else [
        " ".join(parts[:_END_WORDS]), " ".join(parts[-_END_WORDS:])
    ]  # fmt: skip
    fragment = ",".join(quote(end, safe="").replace("-", "%2D") for end in ends)
    bare, _, old = url.partition("#")
    return f"{bare}#{old.partition(':~:')[0]}:~:text={fragment}"
