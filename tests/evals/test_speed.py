"""The quick start of a command."""

from __future__ import annotations

import subprocess
import sys


def test_leaving_at_once_flushes_keeps_the_status_and_removes_temporary_folders(tmp_path):
    left = subprocess.run(
        [
            sys.executable, "-c",
            f"import tempfile; from bot.cli.main import _leave; t = tempfile.TemporaryDirectory(dir={str(tmp_path)!r})\n"
            "print('answered'); _leave(SystemExit(3))",
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (left.returncode, left.stdout) == (3, "answered\n")
    assert list(tmp_path.iterdir()) == []
