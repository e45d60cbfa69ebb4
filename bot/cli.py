"""The command `torkham`: a quick start, and every failure as one line."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading
from collections.abc import Sequence

INTERRUPTED = 130
BRIEF = ("ask", "search")  # what ends as soon as it has answered


def main() -> None:
    """Run the command; every failure becomes one line and an exit status: 1 error, 2 usage, 130 interrupted."""
    if command_of(sys.argv[1:]) not in BRIEF or "--batch" in sys.argv:
        run()
        return
    gc.set_threshold(200_000, 20, 20)  # else a fifth of the time goes into looking through modules that stay
    threading.Thread(target=_load_ahead, daemon=True).start()
    try:
        run()
    except SystemExit as stop:
        _leave(stop)


def command_of(words: Sequence[str]) -> str | None:
    """The command among the words of a command line."""
    rest = iter(words)
    for word in rest:
        if word == "--home":
            next(rest, None)
        elif not word.startswith("-"):
            return word
    return None


def _load_ahead() -> None:
    """Import the engines of a question while the command line is read; what fails is raised where it is needed."""
    try:
        from index import engines

        engines.load()
    except Exception:  # the outermost border of this thread
        return


def _leave(stop: SystemExit) -> None:
    """End at once: taking a process apart piece by piece takes a tenth of its time and changes nothing."""
    if not isinstance(stop.code, int):
        raise stop
    try:
        sys.stdout.flush()
        sys.stderr.flush()
        atexit._run_exitfuncs()  # temporary folders
    except OSError:
        raise stop from None
    os._exit(stop.code)


def run() -> None:
    """The command, without the quick start."""
    from bot.cli_app import app
    from bot.console import Console
    from bot.errors import BotError, QuestionError, SettingsError
    from index.errors import IndexingError
    from sources.errors import MetadataError, SourceError

    console = Console(verbose=bool({"-v", "--verbose"} & set(sys.argv)))
    try:
        app()
    except (QuestionError, SettingsError, MetadataError) as error:
        console.error(str(error))
        raise SystemExit(2) from None
    except (BotError, IndexingError, SourceError) as error:
        console.error(str(error))
        raise SystemExit(1) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except SystemExit as stop:
        if stop.code == INTERRUPTED:
            console.error("Interrupted; nothing is lost, run the same command again to go on.")
        raise
    except Exception as error:  # the outermost border: what nobody foresaw is one line, too
        if console.verbose:
            raise
        console.error(f"Something unforeseen went wrong ({type(error).__name__}: {error}); --verbose shows where.")
        raise SystemExit(1) from None
