"""Bounds the reading of a model server's response: a deadline, a number of bytes, and no redirect to another host."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Event
from typing import Any

BYTES = 2_000  # bytes of a stream per requested token: a piece is some 300 bytes of JSON
MORE_BYTES = 200_000  # allowance for everything else


@dataclass(frozen=True, slots=True)
class Reading:
    """The limits on reading the responses of this thread: `deadline` (time.monotonic()), `most` bytes, or `stop`."""

    deadline: float
    most: int
    stop: Event


reading: ContextVar[Reading | None] = ContextVar("reading", default=None)


class _Bounded:
    """A response body that raises at the limit, whatever the server sends: comments, or one endless line."""

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
    """The client's transport, of class `make`: questions are never redirected to another host."""
    return make(follow_redirects=False, event_hooks={"response": [_bind]})


def _bind(response: Any) -> None:
    bounds = reading.get()
    if bounds is not None:
        # The client only accepts its own stream type; the stream knows which of the two httpx versions it is built on.
        kind = type("Bounded", (_Bounded, *type(response.stream).__bases__), {})
        response.stream = kind(response.stream, bounds)
