"""The line on a terminal that says what long work is at and renews itself in place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Live
from rich.table import Column

from bot.progress import RENEWED

_WIDTH = 12  # of the bar, so that the longest usual line fits beside it into 80 columns


class Line:
    """A bar and a text behind it; other output appears above."""

    every = RENEWED

    def __init__(self, live: Live) -> None:
        self._live = live
        self._task = live.add_task("", total=None, visible=False)

    def show(self, line: str, done: int, total: int) -> None:
        """Put this in the place of what stands there."""
        self._live.update(self._task, description=line, completed=done, total=total, visible=True)


@contextmanager
def progress_line(console: Console) -> Iterator[Line]:
    """A line at the bottom of a terminal for as long as the work lasts; nothing of it stays."""
    text = TextColumn("{task.description}", table_column=Column(no_wrap=True, overflow="ellipsis"))
    with Live(BarColumn(bar_width=_WIDTH), text, console=console, transient=True) as live:
        yield Line(live)
