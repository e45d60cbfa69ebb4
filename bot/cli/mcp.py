"""`torkham mcp`: the tools for language models."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.cli.parser import command, number

if TYPE_CHECKING:
    from bot.cli.parser import Commands
    from bot.workspace import Workspace

_ABOUT = (
    "Serve the library to a language model (MCP), on standard input and output; hosts start this command themselves."
)
PORT = 8766


def add_to(commands: Commands) -> None:
    """The command `mcp`."""
    made = command(commands, "mcp", _mcp, _ABOUT, examples="torkham mcp\ntorkham mcp --http --port 8766")
    made.add_argument("--http", action="store_true", help="streamable HTTP at http://127.0.0.1:PORT/mcp instead")
    made.add_argument("--port", metavar="N", type=number(1, 65535), default=PORT, help=f"its port (default {PORT})")


def _mcp(work: Workspace, given: argparse.Namespace) -> None:
    from bot.mcp.run import run_http, run_stdio

    if given.http:
        run_http(work, given.port)
    else:
        run_stdio(work)
