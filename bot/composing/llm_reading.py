"""How the answer of a model server is read: no further than a deadline and a number of bytes, and from no other host."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Event
from typing import Any

BYTES = 2_000  # of a stream for each token asked for: a piece is some 300 bytes of JSON
MORE_BYTES = 200_000  # for what a server says besides


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the answers to the requests of this thread are read: until `deadline` (time.monotonic()), `most` bytes, or `stop`."""

    deadline: float
    most: int
    stop: Event


reading: ContextVar[Reading | None] = ContextVar("reading", default=None)


class _Bounded:
    """A body that ends with an error where the reading does, whatever the server sends: comments, or one endless line."""

    def __init__(self, stream: Any, bounds: Reading) -> None:
        self._stream = stream
        self._bounds = bounds

    def __iter__(self) -> Iterator[bytes]:
        read = 0
        for part in self._stream:
            read += len(part)
            if self._bounds.stop.is_set() or time.monotonic() > self._bounds.deadline:
                raise TimeoutError("nobody waits for it any more")
            if read > self._bounds.most:
                raise OSError("the answer does not end")
            yield part

    def close(self) -> None:
        """Close the connection's stream."""
        self._stream.close()


def client(make: Any) -> Any:
    """What the protocol's client reads with, `make` being its class: questions follow no redirection to another host."""
    return make(follow_redirects=False, event_hooks={"response": [_bind]})


def _bind(response: Any) -> None:
    bounds = reading.get()
    if bounds is not None:
        # The client takes a stream of its own kind only; which of the two httpx it is built on, the stream knows.
        kind = type("Bounded", (_Bounded, *type(response.stream).__bases__), {})
        response.stream = kind(response.stream, bounds)
