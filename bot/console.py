"""Where the command writes: results to standard output, everything else to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console as RichConsole
    from rich.table import Table

    from bot.progress import Progress


@dataclass(slots=True)
class Console:
    """What the global options say about output."""

    quiet: bool = False
    verbose: bool = False
    colour: bool = True

    def _rich(self, *, stderr: bool = False) -> RichConsole:
        from rich.console import Console as RichConsole

        no_color = None if self.colour else True
        return RichConsole(
            stderr=stderr, no_color=no_color, highlight=False, markup=False, emoji=False, soft_wrap=False
        )

    def finding(self, subject: str, good: bool, found: str) -> None:
        """A line for one thing looked at: `ok` or `BAD`, what it is, what was found."""
        self.text(f"{'ok ' if good else 'BAD'} {subject}: {found}")

    def text(self, text: str = "", style: str | None = None) -> None:
        """A paragraph of a result, wrapped to the terminal; unwrapped where it goes into a file or a pipe."""
        if sys.stdout.isatty():
            self._rich().print(text, style=style)
        else:
            print(text)

    def table(self, table: Table) -> None:
        """A table of a result."""
        self._rich().print(table)

    def json(self, value: Any) -> None:
        """A result as JSON."""
        print(json.dumps(value, ensure_ascii=False, indent=2))

    def raw(self, text: str) -> None:
        """A result exactly as it is, at once."""
        sys.stdout.write(text)
        sys.stdout.flush()

    def note(self, text: str) -> None:
        """Something worth knowing beside the result."""
        if not self.quiet:
            print(text, file=sys.stderr, flush=True)

    def detail(self, text: str) -> None:
        """Something that only `--verbose` shows."""
        if self.verbose:
            print(text, file=sys.stderr, flush=True)

    def error(self, text: str) -> None:
        """Why it did not work, and what to do."""
        print(f"torkham: {text}", file=sys.stderr, flush=True)

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """One line that renews itself on a terminal; elsewhere a line now and then; nothing when quiet."""
        from bot.progress import Lines, Progress

        if self.quiet:
            yield Progress(None)
        elif sys.stderr.isatty():
            from bot.progress_line import progress_line

            with progress_line(self._rich(stderr=True)) as line:
                yield Progress(line)
        else:
            yield Progress(Lines(self.note))
