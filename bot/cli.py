"""The command `torkham`: a quick start, and every failure as one line."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.quick import Line

INTERRUPTED = 130


def main() -> None:
    """Run the command; every failure becomes one line and an exit status: 1 error, 2 usage, 130 interrupted."""
    from bot import quick

    line = quick.read(sys.argv[1:])
    if line is None:
        guarded(_whole)
        return
    gc.set_threshold(200_000, 20, 20)  # else a fifth of the time goes into looking through modules that stay
    try:
        guarded(lambda: _answer(line))
    except SystemExit as stop:
        _leave(stop)


def _whole() -> None:
    from bot.cli_app import app

    app()


def _answer(line: Line) -> None:
    """One question, without the command's many other parts."""
    from pathlib import Path

    from bot.console import Console
    from bot.settings import read_settings
    from bot.workspace import Workspace

    home = line.options.home
    settings = read_settings(Path(home) if home is not None else None)
    work = Workspace(settings, Console(quiet=line.options.quiet, colour=not line.options.no_color))
    work.warm()
    from bot import asking
    from bot.questions import SearchOptions

    command = line.command
    status = asking.search(work, command) if isinstance(command, SearchOptions) else asking.ask(work, command)
    raise SystemExit(status)


def _leave(stop: SystemExit) -> None:
    """End at once: taking a process apart piece by piece takes a tenth of its time and changes nothing."""
    import atexit

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
    """Do some work of the command; what fails becomes one line on standard error and SystemExit."""
    from bot.console import Console
    from bot.errors import BotError, QuestionError, SettingsError
    from index.errors import IndexingError
    from sources.errors import MetadataError, SourceError

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
    except (SystemExit, KeyboardInterrupt) as stop:
        if isinstance(stop, KeyboardInterrupt) or stop.code == INTERRUPTED:
            console.error("Interrupted; nothing is lost, run the same command again to go on.")
            raise SystemExit(INTERRUPTED) from None
        raise
    except Exception as error:  # the outermost border: what nobody foresaw is one line, too
        if console.verbose:
            raise
        console.error(f"Something unforeseen went wrong ({type(error).__name__}: {error}); --verbose shows where.")
        raise SystemExit(1) from None
