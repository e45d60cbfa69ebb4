"""The command `torkham`: options, commands, and every failure as one line."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from bot.cli.parser import Parser, add_globals
from bot.console import Console
from bot.errors import BotError, QuestionError, SettingsError
from index.errors import IndexingError
from sources.errors import MetadataError, SourceError

INTERRUPTED = 130
QUICK_COMMANDS = {"ask", "search", "show", "check-quote"}  # commands too short for garbage collection to matter
_MODULES = {  # command to its module in bot.cli.commands, in the order of --help
    "ask": "ask", "search": "ask", "chat": "chat", "check-quote": "quote", "timeline": "timeline", "show": "log", "log": "log",
    "sources": "sources", "index": "index", "doctor": "doctor", "bot": "services", "serve": "services", "mcp": "services",
    "database": "database", "eval": "eval",
    "completion": "completion",
}  # fmt: skip
_ABOUT = "Questions on Taliban–Pakistan relations, answered in cited passages."
_EXAMPLES = """examples:
  torkham ask what is the Durand Line
  torkham ask -c and who drew it
  torkham show 1
  torkham chat
  torkham sources add article.pdf

`torkham COMMAND --help` has the options and examples of a command."""


def main() -> None:
    """Run the command; every failure becomes one line and an exit status: 1 error, 2 usage, 130 interrupted."""
    words = sys.argv[1:]
    if QUICK_COMMANDS & set(words):
        gc.set_threshold(200_000, 20, 20)  # otherwise a fifth of the time is spent scanning long-lived modules
    try:
        guarded(lambda: _exit(run(words)))
    except SystemExit as stop:
        _leave(stop)


def run(words: Sequence[str]) -> int:
    """Execute a command line; returns the exit status."""
    given = parser(words).parse_args(words)
    if given.version:
        from importlib.metadata import version

        print(f"torkham {version('torkham')}")
        return 0
    from bot.settings import read_settings
    from bot.workspace import Workspace

    console = Console(quiet=given.quiet, verbose=given.verbose, colour=not given.no_color, urls=given.urls)
    work = Workspace(read_settings(Path(given.home) if given.home is not None else None), console)
    return given.run(work, given) or 0


def parser(words: Sequence[str] = ()) -> Parser:
    """The parser of the command in these words, or of all commands if there is none.

    Building all of them takes a tenth of the time of an answer.
    """
    named = _first(words)
    made = Parser("torkham", description=_ABOUT, epilog=_EXAMPLES)
    add_globals(made, shown=True)
    made.add_argument("--version", action="store_true", help="show the version")
    made.set_defaults(run=lambda _work, _given: made.print_help())
    commands = made.add_subparsers(metavar="COMMAND", title="commands")
    modules = [_MODULES[named]] if named in _MODULES else dict.fromkeys(_MODULES.values())
    for name in modules:
        import_module(f"bot.cli.commands.{name}").add_to(commands)
    return made


def _first(words: Sequence[str]) -> str | None:
    """The first word that is neither an option nor the value of one; None if help is requested before it."""
    rest = iter(words)
    for word in rest:
        if word in {"-h", "--help"}:
            return None
        if word == "--home":
            next(rest, None)
        elif not word.startswith("-"):
            return word
    return None


def _exit(status: int) -> None:
    raise SystemExit(status)


def _leave(stop: SystemExit) -> None:
    """Exit at once: orderly teardown takes a tenth of the time, and would wait for threads whose work nobody needs."""
    if not isinstance(stop.code, int):
        raise stop
    try:
        sys.stdout.flush()
        sys.stderr.flush()
        atexit._run_exitfuncs()  # temporary folders
    except OSError:
        raise stop from None
    os._exit(stop.code)


def guarded(work: Callable[[], None]) -> None:
    """Do some work of the command; a failure becomes one line on standard error and SystemExit."""
    console = Console(verbose=bool({"-v", "--verbose"} & set(sys.argv)))
    try:
        work()
    except (QuestionError, SettingsError, MetadataError) as error:
        console.error(str(error))
        raise SystemExit(2) from None
    except (BotError, IndexingError, SourceError) as error:
        console.error(str(error))
        raise SystemExit(1) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        _interrupted(console)
    except SystemExit as stop:
        if stop.code == INTERRUPTED:
            _interrupted(console)
        raise
    except Exception as error:  # the outermost border: an unexpected error is one line, too
        if isinstance(error.__cause__ or error.__context__, KeyboardInterrupt):
            _interrupted(console)  # an extension module that was being imported makes it an ImportError
        if console.verbose:
            raise
        console.error(f"Unexpected error ({type(error).__name__}: {error}); --verbose shows where.")
        raise SystemExit(1) from None


def _interrupted(console: Console) -> NoReturn:
    console.error("Interrupted; nothing is lost. Run the same command again to continue.")
    raise SystemExit(INTERRUPTED) from None
