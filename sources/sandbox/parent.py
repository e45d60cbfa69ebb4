"""Parses files in a child process: hangs, memory exhaustion and crashes become an error message."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sources.errors import LoadError
from sources.limits import FILES_PER_CHILD, PARSE_WAIT_FACTOR, parse_seconds

_OUT_OF_TIME = getattr(signal, "SIGXCPU", 0)
_ROOT = Path(__file__).resolve().parents[2]
Progress = Callable[[int, int], None]  # done, total

_START = "import sys; sys.path.insert(0, sys.argv[1]); from sources.sandbox.child import serve; serve()"


class Sandbox:
    """A child that reads one file after the other; created on first use, replaced after a failure.

    It gets neither the environment nor a file: bytes go in, JSON comes out (never pickle, which is unsafe on hostile
    data).
    """

    def __init__(self, *, most: int = FILES_PER_CHILD) -> None:
        """A child serves `most` requests, then it is replaced."""
        self._most = most
        self._child: subprocess.Popen[bytes] | None = None
        self._served = 0
        self._lock = threading.Lock()

    def run(
        self,
        task: str,
        data: bytes,
        file: str,
        *,
        seconds: float | None = None,
        progress: Progress | None = None,
        **options: Any,
    ) -> Any:
        """The child's response for the bytes; raises LoadError for what it refuses, and when it had to be killed.

        `seconds` are processor time: on a busy machine a file is not refused because of other programs.
        """
        limit = parse_seconds(len(data)) if seconds is None else seconds
        order = json.dumps({"task": task, "file": file, "size": len(data), "seconds": limit, **options})
        with self._lock:
            child = self._ready()
            try:
                reply = self._ask(
                    child, order.encode() + b"\n" + data, time.monotonic() + limit * PARSE_WAIT_FACTOR, progress
                )
            except (BrokenPipeError, EOFError, ValueError, TimeoutError) as error:
                if self._kill() == -_OUT_OF_TIME or isinstance(error, TimeoutError):
                    raise LoadError(
                        f"{file} took longer than {limit:.0f} seconds of processor time to read: split it, or convert it"
                        " to plain text"
                    ) from None
                raise LoadError(
                    f"{file} broke the program that reads it, or needs more memory than is safe: convert it to another"
                    " format"
                ) from None
            except BaseException:
                self._kill()
                raise
        if "error" in reply:
            raise LoadError(reply["error"])
        return reply["value"]

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._kill()

    def _ready(self) -> subprocess.Popen[bytes]:
        self._served += 1
        if self._child is not None and (self._served > self._most or self._child.poll() is not None):
            self._kill()
        if self._child is None:
            self._served = 1
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-B", "-c", _START, str(_ROOT)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PATH": os.defpath},
                start_new_session=True,
            )
        return self._child

    def _ask(
        self, child: subprocess.Popen[bytes], order: bytes, deadline: float, progress: Progress | None
    ) -> dict[str, Any]:
        assert child.stdin
        assert child.stdout
        child.stdin.write(order)
        child.stdin.flush()
        while True:
            size = int.from_bytes(_read(child.stdout.fileno(), 8, deadline), "big")
            reply: dict[str, Any] = json.loads(_read(child.stdout.fileno(), size, deadline))
            if "progress" not in reply:
                return reply
            if progress:
                progress(*reply["progress"])

    def _kill(self) -> int | None:
        """End the child; returns its exit status, usually the negative number of a signal."""
        child, self._child = self._child, None
        if child is None:
            return None
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(0.05)  # it may be exiting by itself, and its status says why
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        for pipe in (child.stdin, child.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        return child.wait()


def _read(descriptor: int, size: int, deadline: float) -> bytes:
    """Read exactly `count` bytes; TimeoutError after the deadline, EOFError when the child is gone."""
    parts, missing = list[bytes](), size
    while missing:
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError
        part = os.read(descriptor, min(missing, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
