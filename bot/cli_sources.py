"""`torkham sources …`: list, show, edit and remove documents, check the briefs; adding and fetching lie beside."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from bot import cli_add, cli_fetch, cli_report
from bot.rendering import clean, readable_date
from bot.workspace import Workspace
from sources.errors import NotFound, SourceError
from sources.metadata import Metadata

app = typer.Typer(help="Add documents, fetch, list, edit and remove them, check the briefs.", no_args_is_help=True)
for command in (
    cli_add.add, cli_fetch.follow, cli_fetch.unfollow, cli_fetch.fetch, cli_fetch.catalog, cli_fetch.failed,
    cli_fetch.retry, cli_report.report,
):  # fmt: skip
    app.command()(command)
NoIndex = Annotated[bool, typer.Option("--no-index", help="Leave the index to `torkham index update`.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON.")]


@app.command("list")
def list_documents(context: typer.Context, as_json: AsJson = False) -> None:
    """Every document of the library, those not indexed yet or not readable marked."""
    work: Workspace = context.obj
    shipped = {entry.document_id: entry.shipped for entry in work.library.scan()}
    rows: list[dict[str, Any]] = []
    with work.console.progress() as progress:
        known = work.library.rows(lambda done, total: progress("looking through the library", done, total))
    for row in known:
        values = {name: value for name, value in asdict(row).items() if name != "reason"}
        identity = {"id": row.id, "shipped": shipped[row.id]}
        rows.append({**identity, "error": row.reason} if row.reason else {**values, **identity})
    if as_json:
        work.console.json(rows)
        return
    for about in rows:
        if "error" in about:
            work.console.text(f"{about['id']}  cannot be read: {about['error']}")
        else:
            date = f", {readable_date(about['published'])}" if about["published"] else ""
            work.console.text(f"{about['id']}  {clean(about['title'])}  ({about['kind']}, {about['language']}{date})")


@app.command()
def show(
    context: typer.Context, identifier: Annotated[str, typer.Argument(metavar="ID")], as_json: AsJson = False
) -> None:
    """The stored text of a document, as the serving generation has it, with its metadata."""
    from bot.token_count import count_tokens

    work: Workspace = context.obj
    document = None
    if work.generations.current() is not None:
        document = work.generations.document(identifier)
    if document is None:
        try:
            document = work.library.load(work.library.get(identifier))
        except NotFound as error:
            raise NotFound(
                f"There is no document {identifier!r}: `torkham sources list` shows what there is."
            ) from error
    if as_json:
        work.console.json({**asdict(document), "digest": document.digest, **_origin(work, identifier)})
        return
    print_lines = [document.title, "; ".join(filter(None, [document.author, document.publisher, document.published]))]
    for line in filter(None, print_lines):
        work.console.text(clean(line), style="bold")
    for name, value in {"address": document.url, **_origin(work, identifier)}.items():
        if value:
            work.console.text(f"{name}: {clean(value)}", style="dim")
    tokens = count_tokens(document.text)
    work.console.text(f"{len(document.text):,} characters, {tokens:,} tokens of a language model (cl100k)", style="dim")
    work.console.text()
    work.console.text(clean(document.text))


def _origin(work: Workspace, identifier: str) -> dict[str, str | None]:
    """Where the kept copy lies, and when it was fetched from where."""
    try:
        entry = work.library.get(identifier)
        about = work.library.metadata(entry)
    except SourceError:  # it is in the serving generation still, but not in the library
        return {}
    return {"copy": str(entry.path), "fetched": about.fetched, "asked": about.asked}


@app.command()
def remove(
    context: typer.Context, identifier: Annotated[str, typer.Argument(metavar="ID")], no_index: NoIndex = False
) -> None:
    """Delete a document that was added, from the library and from every later answer."""
    work: Workspace = context.obj
    work.library.remove(identifier)
    if not no_index:
        work.update()
    work.console.text(f"Removed {identifier}.")


@app.command()
def edit(
    context: typer.Context,
    identifier: Annotated[str, typer.Argument(metavar="ID")],
    title: Annotated[str | None, typer.Option(help="Title.")] = None,
    author: Annotated[str | None, typer.Option(help="Who wrote it.")] = None,
    publisher: Annotated[str | None, typer.Option(help="Who printed it.")] = None,
    date: Annotated[str | None, typer.Option(help="When it was printed: 2024, 2024-04 or 2024-04-20.")] = None,
    url: Annotated[str | None, typer.Option(help="Where it stands on the web.")] = None,
    kind: Annotated[str | None, typer.Option(help="news, report, statement, opinion, book or other.")] = None,
    language: Annotated[str | None, typer.Option(help="en, ur, ps, fa, ru …")] = None,
    party: Annotated[str | None, typer.Option(help="Whose view it gives, if it is a party's.")] = None,
    no_index: NoIndex = False,
) -> None:
    """Change what is known of a document that was added; --party "" and the like take a value back."""
    work: Workspace = context.obj
    changes = Metadata(title, author, publisher, date, url, kind, language, party)
    if changes == Metadata():
        raise typer.BadParameter("name what to change: --title, --author, --publisher, --date, --party …")
    work.library.edit(identifier, changes)
    if not no_index:
        work.update()
    work.console.text(f"Changed {identifier}.")


@app.command()
def check(context: typer.Context) -> None:
    """Verify the form of every brief; exit status 1 when there is an error."""
    from sources.check import check as check_library

    work: Workspace = context.obj
    problems = check_library(work.library)
    for problem in problems:
        work.console.text(str(problem))
    errors = sum(problem.severity == "error" for problem in problems)
    documents = len(work.library.scan())
    work.console.text(f"{documents} documents: {errors} errors, {len(problems) - errors} warnings.")
    if errors:
        raise typer.Exit(1)
