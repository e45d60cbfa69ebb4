"""`torkham sources add`: add files, folders, archives and addresses to the library, and report the outcome."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.metadata import ask_for, cited_as, metadata, metadata_of, metadata_options, no_index
from bot.cli.parser import command
from bot.errors import QuestionError
from bot.rendering.safe import clean
from sources.errors import AlreadyThere, SourceError
from sources.web.client import Network

if TYPE_CHECKING:
    from bot.cli.parser import Commands
    from bot.workspace import Workspace
    from sources.collection.catalogue_cache import Row
    from sources.collection.expand import Item
    from sources.collection.library import Entry
    from sources.collection.metadata import Metadata
    from sources.web.fetch_log import Journal

SHOWN = 20  # up to this many documents, each is reported
_LARGE = 2 * 2**20  # bytes; reading a larger file may take seconds
_ABOUT = "Add documents and index them; exit status 1 when one could not be added (`sources failed` lists these)."
_EXAMPLES = """
torkham sources add article.pdf --publisher Dawn --date 2024-04-20
torkham sources add article.html --edit
torkham sources add https://example.org/report
torkham sources add folder/ archive.zip
"""


def add_to(commands: Commands) -> None:
    """The command `sources add`."""
    made = command(commands, "add", _add, _ABOUT, examples=_EXAMPLES, intermixed=True)
    made.add_argument("paths", metavar="PATH|URL", nargs="+", help="files, folders, zip archives, addresses")
    metadata_options(made)
    made.add_argument("--edit", action="store_true", help="ask for what each document is to be cited as")
    made.add_argument("--ocr", metavar="L", help="read scans with tesseract: eng, urd, eng+fas …")
    made.add_argument("--anyway", action="store_true", help="add it even if a similar document exists")
    no_index(made)


def _add(work: Workspace, given: argparse.Namespace) -> int:
    from sources.collection.expand import expand

    about = metadata_of(given).checked(work.parties)
    addresses = [path for path in given.paths if "://" in path]
    files = list(expand(Path(path) for path in given.paths if path not in addresses))
    if (given.title or given.url) and len(files) + len(addresses) > 1:
        raise QuestionError("--title and --url fit a single document: add the documents one by one.")
    adding = Adding(work, journal_of(work), about, anyway=given.anyway)
    adding.run(files, addresses, Network())
    if given.edit:
        adding.edit()
    return adding.finish(index=not given.no_index)


def journal_of(work: Workspace) -> Journal:
    """The fetch log of the home."""
    from sources.web.fetch_log import Journal

    return Journal(work.settings.home)


class Adding:
    """One run of adding: what was added, and how many failed."""

    def __init__(self, work: Workspace, journal: Journal, metadata: Metadata, *, anyway: bool = False) -> None:
        self._work = work
        self._journal = journal
        self._metadata = metadata
        self._anyway = anyway
        self.added: list[Entry] = []
        self.failed = 0
        self.there = 0
        self._dates: dict[str, str] = {}

    def run(self, files: Sequence[Item], addresses: Sequence[str], network: Network) -> None:
        """Add each; a failure is reported and logged, and the next one follows."""
        library, total = self._work.library, len(files) + len(addresses)
        with (
            self._work.console.progress() as progress,
            library.batch(lambda done, of: progress("scanning the library", done, of)),
        ):
            library.reader.progress = lambda done, of: progress("reading pages", done, of)
            for done, item in enumerate(files, 1):
                self._one(item.file, partial(self._file, item))
                progress("adding", done, total)
            for done, url in enumerate(addresses, len(files) + 1):
                self._one(url, partial(self._page, url, network))
                progress("adding", done, total)

    def with_options(self, options: Mapping[str, str]) -> None:
        """Use other metadata from here on."""
        self._metadata = metadata(**options)

    def edit(self) -> None:
        """Ask for the citation of each added document."""
        for row in self._rows():
            ask_for(self._work, row)

    def _rows(self) -> list[Row]:
        rows = {row.id: row for row in self._work.library.rows()}
        return [rows[entry.document_id] for entry in self.added if entry.document_id in rows]

    def finish(self, *, index: bool) -> int:
        """Index what was added and show how it is cited; the exit status: 1 when something failed."""
        console, before = self._work.console, self._passages()
        passages = None
        if self.added and index:
            self._work.update()
            passages = self._passages() - before if before else None
        mine = self._rows()
        for row in mine[:SHOWN]:
            found = self._dates.get(row.id, ", no date found")
            console.text(f"Added {row.id}: {cited_as(row)} ({row.characters or 0:,} characters, {row.language}{found})")
        if len(mine) > 1:
            _summary(self._work, mine, passages)
        if mine:
            one = mine[0].id if len(mine) == 1 else "ID"
            console.note(f"To correct how it is cited: torkham sources edit {one}")
        if self.there:
            console.note(
                f"{self.there} were in the library already; `--anyway` adds documents that are merely similar."
            )
        if self.failed:
            console.note(f"{self.failed} could not be added: `torkham sources failed` lists them with the reasons.")
        return 1 if self.failed or self.there else 0

    def _file(self, item: Item) -> Entry:
        if item.size > _LARGE:
            self._work.console.note(f"Reading {clean(item.file)} …")
        data = item.data
        if item.error is not None or data is None:
            raise item.error or SourceError(f"{item.file} is empty: add some text, or leave it out")
        own = {name: value for name, value in asdict(item.metadata).items() if value}
        given = {name: value for name, value in asdict(self._metadata).items() if value}
        entry = self._work.library.add_bytes(
            data, item.name, metadata(**{**own, **given}), file=item.file, anyway=self._anyway, by_hand=item.by_hand
        )
        self._say_of_reading(item.file, entry)
        return entry

    def _say_of_reading(self, file: str, entry: Entry) -> None:
        """What the loader skipped, and its notices about how it read the document."""
        reader = self._work.library.reader
        for thing in reader.left_out:
            self._work.console.note(f"{clean(file)}: {clean(thing)} was not read: add it separately.")
        if reader.dated:
            date, origin = reader.dated
            self._dates[entry.document_id] = f", {date} ({clean(origin)})" if origin else f", {date}"
        for sentence in reader.notices:
            self._work.console.note(f"{clean(file)}: {clean(sentence)}.")

    def _page(self, url: str, network: Network) -> Entry:
        from sources.web.store_page import take

        entry = take(self._work.library, network, url, self._metadata, anyway=self._anyway).entry
        self._say_of_reading(url, entry)
        return entry

    def _one(self, what: str, take: Callable[[], Entry]) -> None:
        try:
            self.added.append(take())
            self._journal.mend(_key(what))
        except AlreadyThere as error:
            self.there += 1
            self._work.console.error(str(error))
            if error.only_similar:
                self._failed(what, error)
        except SourceError as error:
            self.failed += 1
            self._work.console.error(str(error))
            self._failed(what, error)

    def _failed(self, what: str, error: SourceError) -> None:
        options = {name: value for name, value in asdict(self._metadata).items() if value}
        self._journal.fail(_key(what), str(error), options)

    def _passages(self) -> int:
        generations = self._work.generations
        return generations.manifest().counts["passages"] if generations.current() is not None else 0


def _key(what: str) -> str:
    """The key a failure is listed under: an address, or the full path, so that it can be retried from anywhere."""
    return what if "://" in what else str(Path(what).absolute())


def _summary(work: Workspace, rows: Sequence[Row], passages: int | None) -> None:
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
