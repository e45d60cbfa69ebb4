"""`torkham database …`: make the tables of a PostgreSQL, check it, move index and store into it and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import SetupError
from bot.workspace import Workspace

app = typer.Typer(help="Make the tables of a database, check it, move index and store.", no_args_is_help=True)


class Place(StrEnum):
    """Where index and store can be."""

    postgres = "postgres"
    embedded = "embedded"


@app.command()
def init(
    context: typer.Context,
    reader: Annotated[
        str | None, typer.Option(metavar="ROLE", help="A role that only answers on the command line: grant its rights.")
    ] = None,
    bot: Annotated[
        str | None, typer.Option(metavar="ROLE", help="A role that answers in Telegram: grant its rights.")
    ] = None,
) -> None:
    """Make the extension pgvector and the tables of index and store, or bring them up to date; say which right is missing."""
    from bot import store_setup
    from index.postgres import setup

    work: Workspace = context.obj
    for line in setup.init(work.database, reader=reader):
        work.console.text(line)
    if bot:
        setup.init(work.database, reader=bot)
    for line in store_setup.init(work.database, role=bot):
        work.console.text(line)


@app.command()
def check(context: typer.Context) -> None:
    """Look at server, connection, pgvector, tables, rights, index and store; exit status 1 when one is bad."""
    from bot import store_setup
    from index.postgres import setup

    work: Workspace = context.obj
    healthy = True
    for finding in (*setup.check(work.database), *store_setup.check(work.database)):
        work.console.finding(finding.subject, finding.good, finding.found)
        healthy &= finding.good
    if not healthy:
        raise typer.Exit(1)


@app.command()
def move(
    context: typer.Context,
    to: Annotated[Place, typer.Option(help="Where index and store are to be.")],
    replace: Annotated[bool, typer.Option("--replace", help="Give up the conversations that are there.")] = False,
) -> None:
    """Take index and store from the home into the database, or back; nothing is embedded again, and both are compared.

    Stop the bot first. What was interrupted goes on when the command is run again.
    """
    work: Workspace = context.obj
    _move_index(work, to)
    _move_store(work, to, replace=replace)
    if to is Place.embedded:
        work.console.note("Unset TORKHAM_DATABASE_URL to work with it.")


def _move_index(work: Workspace, to: Place) -> None:
    from index.generations import Generations
    from index.move import move as move_index
    from index.postgres.generations import DatabaseGenerations

    embedded, database = Generations(work.settings.home), DatabaseGenerations(work.database)
    source, target = (embedded, database) if to is Place.postgres else (database, embedded)
    with work.console.progress() as progress:
        moved = move_index(source, target, work.encoder(), progress=progress)
    counts = ", ".join(f"{count} {name}" for name, count in moved.manifest.counts.items())
    work.console.text(
        f"{'Moved' if moved.written else 'It is there already'}: generation {moved.manifest.generation} in"
        f" {work.database if to is Place.postgres else work.settings.home} holds {counts}, the same as before,"
        f" {moved.embedded} texts embedded."
    )


def _move_store(work: Workspace, to: Place, *, replace: bool) -> None:
    from bot.store import FILE, Store, open_store
    from bot.store_move import move_store

    folder = work.settings.home / "bot"
    if to is Place.postgres and not (folder / FILE).exists():
        work.console.text("No bot has worked on this home: there is no store to move.")
        return
    with _nobody_at(folder):
        embedded, database = Store(folder), open_store(work.settings)
        try:
            source, target = (embedded, database) if to is Place.postgres else (database, embedded)
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
    """No bot on the home while its store is moved."""
    import filelock

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with filelock.FileLock(folder / "lock", timeout=0):
            yield
    except filelock.Timeout:
        raise SetupError("A bot runs on this home: stop it first.") from None
