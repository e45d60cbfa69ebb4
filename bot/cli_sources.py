"""`torkham sources …`: add documents, list, show and remove them, check the briefs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.rendering import clean, readable_date
from bot.workspace import Workspace
from sources.errors import LoadError, NotFound, SourceError
from sources.library import Entry
from sources.metadata import Metadata

app = typer.Typer(help="Add documents, list, show and remove them, check the briefs.", no_args_is_help=True)
NoIndex = Annotated[bool, typer.Option("--no-index", help="Leave the index to `torkham index update`.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON.")]


@app.command()
def add(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Files, or folders of files.")],
    title: Annotated[str | None, typer.Option(help="Title (of a single file).")] = None,
    author: Annotated[str | None, typer.Option(help="Who wrote it.")] = None,
    publisher: Annotated[str | None, typer.Option(help="Who printed it.")] = None,
    date: Annotated[str | None, typer.Option(help="When it was printed: 2024, 2024-04 or 2024-04-20.")] = None,
    url: Annotated[str | None, typer.Option(help="Where it stands on the web.")] = None,
    kind: Annotated[str | None, typer.Option(help="news, report, statement, opinion, book or other.")] = None,
    language: Annotated[str | None, typer.Option(help="en, ur, ps, fa, ru …")] = None,
    party: Annotated[str | None, typer.Option(help="Whose view it gives, if it is a party's.")] = None,
    no_index: NoIndex = False,
) -> None:
    """Copy documents into the library and index them; exit status 1 when one could not be taken."""
    work: Workspace = context.obj
    metadata = Metadata(title, author, publisher, date, url, kind, language, party).checked(work.parties)
    files = list(_files(paths))
    if title and len(files) > 1:
        raise typer.BadParameter("--title fits a single file: add the files one by one.")
    added: list[Entry] = []
    failed = 0
    for path in files:
        try:
            added.append(work.library.add(path, metadata))
        except SourceError as error:
            failed += 1
            work.console.error(str(error))
    if added and not no_index:
        work.update()
    for entry in added:
        document = work.library.load(entry)
        work.console.text(f"Added {entry.document_id}: “{clean(document.title)}”, {len(document.text):,} characters.")
    if failed:
        raise typer.Exit(1)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
            if not inside:
                raise LoadError(f"{path} is an empty folder: name one that holds documents.")
            yield from inside
        else:
            yield path


@app.command("list")
def list_documents(context: typer.Context, as_json: AsJson = False) -> None:
    """Every document of the library, those not indexed yet or not readable marked."""
    work: Workspace = context.obj
    rows: list[dict[str, Any]] = []
    for entry in work.library.scan():
        try:
            document = work.library.load(entry)
        except SourceError as error:
            rows.append({"id": entry.document_id, "shipped": entry.shipped, "error": str(error)})
            continue
        about = asdict(document)
        keep = ("id", "title", "kind", "language", "publisher", "author", "published", "party", "url")
        rows.append({**{key: about[key] for key in keep}, "shipped": entry.shipped, "characters": len(document.text)})
    if as_json:
        work.console.json(rows)
        return
    for row in rows:
        if "error" in row:
            work.console.text(f"{row['id']}  cannot be read: {row['error']}")
        else:
            date = f", {readable_date(row['published'])}" if row["published"] else ""
            work.console.text(f"{row['id']}  {clean(row['title'])}  ({row['kind']}, {row['language']}{date})")


@app.command()
def show(
    context: typer.Context, identifier: Annotated[str, typer.Argument(metavar="ID")], as_json: AsJson = False
) -> None:
    """The stored text of a document, as the serving generation has it, with its metadata."""
    from index.records import Records
    from index.writer import RECORDS

    work: Workspace = context.obj
    document = None
    if work.generations.current() is not None:
        document = Records(work.generations.path() / RECORDS).document(identifier)
    if document is None:
        try:
            document = work.library.load(work.library.get(identifier))
        except NotFound as error:
            raise NotFound(
                f"There is no document {identifier!r}: `torkham sources list` shows what there is."
            ) from error
    if as_json:
        work.console.json({**asdict(document), "digest": document.digest})
        return
    print_lines = [document.title, "; ".join(filter(None, [document.author, document.publisher, document.published]))]
    for line in filter(None, print_lines):
        work.console.text(clean(line), style="bold")
    work.console.text()
    work.console.text(clean(document.text))


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
