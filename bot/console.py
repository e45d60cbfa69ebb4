"""Where the command writes: results to standard output, everything else to standard error."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console as RichConsole
    from rich.table import Table

    from bot.progress import Progress
    from bot.spans import Span


WIDEST = 100  # columns of a paragraph: longer lines are hard to read


def _breaks(text: str, width: int) -> list[int]:
    """Where lines of so many columns begin: at words, also before one longer than a line (an address stays whole).

    The number of a citation stays with the word before it.
    """
    from rich.cells import cell_len

    breaks, used = list[int](), 0
    for word in re.finditer(r"\s*\S+(?: \u2068?\[\d\S*)?\s*", text):
        if used and used + cell_len(word[0].rstrip()) > width:
            breaks.append(word.start())
            used = 0
        used += cell_len(word[0])
    return breaks


def knows_links(environ: Mapping[str, str]) -> bool:
    """Whether the terminal makes a title a link (OSC 8), by what it says of itself, as the programs that draw links ask it.

    FORCE_HYPERLINK decides where it is set. VTE draws links from 0.50.1, tmux from 3.4, iTerm from 3.1.
    """
    if forced := environ.get("FORCE_HYPERLINK"):
        return forced != "0"
    if environ.get("VTE_VERSION", "").isdigit():
        return int(environ["VTE_VERSION"]) > 5000
    program, version = environ.get("TERM_PROGRAM", ""), environ.get("TERM_PROGRAM_VERSION", "")
    least = {
        "tmux": (3, 4),
        "iTerm.app": (3, 1),
        "vscode": (1, 72),
        "WezTerm": (0, 0),
        "ghostty": (0, 0),
        "Hyper": (0, 0),
    }
    if program in least:
        return tuple(int(part) for part in re.findall(r"\d+", version)[:2]) >= least[program]
    known = {"xterm-kitty", "alacritty", "xterm-ghostty", "foot", "foot-extra", "contour"}
    return environ.get("TERM", "") in known or any(name in environ for name in ("WT_SESSION", "KONSOLE_VERSION"))


@dataclass(slots=True)
class Console:
    """What the global options say about output; `urls` shows addresses in full, where titles would be links."""

    quiet: bool = False
    verbose: bool = False
    colour: bool = True
    urls: bool = False
    _paging: bool = False

    @property
    def terminal(self) -> bool:
        """Whether a person reads along."""
        return self._paging or sys.stdout.isatty()

    def _rich(self, *, stderr: bool = False) -> RichConsole:
        from rich.console import Console as RichConsole

        no_color = None if self.colour else True
        return RichConsole(
            stderr=stderr,
            no_color=no_color,
            force_terminal=True if self._paging and not stderr else None,
            highlight=False,
            markup=False,
            emoji=False,
            soft_wrap=False,
        )

    @contextmanager
    def paged(self) -> Iterator[None]:
        """What is written inside goes through $PAGER (`less`, which ends by itself where a page is enough) on a terminal."""
        pager = os.environ.get("PAGER", "less").strip()
        found = shutil.which(pager.split()[0]) if pager else None
        if not sys.stdout.isatty() or self._paging or found is None:
            yield
            return
        environ = {"LESS": "FRX", **os.environ}
        with subprocess.Popen(
            pager, shell=True, stdin=subprocess.PIPE, text=True, encoding="utf-8", env=environ
        ) as child:
            assert child.stdin is not None
            self._paging = True
            try:
                with redirect_stdout(child.stdin):
                    yield
            except (BrokenPipeError, KeyboardInterrupt):  # the reader has seen enough
                pass
            finally:
                self._paging = False
                with suppress(BrokenPipeError):
                    child.stdin.close()

    def finding(self, subject: str, good: bool, found: str) -> None:
        """A line for one thing looked at: `ok` or `BAD`, what it is, what was found."""
        self.text(f"{'ok ' if good else 'BAD'} {subject}: {found}")

    def spans(self, spans: Iterable[Span], *, bullet: str = "", hanging: int = 0, address: bool = False) -> None:
        """A paragraph of spans, wrapped with a hanging indent on a terminal.

        `address`: the addresses of links are shown in full on a line of their own where titles cannot be links (in a file or
        a pipe), or where `urls` asks for it; in a terminal that knows links the titles are links.
        """
        spans = list(spans)
        if self.terminal:
            self._wrapped(spans, bullet, hanging or len(bullet))
        else:
            print(bullet + "".join(span.text for span in spans))
        if address and (self.urls or not self.terminal):
            for span in spans:
                if span.url:
                    print(" " * hanging + span.url)

    def _wrapped(self, spans: list[Span], bullet: str, hanging: int) -> None:
        from rich.style import Style
        from rich.text import Text

        console, text = self._rich(), Text()
        links = self.colour and not self.urls and knows_links(os.environ)
        for span in spans:
            text.append(
                span.text, Style(bold=span.bold or None, dim=span.quiet or None, link=span.url if links else None)
            )
        lines = text.divide(_breaks(text.plain, self._width() - hanging))
        for number, line in enumerate(lines):
            line.rstrip()
            console.print(Text(bullet if number == 0 else " " * hanging) + line, soft_wrap=True)

    def _width(self) -> int:
        return min(shutil.get_terminal_size().columns, WIDEST)

    def text(self, text: str = "", style: str | None = None) -> None:
        """A paragraph of a result, wrapped to the terminal; unwrapped where it goes into a file or a pipe."""
        if self.terminal:
            self._rich().print(text, style=style, width=self._width())
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
