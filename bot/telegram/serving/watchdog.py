"""The watchdog: a process beside the bot that ends it when it gives no sign of life, whatever it is stuck in.

Run as a file, with the standard library only. It is sent a byte for each sign of life; when the pipe closes, the bot has
ended and so does the watchdog.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path


class Watchdog:
    """Ends this process with SIGKILL unless `beat` is called within so many seconds, again and again."""

    def __init__(self, seconds: float) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(__file__)), str(os.getpid()), str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )

    @property
    def living(self) -> bool:
        """Whether it watches."""
        return self._process.poll() is None

    def beat(self) -> None:
        """A sign of life; OSError where the watchdog is gone."""
        assert self._process.stdin is not None
        os.write(self._process.stdin.fileno(), b".")

    def close(self) -> None:
        """It is no longer needed."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(5)


def watch(bot: int, seconds: float, pipe: int) -> None:
    """Wait for signs of life on a pipe; SIGKILL to the bot when there is none for so many seconds."""
    while True:
        readable, _, _ = select.select([pipe], [], [], seconds)
        if not readable:
            if os.getppid() == bot:  # else the number may be another's by now
                os.write(2, b"torkham: no sign of life from the bot: it is killed, to be started again\n")
                os.kill(bot, signal.SIGKILL)
            return
        if not os.read(pipe, 4096):
            return


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):  # meant for the bot, and it may take its time to end
        signal.signal(number, signal.SIG_IGN)
    watch(int(sys.argv[1]), float(sys.argv[2]), sys.stdin.fileno())
