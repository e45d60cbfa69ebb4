"""`torkham database …`: create the tables in PostgreSQL, check them, move index and store there and back."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.parser import command, group
from bot.errors import SetupError

if TYPE_CHECKING:
    from bot.cli.parser import Commands
    from bot.workspace import Workspace

PLACES = ("postgres", "embedded")  # where index and store can be
_INIT = "Create (or migrate) the pgvector extension and the tables of index and store; reports missing privileges."
_CHECK = "Check server, connection, pgvector, tables, privileges, index and store; exit status 1 if one is wrong."
_MOVE = """Move index and store from the home into the database, or back; nothing is embedded again, and both are compared.

Stop the bot first. An interrupted move resumes when the command is run again."""


def add_to(commands: Commands) -> None:
    """The group `database`."""
    parts = group(commands, "database", "Create the tables in PostgreSQL, check them, move index and store.")
    made = command(parts, "init", _init, _INIT)
    made.add_argument(
        "--reader", metavar="ROLE", help="a role that only answers on the command line: grant its privileges"
    )
    made.add_argument("--bot", metavar="ROLE", help="a role that answers in Telegram: grant its privileges")
    command(parts, "check", _check, _CHECK)
    made = command(parts, "move", _move, _MOVE)
    made.add_argument("--to", choices=PLACES, required=True, help="destination of index and store")
    made.add_argument("--replace", action="store_true", help="overwrite the conversations at the destination")


def _init(work: Workspace, given: argparse.Namespace) -> None:
    from bot.store import setup as store_setup
    from index.postgres import setup

    reader, bot = given.reader, given.bot
    for line in setup.init(work.database, reader=reader):
        work.console.text(line)
    if bot:
        setup.init(work.database, reader=bot)
    for line in store_setup.init(work.database, role=bot):
        work.console.text(line)


def _check(work: Workspace, given: argparse.Namespace) -> int:
    from bot.store import setup as store_setup
    from index.postgres import setup

    healthy = True
    for finding in (*setup.check(work.database), *store_setup.check(work.database)):
        work.console.finding(finding.subject, finding.good, finding.found)
        healthy &= finding.good
    return 0 if healthy else 1


def _move(work: Workspace, given: argparse.Namespace) -> None:
    _move_index(work, given.to)
    _move_store(work, given.to, replace=given.replace)
    if given.to == "embedded":
        work.console.note("Unset TORKHAM_DATABASE_URL to work with it.")


def _move_index(work: Workspace, to: str) -> None:
    from index.build.move import move as move_index
    from index.files.generations import Generations
    from index.postgres.generations import DatabaseGenerations

    embedded, database = Generations(work.settings.home), DatabaseGenerations(work.database)
    source, target = (embedded, database) if to == "postgres" else (database, embedded)
    with work.console.progress() as progress:
        moved = move_index(source, target, work.encoder(), progress=progress)
    counts = ", ".join(f"{count} {name}" for name, count in moved.manifest.counts.items())
    work.console.text(
        f"{'Moved' if moved.written else 'It is there already'}: generation {moved.manifest.generation} in"
        f" {work.database if to == 'postgres' else work.settings.home} holds {counts}, the same as before,"
        f" {moved.embedded} texts embedded."
    )


def _move_store(work: Workspace, to: str, *, replace: bool) -> None:
    from bot.store.move import move_store
    from bot.store.open import open_store
    from bot.store.sqlite import FILE, Store

    folder = work.settings.home / "bot"
    if to == "postgres" and not (folder / FILE).exists():
        work.console.text("No bot has worked on this home: there is no store to move.")
        return
    with _nobody_at(folder):
        embedded, database = Store(folder), open_store(work.settings)
        try:
            source, target = (embedded, database) if to == "postgres" else (database, embedded)
            with work.console.progress() as progress:
                moved = move_store(source, target, replace=replace, progress=progress)
        finally:
            embedded.close()
            database.close()
    counts = ", ".join(f"{count} in {table}" for table, count in moved.counts.items() if count)
    work.console.text(
        f"{'Moved' if moved.written else 'It is there already'}: the store with {counts}, the same as before."
    )


@contextmanager
def _nobody_at(folder: Path) -> Iterator[None]:
    """Make sure that no bot uses the home while its store is moved."""
    import filelock

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with filelock.FileLock(folder / "lock", timeout=0):
            yield
    except filelock.Timeout:
        raise SetupError("A bot runs on this home: stop it first.") from None
