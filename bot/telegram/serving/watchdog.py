"""The watchdog: a process that kills the bot when its heartbeat stops, whatever it is stuck in.

Run as a file, with the standard library only. Each heartbeat is a byte on a pipe; when the pipe closes, the bot has
ended, and
so does the watchdog.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path


class Watchdog:
    """Kills this process with SIGKILL unless `beat` is called at least every `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(__file__)), str(os.getpid()), str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )

    @property
    def living(self) -> bool:
        """Whether it is running."""
        return self._process.poll() is None

    def beat(self) -> None:
        """Send a heartbeat; OSError if the watchdog is gone."""
        assert self._process.stdin is not None
        os.write(self._process.stdin.fileno(), b".")

    def close(self) -> None:
        """Stop it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(5)


def watch(bot: int, seconds: float, pipe: int) -> None:
    """Wait for heartbeats on a pipe; SIGKILL the bot after `seconds` without one."""
    while True:
        readable, _, _ = select.select([pipe], [], [], seconds)
        if not readable:
            if os.getppid() == bot:  # otherwise the pid may have been reused
                os.write(2, b"torkham: no sign of life from the bot: it is killed, to be started again\n")
                os.kill(bot, signal.SIGKILL)
            return
        if not os.read(pipe, 4096):
            return


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):  # meant for the bot, which may take its time to end
        signal.signal(number, signal.SIG_IGN)
    watch(int(sys.argv[1]), float(sys.argv[2]), sys.stdin.fileno())
