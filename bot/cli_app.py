"""What the command `torkham` can do: its global options and its commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot import cli_ask, cli_bot, cli_database, cli_eval, cli_index, cli_sources
from bot.console import Console
from bot.settings import read_settings
from bot.workspace import Workspace

app = typer.Typer(
    name="torkham",
    help="Questions on Taliban–Pakistan relations, answered in cited passages.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (cli_ask.ask, cli_ask.search, cli_ask.chat, cli_ask.show):
    app.command()(command)
app.add_typer(cli_sources.app, name="sources")
app.add_typer(cli_index.app, name="index")
app.add_typer(cli_eval.app, name="eval")
app.add_typer(cli_bot.app, name="bot")
app.add_typer(cli_database.app, name="database")


def _version(value: bool) -> None:
    if value:
        from importlib.metadata import version

        print(f"torkham {version('torkham')}")
        raise typer.Exit


@app.callback()
def main_options(
    context: typer.Context,
    home: Annotated[Path | None, typer.Option(help="Folder of model, index and added sources.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only results and errors.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="Plain text.")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show it.")] = False,
) -> None:
    """Questions on Taliban–Pakistan relations, answered in cited passages."""
    console = Console(quiet=quiet, verbose=verbose, colour=not no_color)
    context.obj = Workspace(read_settings(home), console)


@app.command()
def doctor(context: typer.Context) -> None:
    """Check the settings, the home, the model, the library and the index; exit status 1 when something is wrong."""
    from bot.doctor import examine

    work: Workspace = context.obj
    healthy = True
    for check in examine(work):
        work.console.finding(check.subject, check.good, check.finding)
        healthy &= check.good
    if not healthy:
        raise typer.Exit(1)
