"""Followed feeds: fetched, and parsed in the child process."""

from __future__ import annotations

from sources.formats.feed import Announced
from sources.limits import FEED_BYTES
from sources.sandbox.parent import Sandbox
from sources.web.client import Network
from sources.web.fetch_log import Feed


def look(network: Network, sandbox: Sandbox, feed: Feed) -> tuple[Feed, Announced] | None:
    """The current feed, None when it has not changed; raises SourceError."""
    answer = network.get(feed.url, etag=feed.etag, modified=feed.modified, most=FEED_BYTES)
    if answer is None:
        return None
    raw = sandbox.run("feed", answer.data, feed.url)
    announced = Announced(raw["title"], tuple(tuple(entry) for entry in raw["entries"]), raw["left_out"])
    return Feed(feed.url, announced.title, answer.etag, answer.modified), announced
