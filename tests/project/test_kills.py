"""SIGKILL at random moments of every writer: everything confirmed is there, and everything can be read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import WordEncoder
from support.processes.kill_writers import FENCE, check, library, told

from index.build.update import update
from index.files.generations import Generations

TESTS = Path(__file__).parents[1]
SCRIPT = TESTS / "support" / "processes" / "kill_writers.py"


@pytest.mark.slow
def test_two_hundred_kills_of_all_writers_lose_nothing(tmp_path):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])}
    command = [sys.executable, str(SCRIPT), str(tmp_path / "home"), "200", "26"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == "200 killed, 0 wrong\n", done.stderr
    assert done.returncode == 0


@pytest.mark.whole
def test_lost_and_partial_writes_are_detected(tmp_path):
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "fence.txt").write_text(FENCE)
    (tmp_path / "promised").touch()
    update(library(tmp_path), Generations(tmp_path), WordEncoder())
    check(tmp_path)
    told(tmp_path, "source other")
    with pytest.raises(AssertionError, match="lost sources"):
        check(tmp_path)
    told(tmp_path, "gone other")
    check(tmp_path)
    told(tmp_path, "feed https://example.org/1")
    with pytest.raises(AssertionError, match="lost feeds"):
        check(tmp_path)
    path = Generations(tmp_path).path() / "sentences.npy"
    path.write_bytes(bytes(path.stat().st_size))
    with pytest.raises(AssertionError, match="the index is damaged"):
        check(tmp_path)
