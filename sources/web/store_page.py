"""Documents from the web: fetched, stored with their origin and time, and refreshed when they change."""

from __future__ import annotations

import codecs
import posixpath
import re
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import unquote, urlsplit

from sources.collection.library import Entry, Library
from sources.collection.metadata import Metadata
from sources.errors import AlreadyThere, FetchError, SourceError
from sources.files import read_bytes
from sources.formats.sniff import sniff
from sources.text.encoding import as_declared
from sources.web.client import Fetched, Network

SUFFIXES = {
    "application/epub+zip": ".epub",
    "application/pdf": ".pdf",
    "application/rtf": ".rtf",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/xhtml+xml": ".html",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "text/rtf": ".rtf",
}
_UNTELLING_TYPES = (
    "",
    "application/octet-stream",
    "binary/octet-stream",
    "application/zip",
    "application/force-download",
)

Change = Literal["added", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Taken:
    """A document of the library and the outcome of fetching it."""

    change: Change
    entry: Entry


def take(
    library: Library,
    network: Network,
    url: str,
    metadata: Metadata | None = None,
    *,
    anyway: bool = False,
) -> Taken:
    """Add the document at an address, or refresh it if the library has it; raises SourceError."""
    there = library.ledger.by_address(url)
    if there is None:
        found = network.get(url)
        assert found is not None  # “not modified” needs a conditional request
        there = library.ledger.by_address(found.url)
        if there is None:
            about = about_of(metadata or Metadata(), url, found)
            data, name = stored(found), _name(found)
            return Taken("added", library.add_bytes(data, name, about, file=url, anyway=anyway))
        return _compare(library, library.get(there), url, found)
    entry = library.get(there)
    if entry.shipped:
        raise AlreadyThere(f"{url} is in the library already, as “{there}”", there)
    known = library.metadata(entry)
    if known.fetched is None:
        raise AlreadyThere(
            f"{url} is in the library already, as “{there}”, a file of yours: remove that first to fetch it", there
        )
    answer = network.get(known.asked or known.url or url, etag=known.etag, modified=known.modified)
    if answer is None:
        return Taken("unchanged", entry)
    return _compare(library, entry, url, answer)


def _compare(library: Library, entry: Entry, url: str, found: Fetched) -> Taken:
    if entry.shipped:
        raise AlreadyThere(f"{url} is in the library already, as “{entry.document_id}”", entry.document_id)
    known = library.metadata(entry)
    data = stored(found)
    if read_bytes(entry.path, inside=library.folder) == data:
        return Taken("unchanged", entry)
    if _suffix(found) != entry.path.suffix:
        raise FetchError(f"{url} was {entry.path.suffix} and is {_suffix(found)} now: remove {entry.document_id} first")
    about = about_of(known, known.asked or url, found)
    return Taken("changed", library.replace_bytes(entry, data, about))


def same_kind(found: Fetched, entry: Entry) -> bool:
    """Whether the content has the file type that the library has; FetchError if it is no document."""
    return _suffix(found) == entry.path.suffix


def about_of(metadata: Metadata, asked: str, found: Fetched) -> Metadata:
    """The metadata with address, time and validators."""
    return replace(
        metadata,
        url=found.url,
        asked=asked if asked != found.url else None,
        fetched=found.fetched,
        etag=found.etag,
        modified=found.modified,
    )


def _suffix(found: Fetched) -> str:
    """The extension for the content; the declared type counts only if the bytes are inconclusive."""
    suffix = sniff(found.data) or SUFFIXES.get(found.content_type)
    if suffix is None and found.content_type in _UNTELLING_TYPES:
        ending = posixpath.splitext(urlsplit(found.url).path)[1].lower()
        suffix = ending if ending in SUFFIXES.values() else None
    if suffix is None or suffix == ".zip":
        raise FetchError(f"{found.url} is of the type “{found.content_type[:60]}”, which holds no document to read")
    return suffix


def stored(found: Fetched) -> bytes:
    """The bytes as received; a page whose encoding only the header named is stored as UTF-8, as it would be lost
    otherwise.
    """
    suffix = _suffix(found)
    if suffix not in (".html", ".txt", ".md") or found.charset is None or _declares(found.data):
        return found.data
    text = as_declared(found.data, found.charset)
    return found.data if text is None or _is_utf8(found.charset) else codecs.BOM_UTF8 + text.encode(errors="ignore")


def _is_utf8(charset: str) -> bool:
    return charset.lower().replace("-", "").replace("_", "") == "utf8"


def _declares(data: bytes) -> bool:
    return data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) or b"charset" in data[:4096].lower()


def _name(found: Fetched) -> str:
    """A file name from host and path: the id of a document should show its origin."""
    parts = urlsplit(found.url)
    host = re.sub(r"^www\.|\.(com|org|net|int)$", "", parts.hostname or "")
    path = re.sub(r"\.\w{1,5}$", "", unquote(parts.path).rstrip("/"))
    words = [word for word in path.split("/") if word]
    return f"{host} {' '.join(words[-2:])[:80]}".strip() + _suffix(found)


def refetchable(library: Library) -> list[str]:
    """The addresses of all fetched documents."""
    found = []
    for entry in library.scan():
        if not entry.shipped:
            try:
                about = library.metadata(entry)
            except SourceError:
                continue  # the next update reports what is wrong with it
            if about.fetched and about.url:
                found.append(about.asked or about.url)
    return found
