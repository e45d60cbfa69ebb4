"""A load balancer in miniature: whatever comes goes to one backend after the other, past those that fail."""

from __future__ import annotations

import itertools

import aiohttp
from aiohttp import web


class Balancer:
    def __init__(self, ports: list[int]) -> None:
        self.ports, self.taken = ports, itertools.count()
        self.by_port = dict.fromkeys(ports, 0)

    async def start(self) -> Balancer:
        app = web.Application()
        app.router.add_post("/{path}", self.handle)
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(4))
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        return self

    async def stop(self) -> None:
        await self.session.close()
        await self.runner.cleanup()

    async def handle(self, request: web.Request) -> web.Response:
        body, first = await request.read(), next(self.taken)
        for number in range(len(self.ports)):
            port = self.ports[(first + number) % len(self.ports)]
            try:
                async with self.session.post(
                    f"http://127.0.0.1:{port}{request.path}", data=body, headers=dict(request.headers)
                ) as answer:
                    if answer.status < 500:
                        self.by_port[port] += 1
                        return web.Response(status=answer.status)
            except (aiohttp.ClientError, TimeoutError):
                continue
        return web.Response(status=502)
