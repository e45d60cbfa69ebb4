"""`torkham serve`: answers over HTTP, for programs and as web pages."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.cli.parser import command, number

if TYPE_CHECKING:
    from bot.cli.parser import Commands
    from bot.workspace import Workspace

_ABOUT = "Answer over HTTP until Ctrl-C or SIGTERM: a page at /, JSON under /v1, documentation at /docs."


def add_to(commands: Commands) -> None:
    """The command `serve`."""
    made = command(commands, "serve", _serve, _ABOUT, examples="torkham serve\ntorkham serve --port 8080")
    made.add_argument("--host", metavar="ADDRESS", help="listen here (default 127.0.0.1: this machine only)")
    made.add_argument("--port", metavar="N", type=number(1, 65535), help="listen on this port (default 8765)")


def _serve(work: Workspace, given: argparse.Namespace) -> None:
    from bot.http.run import run

    changed = {"http_host": given.host, "http_port": given.port}
    work.settings = replace(work.settings, **{name: value for name, value in changed.items() if value is not None})
    run(work)
