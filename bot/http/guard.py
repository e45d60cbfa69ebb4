"""Middleware before every route: host, token, limits, response headers, and metrics."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.http.metrics import Metrics
from bot.http.problems import Problem
from bot.http.tokens import Tokens, Windows

AT_ONCE = 256  # requests served concurrently
BODY_MOST = 65_536  # bytes of a request body
BODY_SECONDS = 10.0  # seconds for a client to send its request
WAIT_SECONDS = 30.0  # seconds in the queue, in addition to the time of an answer
OPEN_PATHS = ("/healthz", "/openapi.json", "/docs", "/style.css", "/icon.svg")  # these reveal nothing about the library
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
log = logging.getLogger("torkham.http")


class Guard:
    """Middleware around the whole application."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        metrics: Metrics,
        tokens: Tokens,
        per_minute: int,
        hosts: Collection[str],
        open_api: bool,
        open_pages: bool,
        seconds: float,
    ) -> None:
        """`hosts` are the accepted host names, empty for any. Open paths need no token.

        A request not answered after `seconds` plus the queueing time is given up.
        """
        self._app, self._metrics, self._tokens = app, metrics, tokens
        self._windows = Windows(per_minute)
        self._hosts = frozenset(hosts)
        self._open_api, self._open_pages = open_api, open_pages
        self._seconds = seconds + WAIT_SECONDS
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; non-HTTP messages (lifespan) are passed through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.monotonic(), [0]

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                status[0] = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        self._open += 1
        self._metrics.open.set(self._open)
        try:
            await self._serve(scope, receive, sent, status)
        finally:
            self._open -= 1
            self._metrics.open.set(self._open)
            route = getattr(scope.get("route"), "path", "none")
            self._metrics.requests.labels(route, str(status[0])).inc()
            self._metrics.seconds.labels(route).observe(time.monotonic() - began)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, status: list[int]) -> None:
        try:
            self._admit(scope)
            async with asyncio.timeout(self._seconds):
                await self._app(scope, _in_time(receive), send)
        except Problem as problem:
            if not status[0]:
                await problem.response()(scope, receive, send)
        except TimeoutError:
            if not status[0]:
                await Problem(504, "This took too long and was given up: try again.").response()(scope, receive, send)
        except Exception as error:  # the outermost border of a request
            log.error("unforeseen: %s", type(error).__name__)
            if not status[0]:
                await Problem(500, "An unexpected error occurred: try again later.").response()(scope, receive, send)

    def _admit(self, scope: Scope) -> None:
        """Problem if the request is for another host, lacks a token, exceeds the rate limit or finds the queue full."""
        headers = Headers(scope=scope)
        host = headers.get("host", "").rpartition(":")[0] or headers.get("host", "")
        if self._hosts and host.lower() not in self._hosts:
            raise Problem(421, "This server does not serve that host: use the server's own address.")
        path = scope["path"]
        if path in OPEN_PATHS:
            return
        name = self._tokens.name(headers.get("authorization", ""))
        if name is None and self._needs_token(path):
            raise Problem(
                401,
                "This needs a token: send the header `Authorization: Bearer TOKEN`.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        client = scope.get("client") or ("", 0)
        if wait := self._windows.wait(f"token {name}" if name else f"address {client[0]}"):
            raise Problem(
                429, f"Too many requests: wait {int(wait) + 1} seconds.", headers={"Retry-After": str(int(wait) + 1)}
            )
        if self._open > AT_ONCE:
            raise Problem(503, "Too many concurrent requests: try again shortly.", headers={"Retry-After": "1"})

    def _needs_token(self, path: str) -> bool:
        closed = path.startswith("/v1/") or path == "/metrics"
        return not (self._open_api if closed else self._open_pages)


def _in_time(receive: Receive) -> Receive:
    """The request's messages, each within its timeout; a disconnected client is no error here."""

    async def within() -> Message:
        if finished[0]:
            return await receive()  # this waits for a disconnect, for as long as the reply takes
        try:
            async with asyncio.timeout(BODY_SECONDS):
                message = await receive()
        except TimeoutError:
            raise Problem(408, "The request took too long to arrive: send it again.") from None
        finished[0] = not message.get("more_body", False)
        return message

    finished = [False]
    return within


async def body_of(request: Request) -> bytes:
    """The body of a JSON request; Problem for another type, and beyond BODY_MOST bytes, which are not read."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem(415, "Send JSON with the header `Content-Type: application/json`.")
    body = bytearray()
    announced = request.headers.get("content-length", "")
    if not announced.isdigit() or int(announced) <= BODY_MOST:
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_MOST:
                break
        else:
            return bytes(body)
    raise Problem(413, f"The body is too large: send at most {BODY_MOST:,} bytes.", headers={"Connection": "close"})
