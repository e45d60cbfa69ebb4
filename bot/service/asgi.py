"""An ASGI application served on a socket until a signal ends it; the only user of uvicorn."""

from __future__ import annotations

import asyncio
import logging
import signal

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.errors import SetupError

GRACE = 5  # seconds that requests in work are given at the end
HEAD_MOST = 16_384  # bytes of a request's head
CONNECTIONS = 1000  # connections at the same time
HEAD_SECONDS = 10.0  # that a connection may take until its first request
log = logging.getLogger("torkham.http")


class Protocol(H11Protocol):
    """HTTP/1.1, and a connection that sends no request in time is closed: a thousand idle ones would keep others out."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin the time."""
        super().connection_made(transport)
        asyncio.get_running_loop().call_later(HEAD_SECONDS, self._look)

    def _look(self) -> None:
        if self.cycle is None:
            self.transport.close()


async def serve(app: ASGIApp, host: str, port: int, path: str = "", *, lifespan: bool = False) -> None:
    """Returns after SIGTERM or SIGINT; SetupError where the address cannot be listened on. `path` is said on the log."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,  # an address of the page holds a question
        server_header=False,
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=GRACE,
        h11_max_incomplete_event_size=HEAD_MOST,
        http=Protocol,
        loop="asyncio",
        lifespan="on" if lifespan else "off",
        ws="none",
    )
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    log.warning("http://%s:%d%s serves", f"[{host}]" if ":" in host else host, port, path)
    for number in (
        signal.SIGTERM,
        signal.SIGINT,
    ):  # uvicorn sends itself anew what ended it: the rest is still to be closed
        signal.signal(number, lambda *_: None)
    try:
        await uvicorn.Server(config).serve()
    except SystemExit:  # uvicorn has said on its log what it is
        raise SetupError(f"{host}:{port} cannot be listened on: stop what does, or choose another port.") from None
