"""`torkham bot`: the Telegram bot."""

from __future__ import annotations

import typer

from bot.workspace import Workspace

app = typer.Typer(help="The Telegram bot.", no_args_is_help=True)


@app.command()
def run(context: typer.Context) -> None:
    """Answer in Telegram until Ctrl-C or SIGTERM; the token comes from TORKHAM_TELEGRAM_TOKEN or a 0600 file."""
    from bot.telegram.launch import run as run_bot

    work: Workspace = context.obj
    run_bot(work)


@app.command()
def check(context: typer.Context) -> None:
    """Say what is wrong before a reader does: token, webhook, commands, index, model, home; exit status 1 then."""
    from bot.telegram.checking import examine

    work: Workspace = context.obj
    healthy = True
    for found in examine(work):
        work.console.finding(found.subject, found.good, found.finding)
        healthy &= found.good
    if not healthy:
        raise typer.Exit(1)
