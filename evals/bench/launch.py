"""A command as a whole process: its seconds, exit status and peak memory, as one line.

python -m evals.bench.launch PROGRAM ARGUMENT…

A process of its own, since a child's peak memory is never said to be less than that of the process that started it.
"""

from __future__ import annotations

import os
import sys
import time


def main(command: list[str]) -> int:
    """Run it with its output thrown away."""
    silent = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0o600) for number in (1, 2)]
    started = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ, file_actions=silent)
    _, status, used = os.wait4(child, 0)
    seconds = time.perf_counter() - started
    print(seconds, os.waitstatus_to_exitcode(status), used.ru_maxrss * (1 if sys.platform == "darwin" else 1024))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
