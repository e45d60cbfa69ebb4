"""/healthz and /metrics on a loopback port."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

HOST = "127.0.0.1"
LONGEST_REQUEST = 8192
REASONS = {200: "OK", 404: "Not Found", 503: "Service Unavailable"}


async def serve(
    port: int, health: Callable[[], tuple[bool, dict[str, object]]], metrics: Callable[[], bytes]
) -> asyncio.Server:
    """A small HTTP server; /healthz is 200 while healthy, else 503."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            path = head.split(b" ", 2)[1].partition(b"?")[0]
            status, kind, body = _page(path)
            writer.write(
                f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
                "Connection: close\r\n\r\n".encode()
                + body
            )
            await writer.drain()
        except (TimeoutError, OSError, IndexError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # a client that does not speak HTTP is none of our business
        finally:
            writer.close()

    def _page(path: bytes) -> tuple[int, str, bytes]:
        if path == b"/healthz":
            healthy, about = health()
            return 200 if healthy else 503, "application/json", json.dumps(about).encode()
        if path == b"/metrics":
            return 200, "text/plain; version=0.0.4; charset=utf-8", metrics()
        return 404, "text/plain", b"/healthz and /metrics are here.\n"

    return await asyncio.start_server(answer, HOST, port, limit=LONGEST_REQUEST)
