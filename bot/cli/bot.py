"""`torkham bot`: the Telegram bot."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.cli.parser import command, group

if TYPE_CHECKING:
    from bot.cli.parser import Commands
    from bot.workspace import Workspace

_RUN = "Answer in Telegram until Ctrl-C or SIGTERM; the token comes from TORKHAM_TELEGRAM_TOKEN or a 0600 file."
_CHECK = "Check token, webhook, commands, index, model and home; exit status 1 if anything is wrong."


def add_to(commands: Commands) -> None:
    """The group `bot`."""
    parts = group(commands, "bot", "The Telegram bot.")
    command(parts, "run", _run, _RUN)
    command(parts, "check", _check, _CHECK)


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
