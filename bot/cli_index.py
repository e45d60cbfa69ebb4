"""`torkham index …`: bring the index up to date, look at it, check it, go back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from bot.cli_watch import watch
from bot.workspace import Workspace
from index.errors import CorruptIndexError

app = typer.Typer(help="Bring the index up to date, look at it, check it, go back.", no_args_is_help=True)
app.command()(watch)


@app.command()
def update(
    context: typer.Context,
    full: Annotated[bool, typer.Option("--full", help="Build it anew from the library.")] = False,
) -> None:
    """Index what is new or changed in the library and switch to it; exit status 1 when a document failed."""
    work: Workspace = context.obj
    outcome = work.update(full=full)
    counts = outcome.manifest.counts
    done = f"Indexed {outcome.changes}" if outcome.written else "Nothing to do"
    work.console.text(
        f"{done}: generation {outcome.manifest.generation} holds {counts['documents']} documents,"
        f" {counts['passages']} passages, {counts['sentences']} sentences."
    )
    if outcome.failures:
        work.console.error(f"{len(outcome.failures)} of the documents could not be indexed; see above.")
        raise typer.Exit(1)


@app.command()
def status(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Say which generation serves, what it holds, and what the library has beyond it."""
    from index.reading import pending

    work: Workspace = context.obj
    manifest = work.generations.manifest()
    changes = pending(work.library, work.generations)
    if as_json:
        about = {key: value for key, value in asdict(manifest).items() if key != "files"}
        work.console.json(
            {
                **about,
                "pinned": work.generations.pinned(),
                "generations": work.generations.names(),
                "pending": asdict(changes),
            }
        )
        return
    counts = ", ".join(f"{count} {name}" for name, count in manifest.counts.items())
    work.console.text(f"Generation {manifest.generation} of {manifest.created}: {counts}.")
    work.console.text(f"Model {manifest.encoder}, fingerprint {manifest.fingerprint[:12]}.")
    work.console.text(f"Not indexed yet: {changes}." + (" Rolled back by hand." if work.generations.pinned() else ""))
    for failure in manifest.failures:
        work.console.text(f"Failed: {failure.reason}")


@app.command()
def verify(context: typer.Context) -> None:
    """Compute every checksum of the serving generation again; exit status 1 when one differs."""
    work: Workspace = context.obj
    problems = work.generations.verify()
    for problem in problems:
        work.console.error(problem)
    if problems:
        raise CorruptIndexError("The index is damaged: run `torkham index update --full`.")
    manifest = work.generations.manifest()
    work.console.text(f"Generation {manifest.generation} is sound: {len(manifest.files)} parts match their checksums.")


@app.command()
def rollback(context: typer.Context) -> None:
    """Serve the generation before the current one, until the next `index update`."""
    work: Workspace = context.obj
    with work.generations.writing():
        name = work.generations.rollback()
    work.console.text(f"Generation {name} serves again; `torkham index update` follows the library again.")
