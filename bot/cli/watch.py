"""`torkham index watch`: keep the index in sync with the library folder."""

from __future__ import annotations

import argparse
import math
import threading
import time
from typing import TYPE_CHECKING

from bot.cli.parser import command

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.cli.parser import Commands
    from bot.workspace import Workspace

PAUSE_MS = 1_600  # of quiet in the folder before an update: copying many files is one change
RETRY_SECONDS = 30.0
MOST_RETRY_SECONDS = 600.0


def add_to(commands: Commands) -> None:
    """The command `index watch`."""
    about = "Update the index whenever a document in the library folder changes, until Ctrl-C."
    made = command(commands, "watch", _watch, about)
    made.add_argument(
        "--retry-after",
        type=float,
        default=RETRY_SECONDS,
        metavar="SECONDS",
        help="before a failed update is tried again",
    )


def _watch(work: Workspace, given: argparse.Namespace) -> None:
    work.library.folder.mkdir(parents=True, exist_ok=True)
    work.console.note(f"Watching {work.library.folder}; Ctrl-C ends it.")
    follow(work, lambda: _update(work), threading.Event(), retry_after=given.retry_after)


def follow(work: Workspace, update: Callable[[], bool], stop: threading.Event, *, retry_after: float) -> None:
    """Call `update` at the start and after each change, and retry failures with growing delays."""
    from watchfiles import watch as changes

    tick = int(min(5.0, retry_after) * 1000)
    wait, due = _next(update(), retry_after, retry_after)
    for found in changes(
        work.library.folder, debounce=PAUSE_MS, step=200, stop_event=stop, rust_timeout=tick, yield_on_timeout=True
    ):
        if found or time.monotonic() >= due:
            wait, due = _next(update(), wait, retry_after)


def _next(done: bool, wait: float, first: float) -> tuple[float, float]:
    """The delay after the next failure, and when to retry: never after success."""
    return (first, math.inf) if done else (min(2 * wait, MOST_RETRY_SECONDS), time.monotonic() + wait)


def _update(work: Workspace) -> bool:
    """Run one update; False when it has to be retried. Unreadable files are reported, and wait for a change."""
    try:
        outcome = work.update()
    except Exception as error:  # the outermost border of a process that is to run for months
        work.console.error(f"{error} (It will be retried.)")
        return False
    if outcome.written:
        counts = outcome.manifest.counts
        work.console.text(f"Indexed {outcome.changes}: {counts['documents']} documents, {counts['passages']} passages.")
    return True
