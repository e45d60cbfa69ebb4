"""`torkham database …`: make the tables of a PostgreSQL, check it, move the index into it and back."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from bot.workspace import Workspace

app = typer.Typer(help="Make the tables of a database, check it, move the index.", no_args_is_help=True)


class Place(StrEnum):
    """Where an index can be."""

    postgres = "postgres"
    embedded = "embedded"


@app.command()
def init(
    context: typer.Context,
    reader: Annotated[
        str | None, typer.Option(metavar="ROLE", help="A role that only answers: grant its rights.")
    ] = None,
) -> None:
    """Make the extension pgvector and the tables, or bring them up to date; say which right is missing."""
    from index.postgres import setup

    work: Workspace = context.obj
    for line in setup.init(work.database, reader=reader):
        work.console.text(line)


@app.command()
def check(context: typer.Context) -> None:
    """Look at the server, the connection, pgvector, the tables, the rights and the index; exit status 1 when one is bad."""
    from index.postgres import setup

    work: Workspace = context.obj
    healthy = True
    for finding in setup.check(work.database):
        work.console.text(f"{'ok ' if finding.good else 'BAD'} {finding.subject}: {finding.found}")
        healthy &= finding.good
    if not healthy:
        raise typer.Exit(1)


@app.command()
def move(context: typer.Context, to: Annotated[Place, typer.Option(help="Where the index is to be.")]) -> None:
    """Take the index from the home into the database, or back; nothing is embedded again, and both are compared.

    What was interrupted goes on when the command is run again.
    """
    from index.generations import Generations
    from index.move import move as move_index
    from index.postgres.generations import DatabaseGenerations

    work: Workspace = context.obj
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
    if to is Place.embedded:
        work.console.note("Unset TORKHAM_DATABASE_URL to work with it.")
