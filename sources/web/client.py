"""Fetches one address: bounded redirects, size, types and time, robots.txt respected, no private network."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from sources.errors import FetchError, why
from sources.limits import (
    ADDRESS_LETTERS,
    FETCH_BYTES,
    FETCH_SECONDS,
    HOST_DELAY_SECONDS,
    MB,
    REDIRECTS,
    ROBOTS_BYTES,
    ROBOTS_DELAY_SECONDS,
    TITLE_LETTERS,
)
from sources.text.urls import is_web_address

if TYPE_CHECKING:
    from httpx import Response
    from protego import Protego

AGENT = "Torkham/0.1 (a library of sources; reads robots.txt)"
ROBOT = "Torkham"
_MOVED = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A response: `url` is the final one after redirects, `fetched` an ISO time."""

    url: str
    data: bytes
    content_type: str
    charset: str | None
    etag: str | None
    modified: str | None
    fetched: str


@dataclass
class Network:
    """The HTTP client for one run of a command; caches robots.txt and the last request time per host.

    `allow` holds (address, port) pairs exempt from the public-address check, for tests. `resolve` replaces the name
    server.
    """

    allow: Collection[tuple[str, int]] = ()
    resolve: Callable[[str, int], list[str]] | None = None
    delay: float = HOST_DELAY_SECONDS
    sleep: Callable[[float], None] = time.sleep
    _robots: dict[str, Protego | None] = field(default_factory=dict)
    _asked: dict[str, float] = field(default_factory=dict)

    def get(
        self, url: str, *, etag: str | None = None, modified: str | None = None, most: int = FETCH_BYTES
    ) -> Fetched | None:
        """The content at an address, None if it matches `etag` or `modified`; raises FetchError."""
        headers = {"If-None-Match": etag, "If-Modified-Since": modified}
        return self._follow(url, {name: value for name, value in headers.items() if value}, most, robots=True)

    def _follow(self, url: str, headers: Mapping[str, str], most: int, *, robots: bool) -> Fetched | None:
        from sources.web.public_http import opened, resolve

        sent = {"User-Agent": AGENT, "Accept-Encoding": "gzip, deflate", "Accept-Language": "en, *;q=0.5", **headers}
        deadline = time.monotonic() + FETCH_SECONDS
        asked = url
        for _ in range(REDIRECTS + 1):
            _check(url)
            if robots:
                waited = time.monotonic()
                self._ask_robots(url)
                self._wait(url)
                deadline += time.monotonic() - waited
            with opened(url, sent, deadline, allow=self.allow, resolve=self.resolve or resolve) as response:
                if response.status_code not in _MOVED:
                    return _received(asked, url, response, most, deadline, unchanged=bool(headers))
                url = _next(url, response.headers.get("location", ""))
        raise FetchError(f"{asked} redirects more than {REDIRECTS} times: open it in a browser")

    def _ask_robots(self, url: str) -> None:
        """FetchError when robots.txt (RFC 9309) disallows the address, or is unavailable because the server fails."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._robots:
            self._robots[site] = self._read_robots(f"{site}/robots.txt")
        rules = self._robots[site]
        if rules is None:
            raise FetchError(f"{url}: the server does not say whether programs may read it (robots.txt): try later")
        if not rules.can_fetch(url, ROBOT):
            raise FetchError(f"{url}: its robots.txt forbids programs to read it: save the page and add the file")

    def _read_robots(self, address: str) -> Protego | None:
        from protego import Protego

        try:
            found = self._follow(address, {}, ROBOTS_BYTES, robots=False)
        except FetchError as error:
            if error.status is None:
                raise
            return Protego.parse("") if 400 <= error.status < 500 and error.status != 429 else None
        return Protego.parse(found.data.decode("utf-8", errors="replace") if found else "")

    def _wait(self, url: str) -> None:
        """Wait for the delay between two requests to a host."""
        parts = urlsplit(url)
        rules = self._robots.get(f"{parts.scheme}://{parts.netloc}")
        wanted = rules.crawl_delay(ROBOT) if rules is not None else None
        delay = min(ROBOTS_DELAY_SECONDS, max(self.delay, wanted or 0.0))
        last = self._asked.get(parts.netloc)
        if last is not None and (left := last + delay - time.monotonic()) > 0:
            self.sleep(left)
        self._asked[parts.netloc] = time.monotonic()


def _check(url: str) -> None:
    if len(url) > ADDRESS_LETTERS:
        raise FetchError(f"{url[:80]}… is longer than {ADDRESS_LETTERS:,} characters: no page needs that")
    if not is_web_address(url):
        raise FetchError(f"{url} is no web address: write it in full, with http:// or https://")
    if urlsplit(url).username is not None:
        raise FetchError(f"{urlsplit(url).hostname}: the address holds a user name: save the document and add the file")


def _next(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise FetchError(f"{url} redirects to something that is no web address: open it in a browser") from error


def _mark(header: str | None) -> str | None:
    """A validator that can be stored and sent back verbatim, None for any other."""
    fits = header and len(header) <= TITLE_LETTERS and header.isascii() and header.isprintable()
    return header if fits else None


def _received(
    asked: str, url: str, response: Response, most: int, deadline: float, *, unchanged: bool
) -> Fetched | None:
    """The content of a response; None for “not modified”, which is only valid for a conditional request
    (`unchanged`).
    """
    status = response.status_code
    headers = response.headers
    if status == 304 and unchanged:
        return None
    if status in (401, 402, 403, 407, 451):
        raise FetchError(
            f"{asked} does not allow automated access (status {status}): save the page and add it", status=status
        )
    if 400 <= status < 500 and status != 429:
        raise FetchError(f"{asked} was not found (status {status}): look for another copy", status=status)
    if status != 200:
        raise FetchError(f"{asked} responds with status {status}: try again later", status=status)
    kind, _, parameters = headers.get("content-type", "").partition(";")
    charset = parameters.partition("charset=")[2].partition(";")[0].strip(" \"'") or None
    return Fetched(
        url=url,
        data=_body(asked, response, most, deadline),
        content_type=kind.strip().lower(),
        charset=charset,
        etag=_mark(headers.get("etag")),
        modified=_mark(headers.get("last-modified")),
        fetched=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _body(asked: str, response: Response, most: int, deadline: float) -> bytes:
    """The body, decompressed in steps so that a decompression bomb is stopped at the limit."""
    headers = response.headers
    too_large = FetchError(f"{asked} is larger than {most / MB:.0f} MB: download it, and add the part that you need")
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > most:
        raise too_large
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise FetchError(f"{asked} is packed as “{coding[:20]}”, which was not asked for: save it and add the file")
    unpacker = zlib.decompressobj(47) if coding not in ("", "identity") else None
    body = bytearray()
    try:
        for chunk in response.iter_raw():
            body += unpacker.decompress(chunk, most + 1 - len(body)) if unpacker else chunk
            if len(body) > most:
                raise too_large
            if time.monotonic() > deadline:
                raise FetchError(f"{asked} took too long to answer: try again later")
    except zlib.error as error:
        raise FetchError(f"{asked} is compressed incorrectly ({why(error)}): try again later") from error
    if unpacker and not unpacker.eof:
        raise FetchError(f"{asked} ended in the middle: try again later")
    return bytes(body)
