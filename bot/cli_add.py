"""`torkham sources add`: files, folders, archives and addresses into the library, and what came in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.rendering import clean
from bot.workspace import Workspace
from sources.errors import AlreadyThere, SourceError
from sources.metadata import Metadata

if TYPE_CHECKING:
    from sources.expand import Item
    from sources.fetch import Network
    from sources.journal import Journal
    from sources.library import Entry


def add(
    context: typer.Context,
    paths: Annotated[list[str], typer.Argument(metavar="PATH|URL…", help="Files, folders, zip archives, addresses.")],
    title: Annotated[str | None, typer.Option(help="Title (of a single document).")] = None,
    author: Annotated[str | None, typer.Option(help="Who wrote it.")] = None,
    publisher: Annotated[str | None, typer.Option(help="Who printed it.")] = None,
    date: Annotated[str | None, typer.Option(help="When it was printed: 2024, 2024-04 or 2024-04-20.")] = None,
    url: Annotated[str | None, typer.Option(help="Where it stands on the web.")] = None,
    kind: Annotated[str | None, typer.Option(help="news, report, statement, opinion, book or other.")] = None,
    language: Annotated[str | None, typer.Option(help="en, ur, ps, fa, ru …")] = None,
    party: Annotated[str | None, typer.Option(help="Whose view it gives, if it is a party's.")] = None,
    ocr: Annotated[str | None, typer.Option(help="Read scans by tesseract: eng, urd, eng+fas …")] = None,
    anyway: Annotated[bool, typer.Option("--anyway", help="Add it although a similar document is there.")] = False,
    no_index: Annotated[bool, typer.Option("--no-index", help="Leave the index to `torkham index update`.")] = False,
) -> None:
    """Add documents and index them; exit status 1 when one could not be taken (`sources failed` lists these)."""
    from sources.expand import expand
    from sources.fetch import Network
    from sources.journal import Journal

    work: Workspace = context.obj
    metadata = Metadata(title, author, publisher, date, url, kind, language, party, ocr=ocr).checked(work.parties)
    addresses = [path for path in paths if "://" in path]
    files = list(expand(Path(path) for path in paths if path not in addresses))
    if (title or url) and len(files) + len(addresses) > 1:
        raise typer.BadParameter("--title and --url fit a single document: add the documents one by one.")
    adding = Adding(work, Journal(work.settings.home), metadata, anyway=anyway)
    adding.run(files, addresses, Network())
    adding.finish(index=not no_index)


class Adding:
    """One run of adding: what came in, and how many did not."""

    def __init__(self, work: Workspace, journal: Journal, metadata: Metadata, *, anyway: bool = False) -> None:
        self._work = work
        self._journal = journal
        self._metadata = metadata
        self._anyway = anyway
        self.added: list[Entry] = []
        self.failed = 0
        self.there = 0

    def run(self, files: Sequence[Item], addresses: Sequence[str], network: Network) -> None:
        """Add each; a failure is told, kept in the journal, and the next one follows."""
        library, total = self._work.library, len(files) + len(addresses)
        with (
            self._work.console.progress() as progress,
            library.batch(lambda done, of: progress("looking through the library", done, of)),
        ):
            for done, item in enumerate(files, 1):
                self._one(item.file, partial(self._file, item))
                progress("adding", done, total)
            for done, url in enumerate(addresses, len(files) + 1):
                self._one(url, partial(self._page, url, network))
                progress("adding", done, total)

    def with_options(self, options: Mapping[str, str]) -> None:
        """Go on with other metadata."""
        self._metadata = Metadata(**options)

    def finish(self, *, index: bool) -> None:
        """Index what came in and say what it is; exit status 1 when something failed."""
        console, before = self._work.console, self._passages()
        passages = None
        if self.added and index:
            self._work.update()
            passages = self._passages() - before if before else None
        rows = {row.id: row for row in self._work.library.rows()}
        mine = [rows[entry.document_id] for entry in self.added if entry.document_id in rows]
        for row in mine[:20]:
            console.text(
                f"Added {row.id}: “{clean(row.title or '')}”, {row.characters or 0:,} characters, {row.language}."
            )
        if len(mine) > 1:
            _summary(self._work, mine, passages)
        if self.there:
            console.note(f"{self.there} were there already; `--anyway` adds what is only similar.")
        if self.failed:
            console.note(f"{self.failed} could not be taken: `torkham sources failed` lists them with the reasons.")
        if self.failed or self.there:
            raise typer.Exit(1)

    def _file(self, item: Item) -> Entry:
        if item.error is not None or item.data is None:
            raise item.error or SourceError(f"{item.file} holds nothing: fill it or leave it away")
        own = {name: value for name, value in asdict(item.metadata).items() if value}
        given = {name: value for name, value in asdict(self._metadata).items() if value}
        metadata = replace(Metadata(), **{**own, **given})
        entry = self._work.library.add_bytes(item.data, item.name, metadata, file=item.file, anyway=self._anyway)
        for thing in self._work.library.reader.left_out:
            self._work.console.note(f"{item.file}: {clean(thing)} is not read: add it by itself.")
        return entry

    def _page(self, url: str, network: Network) -> Entry:
        from sources.pages import take

        return take(self._work.library, network, url, self._metadata, anyway=self._anyway).entry

    def _one(self, what: str, take: Callable[[], Entry]) -> None:
        try:
            self.added.append(take())
            self._journal.mend(_key(what))
        except AlreadyThere as error:
            self.there += 1
            self._work.console.error(str(error))
        except SourceError as error:
            self.failed += 1
            self._work.console.error(str(error))
            options = {name: value for name, value in asdict(self._metadata).items() if value}
            self._journal.fail(_key(what), str(error), options)

    def _passages(self) -> int:
        generations = self._work.generations
        return generations.manifest().counts["passages"] if generations.current() is not None else 0


def _key(what: str) -> str:
    """What a failure is listed under: an address, or the full path, so that it can be tried from anywhere."""
    return what if "://" in what else str(Path(what).absolute())


def _summary(work: Workspace, rows: Sequence[object], passages: int | None) -> None:
    from rich.table import Table

    table = Table(show_header=False)
    table.add_row("documents", str(len(rows)))
    if passages is not None:
        table.add_row("passages", str(passages))
    for name, attribute in (("languages", "language"), ("publishers", "publisher"), ("kinds", "kind")):
        table.add_row(name, ", ".join(_counted(rows, attribute)))
    dates = sorted(filter(None, (getattr(row, "published", None) for row in rows)))
    table.add_row("dates", f"{dates[0]} to {dates[-1]}, {len(rows) - len(dates)} without" if dates else "none known")
    work.console.table(table)


def _counted(rows: Sequence[object], attribute: str) -> Iterator[str]:
    counts = Counter(clean(getattr(row, attribute) or "unknown") for row in rows)
    for name, count in counts.most_common(8):
        yield f"{name} {count}"
    if len(counts) > 8:
        yield f"{len(counts) - 8} more"
