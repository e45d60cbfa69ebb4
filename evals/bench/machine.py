"""The machine under a bench: its cores, its load, what other processes take of it, and the versions in use."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("torkham", "faiss-cpu", "onnxruntime", "tantivy", "numpy")
QUIET = 0.5  # of the cores: a load above it, or others that take more, is no quiet machine
_STAT = Path("/proc/stat")


@dataclass(frozen=True, slots=True)
class State:
    """What went on before a part: the load average of a minute, and the cores that others keep busy just now."""

    load: float
    busy: float


def cores() -> int:
    """How many cores there are."""
    return os.cpu_count() or 1


def versions() -> dict[str, str]:
    """Python and the packages whose speed is measured."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def state(*, seconds: float = 1.0) -> State:
    """Sleep for some time and see what the others do meanwhile; where the system does not tell, the load stands for it.

    The load average holds the bench's own last minute as well: only before the first part does it speak of others.
    """
    load = os.getloadavg()[0]
    if not _STAT.exists():
        return State(load, load)
    idle, total = ticks(_STAT.read_text(encoding="ascii"))
    time.sleep(seconds)
    later, whole = ticks(_STAT.read_text(encoding="ascii"))
    share = 1 - (later - idle) / max(1, whole - total)
    return State(load, max(0.0, share) * cores())


def ticks(text: str) -> tuple[int, int]:
    """(idle, all) ticks of all cores in the text of /proc/stat; waiting for a disk is idle, time taken by a host is not."""
    counts = [int(word) for word in text.splitlines()[0].split()[1:9]]
    return counts[3] + counts[4], sum(counts)


def noise(name: str, seen: State, *, first: bool, count: int) -> str | None:
    """A line when the machine is not quiet before a part; None when it is."""
    if seen.busy > QUIET * count or (first and seen.load > QUIET * count):
        return f"not quiet before {name}: load {seen.load:.1f}, others keep {seen.busy:.1f} of {count} cores busy"
    return None
