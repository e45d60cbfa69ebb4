"""/healthz and /metrics on a loopback port."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from bot.errors import SetupError

HOST = "127.0.0.1"


async def serve(
    port: int, health: Callable[[], tuple[bool, dict[str, object]]], metrics: Callable[[], bytes]
) -> web.AppRunner:
    """A small HTTP server, stopped with `cleanup`; /healthz is 200 while healthy, else 503. SetupError if the port is
    taken.
    """

    async def healthz(_request: web.Request) -> web.Response:
        healthy, about = health()
        return web.json_response(about, status=200 if healthy else 503)

    async def figures(_request: web.Request) -> web.Response:
        return web.Response(body=metrics(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/metrics", figures)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
    except OSError as error:
        await runner.cleanup()
        raise SetupError(
            f"{HOST}:{port} cannot be listened on ({error.strerror}): set TORKHAM_HEALTH_PORT to another port, or to 0."
        ) from None
    return runner
