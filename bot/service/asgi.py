"""An ASGI application served on a socket until a signal ends it; the only user of uvicorn."""

from __future__ import annotations

import asyncio
import logging
import signal

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.errors import SetupError

GRACE = 5  # seconds for running requests at shutdown
HEAD_MOST = 16_384  # bytes of a request's header
CONNECTIONS = 1000  # concurrent connections
HEAD_SECONDS = 10.0  # seconds a connection may take until its first request
log = logging.getLogger("torkham.http")


class Protocol(H11Protocol):
    """HTTP/1.1 that closes connections without a timely request: a thousand idle ones would lock others out."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the timeout."""
        super().connection_made(transport)
        asyncio.get_running_loop().call_later(HEAD_SECONDS, self._look)

    def _look(self) -> None:
        if self.cycle is None:
            self.transport.close()


async def serve(app: ASGIApp, host: str, port: int, path: str = "", *, lifespan: bool = False) -> None:
    """Serve until SIGTERM or SIGINT; SetupError when the address is not available. `path` is logged."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,  # page addresses contain questions
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
    ):  # uvicorn raises the signal again, but there is more to close
        signal.signal(number, lambda *_: None)
    try:
        await uvicorn.Server(config).serve()
    except SystemExit:  # uvicorn has logged the reason
        raise SetupError(f"{host}:{port} cannot be listened on: stop what does, or choose another port.") from None
