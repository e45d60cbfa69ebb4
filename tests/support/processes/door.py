"""`torkham mcp` or `serve` over the small library of the tests, as a process: python door.py HOME COMMAND [OPTIONS]."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[3]))  # before the tests' folders, which have the packages' names

from support.running.served import library_work

from bot.cli.main import guarded, parser

if __name__ == "__main__":
    given = parser(sys.argv[2:]).parse_args(sys.argv[2:])
    work = library_work(Path(sys.argv[1]), pytest.MonkeyPatch(), http_processes=0)
    guarded(lambda: given.run(work, given))
