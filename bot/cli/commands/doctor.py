"""`torkham doctor`: check the whole installation."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.cli.parser import command

if TYPE_CHECKING:
    from bot.cli.parser import Commands
    from bot.workspace import Workspace

_ABOUT = "Check settings, home, model, library and index; exit status 1 if anything is wrong."


def add_to(commands: Commands) -> None:
    """The command `doctor`."""
    command(commands, "doctor", _doctor, _ABOUT)


def _doctor(work: Workspace, given: argparse.Namespace) -> int:
    from bot.doctor import examine

    checks = list(examine(work))
    for check in checks:
        work.console.finding(check.subject, check.good, check.finding)
    return 0 if all(check.good for check in checks) else 1
