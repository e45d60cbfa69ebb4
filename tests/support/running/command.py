"""The command `torkham` run in this process, its output and its exit status caught."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from bot.cli.main import run


@dataclass(frozen=True)
class Result:
    """What came of a command line; `exception` is what it raised, if it is no exit."""

    exit_code: int
    stdout: str
    stderr: str
    exception: BaseException | None = None

    @property
    def output(self) -> str:
        return self.stdout + self.stderr


def invoke(home: Path, *words: str, input: str | None = None) -> Result:
    """`torkham --home HOME WORDS`, with that text on standard input."""
    out, err, caught = io.StringIO(), io.StringIO(), None
    typed = io.TextIOWrapper(io.BytesIO((input or "").encode()), encoding="utf-8")
    with redirect_stdout(out), redirect_stderr(err), patch.object(sys, "stdin", typed):
        try:
            status = run(["--home", str(home), *map(str, words)])
        except SystemExit as stop:
            status = stop.code if isinstance(stop.code, int) else 1
        except Exception as error:
            status, caught = 1, error
    return Result(status, out.getvalue(), err.getvalue(), caught)
