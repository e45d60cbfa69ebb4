from __future__ import annotations

import os

import pytest

from evals.fuzz.made_files import html
from sources.errors import LoadError
from sources.sandbox import child
from sources.sandbox.parent import Sandbox

pytestmark = pytest.mark.whole
SLEEP = b"import time; time.sleep(60)"


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path):
    """A child with one more task, which executes its input."""
    start = (
        "import sys; sys.path.insert(0, sys.argv[1]); from sources.sandbox import child;"
        "child.TASKS['run'] = lambda data, order: exec(data.decode(), {}, {'order': order}); child.serve()"
    )
    monkeypatch.setattr("sources.sandbox.parent._START", start)
    box = Sandbox()
    yield box
    box.close()


def test_a_hanging_parser_is_killed_and_the_next_file_is_read(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sources.sandbox.parent.PARSE_WAIT_FACTOR", 1)
    for code in (SLEEP, b"while True: pass"):
        with pytest.raises(LoadError, match=r"^f took longer than 1 seconds of processor time to read: split it"):
            sandbox.run("run", code, "f", seconds=1)
    assert sandbox.run("load", html(), "f.html", suffix=".html")["title"] == "The crossing"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (b"import os; os.kill(os.getpid(), 11)", "^f broke the program that reads it"),
        (b"bytearray(2 << 30)", "^f needs more memory than is safe"),
        (b"def f(): f()\nf.__globals__['f'] = f\nf()", "^f is nested too deeply"),
        (b"1 / 0", r"^f is damaged or not of this format \(ZeroDivisionError\)"),
        (
            b"import tempfile\nwith tempfile.TemporaryFile() as t: t.write(b'x')",
            r"^f is damaged or not of this format \((OSError|FileNotFoundError)\)",
        ),
    ],
)
def test_a_crash_is_a_one_sentence_error(sandbox: Sandbox, code: bytes, message: str) -> None:
    with pytest.raises(LoadError, match=message):
        sandbox.run("run", code, "f")


def test_waiting_is_not_counted(sandbox: Sandbox) -> None:
    assert sandbox.run("run", b"import time; time.sleep(1.5)", "f", seconds=1) is None


def test_progress_through_pages_is_reported(sandbox: Sandbox) -> None:
    told = list[tuple[int, int]]()
    sandbox.run("run", b"order['report'](3, 9)", "f", progress=lambda done, of: told.append((done, of)))
    assert told == [(3, 9)]


def test_the_child_knows_nothing_of_the_environment(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORKHAM_SECRET", "x")
    sandbox.run("run", b"import os; assert 'TORKHAM_SECRET' not in os.environ; print('noise')", "f")


def test_the_child_ends_with_its_parent(sandbox: Sandbox) -> None:
    sandbox.run("run", b"1", "f")
    process = sandbox._child
    assert process is not None
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=60) == 0


def test_errors_of_a_loader_come_through() -> None:
    assert child._answer(b"", {"task": "load", "file": "f.pdf", "suffix": ".pdf"})["error"].startswith(
        "f.pdf is no PDF"
    )
    assert os.getpid()
