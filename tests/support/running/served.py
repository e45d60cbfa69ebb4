"""A service over the small library of the bot's tests, for the tests of every door."""

from __future__ import annotations

import asyncio
import atexit
import functools
import shutil
import sys
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import uvicorn
from support.fakes import word_reader
from support.fakes.web import free_port
from support.running.telegram_bot import workspace

from bot.http.app import application
from bot.http.tokens import Tokens
from bot.service import asgi
from bot.service.service import open_service
from bot.settings import Settings

DOOR = str(Path(__file__).parents[1] / "processes" / "door.py")


@functools.cache
def _indexed():
    """The home with the small library, made once."""
    home = Path(tempfile.mkdtemp(prefix="torkham-served-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    workspace(home)
    return home


def library_work(home, monkeypatch, **settings):
    """A workspace on a home with the small library."""
    word_reader.use(monkeypatch)
    monkeypatch.setattr("bot.workspace.Workspace._catch_up", lambda self: None)
    shutil.copytree(_indexed(), home, dirs_exist_ok=True)
    return workspace(home, **settings)


@asynccontextmanager
async def serving(home, monkeypatch, **settings):
    """The service of a home with three documents; its answers hang on no weights."""
    service = open_service(library_work(home, monkeypatch, **settings))
    try:
        yield service
    finally:
        await service.close()


@asynccontextmanager
async def http(home, monkeypatch, tokens=None, **settings):
    """(a client of the application, the service), without a socket."""
    async with serving(home, monkeypatch, **settings) as service:
        app = application(service, Settings(home=home, **{"http_per_minute": 10_000, **settings}), Tokens(tokens or {}))
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 1), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            yield client, service


@asynccontextmanager
async def listening(home, monkeypatch, **settings):
    """(the port, the service) of a server on a socket of this machine."""
    async with serving(home, monkeypatch, **settings) as service:
        app = application(service, Settings(home=home, **{"http_per_minute": 10_000, **settings}), Tokens({}))
        config = uvicorn.Config(
            app, port=0, http=asgi.Protocol, log_config=None, lifespan="off", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        monkeypatch.setattr(server, "install_signal_handlers", lambda: None, raising=False)
        running = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            yield server.servers[0].sockets[0].getsockname()[1], service
        finally:
            server.should_exit = True
            await running


@asynccontextmanager
async def process(home, *words):
    """The port of a door in a process of its own, which ends well at SIGTERM."""
    port = free_port()
    running = await asyncio.create_subprocess_exec(sys.executable, DOOR, str(home), *words, "--port", str(port))
    try:
        while True:  # until it listens
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                assert running.returncode is None
                await asyncio.sleep(0.1)
            else:
                writer.close()
                break
        yield port
    finally:
        running.terminate()
        status = await running.wait()
    assert status == 0
