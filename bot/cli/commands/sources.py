"""`torkham sources …`: list, show, edit and remove documents, check the briefs; adding and fetching are in add.py and
fetch.py.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.commands import add, fetch
from bot.cli.metadata import ask_for, metadata, metadata_of, metadata_options, no_index
from bot.cli.parser import command, did_you_mean, group
from bot.composing.tokens import count_tokens
from bot.errors import QuestionError
from bot.rendering.plain import readable_date
from bot.rendering.safe import clean
from bot.spans import Span
from sources.errors import NotFound, SourceError

if TYPE_CHECKING:
    from bot.cli.parser import Commands
    from bot.workspace import Workspace

_EDIT = """Change how an added document is cited; an empty value (--party "") clears a field.

Without an option it asks for each."""
_EDIT_EXAMPLES = """
torkham sources edit article --title "The title" --date 2024-04-20
torkham sources edit article
"""


def add_to(commands: Commands) -> None:
    """The group `sources`."""
    parts = group(commands, "sources", "Add, fetch, list, edit and remove documents, check the briefs.")
    add.add_to(parts)
    made = command(parts, "list", _list, "List the documents of the library, marking unreadable ones.")
    made.add_argument("--added", action="store_true", help="only added documents, not the shipped briefs")
    made.add_argument("--json", action="store_true", help="a JSON list")
    made = command(parts, "show", _show, "Show the indexed text of a document, with its metadata.")
    made.add_argument("id", metavar="ID", help="as listed by `torkham sources list`")
    made.add_argument("--json", action="store_true", help="one JSON object")
    made = command(parts, "edit", _edit, _EDIT, examples=_EDIT_EXAMPLES)
    made.add_argument("id", metavar="ID", help="as listed by `torkham sources list`")
    metadata_options(made)
    no_index(made)
    made = command(parts, "remove", _remove, "Delete added documents from the library and from future answers.")
    made.add_argument("ids", metavar="ID", nargs="+", help="as listed by `torkham sources list --added`")
    no_index(made)
    command(parts, "check", _check, "Check the format of every brief; exit status 1 if there is an error.")
    made = command(parts, "report", _report, "Write one page with the coverage by year, publisher, party and language.")
    made.add_argument("--html", metavar="FILE", type=Path, required=True, help="where to write the page")
    fetch.add_to(parts)


def _list(work: Workspace, given: argparse.Namespace) -> None:
    shipped = {entry.document_id: entry.shipped for entry in work.library.scan()}
    rows: list[dict[str, Any]] = []
    with work.console.progress() as progress:
        known = work.library.rows(lambda done, total: progress("scanning the library", done, total))
    for row in known:
        if given.added and shipped[row.id]:
            continue
        values = {name: value for name, value in asdict(row).items() if name != "reason"}
        identity = {"id": row.id, "shipped": shipped[row.id]}
        rows.append({**identity, "error": row.reason} if row.reason else {**values, **identity})
    if given.json:
        work.console.json(rows)
        return
    if not rows:
        work.console.note("Nothing has been added yet: torkham sources add FILE")
    with work.console.paged():
        for about in rows:
            if "error" in about:
                spans = [Span(about["id"], bold=True), Span(f"  cannot be read: {about['error']}")]
            else:
                date = f", {readable_date(about['published'])}" if about["published"] else ""
                remark = Span(f"  ({about['kind']}, {about['language']}{date})", quiet=True)
                spans = [Span(about["id"], bold=True), Span(f"  {clean(about['title'])}"), remark]
            work.console.spans(spans, hanging=4)


def _show(work: Workspace, given: argparse.Namespace) -> None:
    document = None
    if work.generations.current() is not None:
        document = work.generations.document(given.id)
    if document is None:
        try:
            document = work.library.load(work.library.get(given.id))
        except NotFound:
            raise NotFound(_unknown(work, given.id)) from None
    if given.json:
        work.console.json({**asdict(document), "digest": document.digest, **_origin(work, given.id)})
        return
    with work.console.paged():
        about = [document.title, "; ".join(filter(None, [document.author, document.publisher, document.published]))]
        for line in filter(None, about):
            work.console.text(clean(line), style="bold")
        for name, value in {"address": document.url, **_origin(work, given.id)}.items():
            if value:
                work.console.text(f"{name}: {clean(value)}", style="dim")
        tokens = count_tokens(document.text)
        size = f"{len(document.text):,} characters, {tokens:,} tokens of a language model (cl100k)"
        work.console.text(size, style="dim")
        work.console.text()
        work.console.text(clean(document.text))


def _origin(work: Workspace, identifier: str) -> dict[str, str | None]:
    """Where the stored copy is, and when and from where it was fetched."""
    try:
        entry = work.library.get(identifier)
        about = work.library.metadata(entry)
    except SourceError:  # still in the serving generation, but no longer in the library
        return {}
    return {"copy": str(entry.path), "fetched": about.fetched, "asked": about.asked}


def _unknown(work: Workspace, identifier: str) -> str:
    near = did_you_mean(identifier, [entry.document_id for entry in work.library.scan()])
    return f"There is no document {identifier!r}{near or ': `torkham sources list` shows what there is.'}"


def _remove(work: Workspace, given: argparse.Namespace) -> None:
    shipped = {entry.document_id: entry.shipped for entry in work.library.scan()}
    for identifier in given.ids:  # check all before removing any
        if identifier not in shipped:
            raise NotFound(_unknown(work, identifier))
        if shipped[identifier]:
            raise NotFound(f"{identifier!r} is shipped with the program and cannot be removed; nothing was removed.")
    for identifier in dict.fromkeys(given.ids):
        work.library.remove(identifier)
        work.console.text(f"Removed {identifier}.")
    if not given.no_index:
        work.update()


def _edit(work: Workspace, given: argparse.Namespace) -> None:
    changes = metadata_of(given)
    row = next((row for row in work.library.rows() if row.id == given.id), None)
    if row is None:
        raise NotFound(_unknown(work, given.id))
    if changes != metadata():
        work.library.edit(given.id, changes)
    elif not sys.stdin.isatty():
        raise QuestionError("Name what to change: --title, --author, --publisher, --date, --party …")
    elif not ask_for(work, row):
        work.console.text("Nothing changed.")
        return
    if not given.no_index:
        work.update()
    work.console.text(f"Changed {given.id}.")


def _check(work: Workspace, given: argparse.Namespace) -> int:
    from sources.checks.run import check as check_library

    problems = check_library(work.library)
    for problem in problems:
        work.console.text(str(problem))
    errors = sum(problem.severity == "error" for problem in problems)
    documents = len(work.library.scan())
    work.console.text(f"{documents} documents: {errors} errors, {len(problems) - errors} warnings.")
    return 1 if errors else 0


def _report(work: Workspace, given: argparse.Namespace) -> None:
    from sources.collection.coverage import Coverage
    from sources.collection.coverage_page import page
    from sources.files import write_bytes

    with work.console.progress() as progress:
        rows = work.library.rows(lambda done, total: progress("scanning the library", done, total))
    names = {party.id: party.name for party in work.parties}
    coverage = Coverage.of(rows, work.library.ledger.years(), names)
    write_bytes(given.html, page(coverage).encode())
    work.console.text(f"Wrote {given.html}: {coverage.documents} documents, {coverage.statements} dated statements.")
