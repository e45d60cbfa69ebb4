"""`torkham bot`, `torkham serve`, `torkham mcp`: what answers until it is stopped."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.cli.parser import command, group, number

if TYPE_CHECKING:
    from bot.cli.parser import Commands
    from bot.workspace import Workspace

_RUN = "Answer in Telegram until Ctrl-C or SIGTERM; the token comes from TORKHAM_TELEGRAM_TOKEN or a 0600 file."
_CHECK = "Check token, webhook, commands, index, model and home; exit status 1 if anything is wrong."
_SERVE = "Answer over HTTP until Ctrl-C or SIGTERM: a page at /, JSON under /v1, documentation at /docs."
_MCP = "Serve the library to a language model (MCP), on standard input and output; hosts start this command themselves."
MCP_PORT = 8766


def add_to(commands: Commands) -> None:
    """The group `bot`, and the commands `serve` and `mcp`."""
    parts = group(commands, "bot", "The Telegram bot.")
    command(parts, "run", _run, _RUN)
    command(parts, "check", _check, _CHECK)
    made = command(commands, "serve", _serve, _SERVE, examples="torkham serve\ntorkham serve --port 8080")
    made.add_argument("--host", metavar="ADDRESS", help="listen here (default 127.0.0.1: this machine only)")
    made.add_argument("--port", metavar="N", type=number(1, 65535), help="listen on this port (default 8765)")
    made = command(commands, "mcp", _mcp, _MCP, examples="torkham mcp\ntorkham mcp --http --port 8766")
    made.add_argument("--http", action="store_true", help="streamable HTTP at http://127.0.0.1:PORT/mcp instead")
    made.add_argument(
        "--port", metavar="N", type=number(1, 65535), default=MCP_PORT, help=f"its port (default {MCP_PORT})"
    )


def _run(work: Workspace, given: argparse.Namespace) -> None:
    from bot.telegram.run import run as run_bot

    run_bot(work)


def _check(work: Workspace, given: argparse.Namespace) -> int:
    from bot.telegram.check import examine

    healthy = True
    for found in examine(work):
        work.console.finding(found.subject, found.good, found.finding)
        healthy &= found.good
    return 0 if healthy else 1


def _serve(work: Workspace, given: argparse.Namespace) -> None:
    from bot.http.run import run

    changed = {"http_host": given.host, "http_port": given.port}
    work.settings = replace(work.settings, **{name: value for name, value in changed.items() if value is not None})
    run(work)


def _mcp(work: Workspace, given: argparse.Namespace) -> None:
    from bot.mcp.run import run_http, run_stdio

    if given.http:
        run_http(work, given.port)
    else:
        run_stdio(work)
