"""The home of the tests that ask the shipped library with the real model: made once, kept between runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
HOME = Path(os.environ.get("TEST_HOME") or ROOT / ".cache" / "home")
TORKHAM = [sys.executable, "-c", "from bot.cli import main; main()"]


def indexed() -> Path:
    """The home, with its index up to date."""
    HOME.mkdir(parents=True, exist_ok=True)
    command = [*TORKHAM, "--home", HOME, "index", "update"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return HOME


def copied(home: Path) -> Path:
    """A home of one test's own that shares the model, and has the vectors, so that indexing it takes seconds."""
    kept = indexed()
    home.mkdir(parents=True, exist_ok=True)
    (home / "model").symlink_to((kept / "model").absolute())
    shutil.copytree(kept / "index" / "cache", home / "index" / "cache")
    return home
