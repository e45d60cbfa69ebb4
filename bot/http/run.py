"""`torkham serve`: the HTTP front end on a home, until a signal ends it."""

from __future__ import annotations

import asyncio
import logging
import os

from starlette.types import ASGIApp

from bot.errors import SetupError
from bot.http.app import application
from bot.http.tokens import read_tokens
from bot.service.asgi import serve
from bot.service.service import Service, open_service
from bot.workspace import Workspace
from sources.text.urls import is_web_address


def run(work: Workspace) -> None:
    """Serve until SIGTERM or Ctrl-C; SetupError if it cannot."""
    settings = work.settings
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    tokens = read_tokens(settings)
    if settings.public_url and not _is_origin(settings.public_url):
        raise SetupError(
            f"TORKHAM_PUBLIC_URL is {settings.public_url!r}: write https://, a host and nothing behind it."
        )
    service = open_service(work, settings.http_processes)
    app = application(service, settings, tokens)
    if not asyncio.run(_serve(app, service, work)):  # the interpreter would wait for the computing thread
        logging.shutdown()
        os._exit(0)


def _is_origin(url: str) -> bool:
    """Whether it is an address without path, query or fragment: links on the pages begin at the root."""
    return is_web_address(url) and url.rstrip("/").count("/") == 2 and not set("?#@") & set(url)


async def _serve(app: ASGIApp, service: Service, work: Workspace) -> bool:
    """Whether everything was closed at the end."""
    ahead = asyncio.create_task(service.read_ahead(work))
    try:
        await serve(app, work.settings.http_host, work.settings.http_port)
    finally:
        ahead.cancel()
        closed = await service.close()
    return closed
