"""`torkham completion`: a script for shell completion of commands and options."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.cli.main import parser
from bot.cli.parser import command

if TYPE_CHECKING:
    from bot.cli.parser import Commands
    from bot.workspace import Workspace

_EXAMPLES = """
torkham completion bash > ~/.local/share/bash-completion/completions/torkham
torkham completion zsh > ~/.zfunc/_torkham
"""


def add_to(commands: Commands) -> None:
    """The command `completion`."""
    made = command(commands, "completion", _completion, "Print the completion script of a shell.", examples=_EXAMPLES)
    made.add_argument("shell", choices=("bash", "zsh"))


def _completion(work: Workspace, given: argparse.Namespace) -> None:
    import shtab

    work.console.raw(shtab.complete(parser(), given.shell) + "\n")
