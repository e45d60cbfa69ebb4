"""`torkham mcp`: the server on standard input and output, or over streamable HTTP on this machine."""

from __future__ import annotations

import asyncio
import logging
import os

from mcp.server.stdio import stdio_server

from bot.mcp.server import server_of
from bot.service.asgi import serve
from bot.service.service import Service, open_service
from bot.workspace import Workspace

HOST = "127.0.0.1"
BODY_MOST = 65_536  # bytes of a request


class Opening:
    """The service, opened in a thread after the client has been greeted: hosts only wait a few seconds for that."""

    def __init__(self, work: Workspace) -> None:
        self._work = work
        self._opening: asyncio.Task[Service] | None = None
        self._ahead: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Start opening it; a failure is raised to each call."""
        self._opening = asyncio.create_task(self._open())

    async def __call__(self) -> Service:
        """The open service."""
        assert self._opening is not None
        return await asyncio.shield(self._opening)

    async def close(self) -> bool:
        """Close it; False if a thread is still working."""
        assert self._opening is not None
        if not self._opening.done():
            return False
        return self._opening.exception() is not None or await self._opening.result().close()

    async def _open(self) -> Service:
        service = await asyncio.to_thread(open_service, self._work)
        self._ahead = asyncio.create_task(service.read_ahead(self._work))
        return service


def run_stdio(work: Workspace) -> None:
    """Serve one client until it closes standard input."""
    _set_up(work)
    _end(asyncio.run(_stdio(work)))


def run_http(work: Workspace, port: int) -> None:
    """Serve clients of this machine at http://127.0.0.1:PORT/mcp until SIGTERM or Ctrl-C."""
    _set_up(work)
    _end(asyncio.run(_http(work, port)))


def _set_up(work: Workspace) -> None:
    logging.basicConfig(level=work.settings.log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("mcp").setLevel(logging.ERROR)  # clients' messages do not belong in the log


def _end(closed: bool) -> None:
    if not closed:  # the interpreter would wait for the thread
        logging.shutdown()
        os._exit(0)


async def _stdio(work: Workspace) -> bool:
    opening = Opening(work)
    opening.begin()
    server = server_of(opening)
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())
    return await opening.close()


async def _http(work: Workspace, port: int) -> bool:
    opening = Opening(work)
    opening.begin()
    app = server_of(opening).streamable_http_app(
        host=HOST, stateless_http=True, json_response=True, max_request_body_size=BODY_MOST
    )
    try:
        await serve(app, HOST, port, "/mcp", lifespan=True)
    finally:
        closed = await opening.close()
    return closed
