"""Checks the addresses of fetched documents again: which are gone, have moved or have changed, and how."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from sources.collection.library import Entry, Library
from sources.collection.metadata import Metadata
from sources.errors import FetchError, LoadError, SourceError
from sources.web.client import Fetched, Network
from sources.web.fetch_all import Wanted, by_host_in_turn
from sources.web.fetch_log import Journal, Rechecked
from sources.web.store_page import about_of, same_kind, stored

GONE_STATUSES = (404, 410)
DIFF_LINES = 200  # lines per difference; longer ones are truncated
_SENTENCE = re.compile(r"(?<=[.!?…۔؟])\s+")


def recheck(
    library: Library,
    network: Network,
    journal: Journal,
    *,
    only: Collection[str] = (),
    again: bool = False,
    take: bool = False,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Iterator[Rechecked]:
    """Request each address once, alternating between hosts, with the stored validators; recent ones are skipped unless
    `again`.

    The library stays as it is; with `take`, changed documents are updated, and their earlier texts kept. Raises
    NotFound for an unknown id in `only`.
    """
    entries = {entry.document_id: entry for entry in _fetched(library, only)}
    addresses = {_address(library.metadata(entry)): entry for entry in entries.values()}
    if not only:
        journal.forget_rechecks(entries)
    wanted = by_host_in_turn([Wanted(url) for url in addresses])
    for done, one in enumerate(wanted, 1):
        if again or not journal.asked_lately(one.url):
            result = _ask(library, network, addresses[one.url], take=take)
            journal.note_recheck(result)
            if result.state != "unreachable":
                journal.note_asked(one.url)
            yield result
        progress("rechecking", done, len(wanted))


def _fetched(library: Library, only: Collection[str]) -> Iterator[Entry]:
    for entry in [library.get(each) for each in only] if only else library.scan():
        if entry.shipped:
            continue
        try:
            about = library.metadata(entry)
        except SourceError:
            continue  # the next update reports what is wrong with it
        if about.fetched and about.url:
            yield entry


def _address(about: Metadata) -> str:
    return about.asked or about.url or ""


def _ask(library: Library, network: Network, entry: Entry, *, take: bool) -> Rechecked:
    known = library.metadata(entry)
    url = _address(known)
    result = Rechecked(url, entry.document_id, "unchanged", datetime.now(UTC).isoformat(timespec="seconds"))
    try:
        found = network.get(url, etag=known.etag, modified=known.modified)
    except FetchError as error:
        return replace(result, state="dead" if error.status in GONE_STATUSES else "unreachable", detail=str(error))
    if found is None:
        return result
    moved = found.url != known.url
    try:
        diff = _difference(library, entry, found, known)
        if diff and take:
            library.replace_bytes(entry, stored(found), about_of(known, url, found))
        elif moved and take:
            library.edit(entry.document_id, Metadata(url=found.url))
    except SourceError as error:  # it now has another format, or cannot be read
        return replace(result, state="changed", detail=str(error))
    return replace(
        result,
        state="moved" if moved else "changed" if diff else "unchanged",
        detail=found.url if moved else None,
        diff=diff,
    )


def _difference(library: Library, entry: Entry, found: Fetched, known: Metadata) -> str:
    """The change of the text as a unified diff of sentences; empty if only the markup differs."""
    if not same_kind(found, entry):
        raise LoadError(f"{found.url} is another kind of file now: remove {entry.document_id}, then fetch it")
    before = library.load(entry).text
    after = library.reader.document(entry.document_id, entry.path.name, found.url, stored(found), known).text
    if before == after:
        return ""
    lines = list(difflib.unified_diff(_sentences(before), _sentences(after), "then", "now", n=1, lineterm=""))
    cut = [f"… {len(lines) - DIFF_LINES} more lines"] if len(lines) > DIFF_LINES else []
    return "\n".join([*lines[:DIFF_LINES], *cut])


def _sentences(text: str) -> list[str]:
    return [sentence for line in text.splitlines() for sentence in _SENTENCE.split(line.strip()) if sentence]
