"""Interrupted embedding resumes: cached vectors are not computed again."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.running import shipped

from sources.collection.library import LIBRARY_FOLDER

TESTS = Path(__file__).parents[2]
SCRIPT = TESTS / "support" / "processes" / "slow_update.py"
TORKHAM = Path(sys.executable).with_name("torkham")
SENTENCE = "Interrupted; nothing is lost. Run the same command again to continue."
BATCH = 128  # texts per commit


def started(home, notes, seconds):
    path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    return subprocess.Popen(
        [sys.executable, SCRIPT, notes, str(seconds), "--home", home, "index", "update"],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=home,
    )


def kept(home):
    """How many vectors are in the cache."""
    path = home / "index" / "cache" / "vectors.sqlite"
    if not path.exists():
        return 0
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return connection.execute("SELECT count(*) FROM vectors").fetchone()[0]
    except sqlite3.OperationalError:  # not made yet
        return 0
    finally:
        connection.close()


def until(reached):
    end = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_only_the_rest_is_embedded(tmp_path, how):
    notes = tmp_path / "notes"
    process = started(tmp_path, notes, 0.004)
    until(lambda: kept(tmp_path) >= 2 * BATCH)
    process.send_signal(how)
    out, err = process.communicate(timeout=60)
    if how == signal.SIGINT:
        assert process.returncode == 130
        assert (out, err.splitlines()) == ("", [f"torkham: {SENTENCE}"])
    assert not (tmp_path / "index" / "CURRENT").exists()
    before, first = kept(tmp_path), notes.read_text(encoding="utf-8").splitlines()
    assert before >= 2 * BATCH
    assert len(first) - before <= BATCH  # the batch being computed, all that is lost
    notes.unlink()
    again = started(tmp_path, notes, 0)
    out, err = again.communicate(timeout=60)
    assert again.returncode == 0, err
    assert f"Indexed {len(list(LIBRARY_FOLDER.rglob('*.md')))} new" in out
    rest = notes.read_text(encoding="utf-8").splitlines()
    assert len(rest) == kept(tmp_path) - before
    assert not set(first[:before]) & set(rest)
    assert sorted(path.name for path in (tmp_path / "index").iterdir()) == ["CURRENT", "cache", "generations", "lock"]


@pytest.mark.model
@pytest.mark.slow
def test_the_real_command_resumes_after_ctrl_c(tmp_path):
    """Not the suite's home: its cache knows the library."""
    (tmp_path / "model").symlink_to(shipped.indexed() / "model")
    command = [TORKHAM, "--home", tmp_path, "index", "update"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until(lambda: kept(tmp_path) >= BATCH)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.splitlines()[-1]) == (130, "", f"torkham: {SENTENCE}")
    before = kept(tmp_path)
    assert before >= BATCH
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until(lambda: kept(tmp_path) > before)  # it continues behind the existing ones
    process.kill()
    process.communicate()
