"""The fake over HTTP: a method for each call, and the faults that a test asks for."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from aiohttp import web
from support.fakes.bot_api.markup import Refused
from support.fakes.bot_api.messages import Messages
from support.fakes.bot_api.profile import Profile
from support.fakes.bot_api.updates import Updates

TOKEN = "123456789:TEST-TOKEN-abcdefghijklmnopqrstu"
TEXT_FIELDS = set(
    "text caption parse_mode callback_query_id inline_query_id url language_code action description short_description"
    " secret_token".split()
)


class FakeBotApi(Messages, Profile, Updates):
    def __init__(self, token: str = TOKEN) -> None:
        super().__init__(token)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method, p = request.match_info["method"], await _parameters(request)
        call: dict[str, Any] = {"method": method, "p": p, "at": time.time()}
        if method != "getUpdates":
            self.calls.append(call)
        try:
            if request.match_info["token"] != self.token:
                raise Refused(401, "Unauthorized")
            fault = self._fault(method)
            kind = fault["kind"] if fault else None
            if kind == 429:
                raise Refused(
                    429, f"Too Many Requests: retry after {fault['retry_after']}", retry_after=fault["retry_after"]
                )
            if kind == "drop":
                call["error"] = "drop"
                return _abort(request)
            if kind == "html502":
                return web.Response(status=502, text="<html><h1>502 Bad Gateway</h1></html>", content_type="text/html")
            if kind == "slow":
                await (fault["until"].wait() if "until" in fault else asyncio.sleep(fault["seconds"]))
            if isinstance(kind, int):
                raise Refused(kind, fault.get("description", "Internal Server Error"))
            function = getattr(self, f"m_{method}", None)
            if function is None:
                raise Refused(404, "Not Found")
            result = await function(p)
            if isinstance(result, dict) and "message_id" in result:
                call["arrived"] = result
            call["ok"] = True
            return _abort(request) if kind == "drop_after" else web.json_response({"ok": True, "result": result})
        except Refused as refused:
            call["error"] = refused.description
            body: dict[str, Any] = {"ok": False, "error_code": refused.code, "description": refused.description}
            if refused.parameters:
                body["parameters"] = refused.parameters
            return web.json_response(body, status=refused.code)
        finally:
            self.called.set()

    def _fault(self, method: str) -> Any:
        for fault in self.faults:
            if fault["method"] == method and fault["times"] > 0:
                fault["times"] -= 1
                return fault
        return None

    async def file(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=self.files[request.match_info["name"]])

    async def start(self, port: int = 0) -> FakeBotApi:
        app = web.Application(client_max_size=60_000_000)
        app.router.add_route("*", r"/bot{token:[^/]+}/{method}", self.handle)
        app.router.add_get(r"/file/bot{token:[^/]+}/documents/{name}", self.file)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        return self

    async def stop(self) -> None:
        self.stop_delivering()
        await self.runner.cleanup()


def _abort(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _parameters(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return dict(await request.json())
    p: dict[str, Any] = {}
    for key, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            p[key] = {"name": value.filename, "content": value.file.read()}
        elif key in TEXT_FIELDS:
            p[key] = value
        else:
            try:
                p[key] = json.loads(value)
            except ValueError:
                p[key] = value
    for key, value in p.items():  # a file is named in one field and attached in another
        if isinstance(value, str) and value.startswith("attach://"):
            p[key] = p[value.removeprefix("attach://")]
    return p
