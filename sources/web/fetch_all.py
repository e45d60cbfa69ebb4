"""Fetches many documents: alternating between hosts, continuing after failures, skipping recent requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import chain, zip_longest
from urllib.parse import urlsplit

from sources.collection.library import Library
from sources.collection.metadata import Metadata
from sources.errors import AlreadyThere, SourceError
from sources.formats.feed import Announced
from sources.limits import FEED_BYTES
from sources.sandbox.parent import Sandbox
from sources.web.catalogue import Listed
from sources.web.client import Network
from sources.web.fetch_log import Feed, Journal
from sources.web.store_page import take


@dataclass(frozen=True, slots=True)
class Wanted:
    """An address to fetch, with known metadata."""

    url: str
    metadata: Metadata = field(default_factory=Metadata)


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome for an address: added, changed, unchanged, skipped as recent, already in the library, or failed with
    a reason.
    """

    url: str
    change: str
    document_id: str | None = None
    reason: str | None = None


def from_catalogue(listed: Iterable[Listed]) -> list[Wanted]:
    """The entries of the catalogue, with their metadata."""
    return [Wanted(one.url, one.metadata()) for one in listed]


def look(network: Network, sandbox: Sandbox, feed: Feed) -> tuple[Feed, Announced] | None:
    """A followed feed as it is now, parsed in the child process; None when it has not changed. Raises SourceError."""
    answer = network.get(feed.url, etag=feed.etag, modified=feed.modified, most=FEED_BYTES)
    if answer is None:
        return None
    raw = sandbox.run("feed", answer.data, feed.url)
    announced = Announced(raw["title"], tuple(tuple(entry) for entry in raw["entries"]), raw["left_out"])
    return Feed(feed.url, announced.title, answer.etag, answer.modified), announced


def from_feeds(
    feeds: Sequence[Feed], library: Library, network: Network, journal: Journal, note: Callable[[str], None]
) -> list[Wanted]:
    """The announcements of feeds that the library lacks; a failed feed is recorded and the rest continue."""
    found: dict[str, Wanted] = {}
    sandbox = Sandbox()
    for feed in feeds:
        try:
            answer = look(network, sandbox, feed)
        except SourceError as error:
            journal.fail(feed.url, str(error))
            note(str(error))
            continue
        journal.mend(feed.url)
        if answer is None:
            continue
        new, announced = answer
        if announced.left_out:
            note(
                f"{feed.url}: {announced.left_out:,} entries are left out: only the first are taken, and web addresses"
            )
        fresh = [entry for entry in announced.entries if library.ledger.by_address(entry[0]) is None]
        found.update((url, Wanted(url, Metadata(title=title or None, date=day))) for url, title, day in fresh)
        # Validators are stored once everything has been fetched: an interrupted run starts from the feed again.
        journal.follow(new if not fresh else Feed(feed.url, new.title))
    sandbox.close()
    return list(found.values())


def fetch_all(
    wanted: Sequence[Wanted],
    library: Library,
    network: Network,
    journal: Journal,
    *,
    again: bool = False,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Iterator[Result]:
    """Fetch one after the other and yield the outcomes; recently requested ones are skipped unless `again`."""
    with library.batch():
        for done, one in enumerate(by_host_in_turn(wanted), 1):
            yield _fetch(one, library, network, journal, again=again)
            progress("fetching", done, len(wanted))


def by_host_in_turn(wanted: Sequence[Wanted]) -> list[Wanted]:
    """Interleave by host, so that the delay of one host is spent on the others. Pure."""
    hosts: dict[str, list[Wanted]] = {}
    for one in wanted:
        hosts.setdefault(urlsplit(one.url).netloc, []).append(one)
    return [one for one in chain.from_iterable(zip_longest(*hosts.values())) if one is not None]


def _fetch(one: Wanted, library: Library, network: Network, journal: Journal, *, again: bool) -> Result:
    if not again and journal.asked_lately(one.url):
        return Result(one.url, "asked lately", library.ledger.by_address(one.url))
    try:
        taken = take(library, network, one.url, one.metadata)
    except AlreadyThere as error:
        journal.mend(one.url)
        journal.note_asked(one.url)
        return Result(one.url, "already there", error.document_id, str(error))
    except SourceError as error:
        options = {name: value for name, value in asdict(one.metadata).items() if value}
        journal.fail(one.url, str(error), options)
        return Result(one.url, "failed", None, str(error))
    journal.mend(one.url)
    journal.note_asked(one.url)
    return Result(one.url, taken.change, taken.entry.document_id)
