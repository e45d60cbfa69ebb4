"""The library: the shipped briefs and the operator's own documents, plain files in two folders."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sources.collection.catalogue_cache import Ledger, Row, refresh
from sources.collection.metadata import SIDE_SUFFIX, Metadata, read_side_file, side_file
from sources.collection.scan import Entry, entry_of, free_id, scan, slug
from sources.document import Document
from sources.errors import AlreadyThere, LoadError, NotFound, SourceError
from sources.files import delete, read_bytes, write_bytes
from sources.formats.plain_text import decode
from sources.parties import Parties, shipped_parties

if TYPE_CHECKING:
    from sources.briefs.parser import Brief
    from sources.collection.document_reader import DocumentReader

__all__ = ["LIBRARY_FOLDER", "Entry", "Library"]

LIBRARY_FOLDER = Path(__file__).parents[1] / "library"
SETTLED_SECONDS = 600.0  # age after which a file is no longer being written
_ADDING = ".adding"  # precedes a side file that is written before its document
KEPT_LETTERS = 20_000_000  # characters of just-added documents cached for the next update

Progress = Callable[[int, int], None]  # done, total


class Library:
    """The documents of `shipped` and of `home/library`; files there may be added, edited and deleted by hand."""

    def __init__(self, home: Path, *, shipped: Path = LIBRARY_FOLDER, parties: Parties | None = None) -> None:
        self.folder = home / "library"
        self.shipped = shipped
        self.ledger = Ledger(home / "cache" / "library.sqlite")
        self.versions = Versions(home / "versions")
        self._parties = parties
        self._taken: set[str] | None = None
        self._kept: dict[tuple[Path, str], Document] = {}
        self._room = KEPT_LETTERS

    @property
    def parties(self) -> Parties:
        """The known parties, for checking metadata and briefs; read on first use."""
        self._parties = self._parties or shipped_parties()
        return self._parties

    @cached_property
    def reader(self) -> DocumentReader:
        """The reader of files, imported on first use: a question needs none of it."""
        from sources.collection.document_reader import DocumentReader

        return DocumentReader(self.parties)

    # looking

    def scan(self) -> list[Entry]:
        """Every file with its id and stamp, by stat calls only; shipped ones first, then sorted by path.

        A file whose id is taken gets the next free `ID-2`, and fails to load with a sentence that says why.
        """
        return scan(self.shipped, self.folder)

    def get(self, document_id: str) -> Entry:
        """The entry with that id; raises NotFound."""
        for entry in self.scan():
            if entry.document_id == document_id:
                return entry
        raise NotFound(f"the library has no document “{document_id}”: `torkham sources list` shows all documents")

    def load(self, entry: Entry) -> Document:
        """The document in a file; raises SourceError, one line that names the file and says what to do."""
        if (kept := self._kept.pop((entry.path, entry.stamp), None)) and not entry.clash:
            self._room += len(kept.text)
            return kept
        return self._read(entry)[0]

    def rows(self, progress: Progress = lambda done, total: None) -> list[Row]:
        """What is known of every document; reads only those that are new or have changed."""
        self._refresh({entry.document_id: entry for entry in self.scan()}, progress)
        return list(self.ledger.rows())

    def metadata(self, entry: Entry) -> Metadata:
        """The metadata in the side file of a document; raises LoadError."""
        return read_side_file(entry.path, inside=self._root(entry), parties=self.parties)

    def read_brief(self, entry: Entry) -> Brief | None:
        """A brief with all of its problems, None for any other document; raises SourceError for an unreadable file."""
        from sources.briefs.parser import is_brief, read

        if entry.clash or entry.path.suffix.lower() != ".md":
            return None
        if not entry.shipped and not self.metadata(entry).by_hand:
            return None
        text = decode(read_bytes(entry.path, inside=self._root(entry)), str(entry.path))
        if not entry.shipped and not is_brief(text):
            return None
        return read(text, entry.document_id, file=str(entry.path), parties=self.parties)

    def orphans(self) -> list[Path]:
        """Side files whose document is missing."""
        sides = self.folder.rglob(f"*{SIDE_SUFFIX}") if self.folder.is_dir() else ()
        return sorted(side for side in sides if not side.with_name(side.name.removesuffix(SIDE_SUFFIX)).exists())

    # changing

    @contextmanager
    def batch(self, progress: Progress = lambda done, total: None) -> Iterator[None]:
        """Context in which many documents are added with one scan of the folder."""
        self._sweep()
        entries = {entry.document_id: entry for entry in self.scan()}
        self._refresh(entries, progress)
        self._taken = set(entries)
        try:
            yield
        finally:
            self._taken = None

    def add(self, path: Path, metadata: Metadata | None = None, *, anyway: bool = False) -> Entry:
        """Copy a file into the operator's library, with its metadata; the file is parsed first.

        A file named here may be a brief of the operator's own; one added otherwise (`add_bytes`) never is.

        Raises AlreadyThere for a duplicate (with `anyway` only for identical bytes), SourceError for files that cannot
        be read or written.
        """
        return self.add_bytes(read_bytes(path), path.name, metadata, file=str(path), anyway=anyway, by_hand=True)

    def add_bytes(
        self,
        data: bytes,
        name: str,
        metadata: Metadata | None = None,
        *,
        file: str | None = None,
        anyway: bool = False,
        by_hand: bool = False,
    ) -> Entry:
        """The same for bytes with a name; `file` is what messages call them.

        Markdown from an address, an archive or a person is never a brief, whatever it declares, unless an operator
        hands in the very file (`by_hand`), which the side file records.
        """
        if self._taken is None:
            with self.batch():
                return self.add_bytes(data, name, metadata, file=file, anyway=anyway, by_hand=by_hand)
        checked = (metadata or Metadata()).checked(self.parties)
        if name.lower().endswith(".md") and not by_hand:
            checked = replace(checked, form="document")
        file = file or name
        identifier = slug(Path(name).stem)
        document = self.reader.document(identifier, name, file, data, checked)
        twin = self.ledger.twin(document, data)
        if twin and (not anyway or twin.why.endswith("already")):
            comma = "," if twin.why.endswith("already") else ":"
            raise AlreadyThere(
                f"{file} {twin.why}{comma} {_as(comma)}“{twin.document_id}”",
                twin.document_id,
                only_similar=twin.only_similar,
            )
        target = self._store(identifier, Path(name).suffix.lower(), data, checked, self._taken)
        return self._note(target, document, data, checked)

    def replace_bytes(self, entry: Entry, data: bytes, metadata: Metadata) -> Entry:
        """Replace the bytes of a document; its id stays, and its old text is kept for what cites it.

        Raises SourceError, and changes nothing then.
        """
        checked = metadata.checked(self.parties)
        document = self.reader.document(entry.document_id, entry.path.name, str(entry.path), data, checked)
        with suppress(LoadError):  # nobody can have cited an unreadable file lately
            self.versions.keep(self._read(entry)[0])
        write_bytes(entry.path, data)
        write_bytes(side_file(entry.path), checked.to_json().encode())
        return self._note(entry.path, document, data, checked)

    def edit(self, document_id: str, changes: Metadata) -> Entry:
        """Edit the side file of a document; an empty text clears a field. Raises SourceError."""
        entry = self.get(document_id)
        if entry.shipped:
            raise NotFound(f"“{document_id}” is shipped with the program and cannot be edited: add a copy of your own")
        given = {name: value for name, value in asdict(changes).items() if value is not None}
        metadata = replace(self.metadata(entry), **given).checked(self.parties)
        data = read_bytes(entry.path, inside=self.folder)
        document = self.reader.document(document_id, entry.path.name, str(entry.path), data, metadata)
        write_bytes(side_file(entry.path), metadata.to_json().encode())
        return self._note(entry.path, document, data, metadata)

    def remove(self, document_id: str) -> None:
        """Delete a file and its side file; raises NotFound for an unknown id and for a shipped brief."""
        entry = self.get(document_id)
        if entry.shipped:
            raise NotFound(
                f"“{document_id}” is shipped with the program and cannot be removed: leave it out of a question instead"
            )
        delete(entry.path)
        delete(side_file(entry.path))
        self.versions.forget(document_id)
        self.ledger.forget([document_id])

    def _refresh(self, entries: dict[str, Entry], progress: Progress) -> None:
        def read_again(identifier: str) -> None:
            entry = entries[identifier]
            try:
                document, data, metadata = self._read(entry)
                self.ledger.put(entry.stamp, document, data, (metadata.asked,))
                self._keep(entry, document)
            except SourceError as error:
                self.ledger.put_failure(identifier, entry.stamp, str(error))

        refresh(self.ledger, {i: entry.stamp for i, entry in entries.items()}, read_again, progress)

    def _read(self, entry: Entry) -> tuple[Document, bytes, Metadata]:
        if entry.clash:
            raise LoadError(f"{entry.path} would be the same document as {entry.clash}: rename one of the two files")
        metadata = self.metadata(entry)
        data = read_bytes(entry.path, inside=self._root(entry))
        file = str(entry.path)
        read = self.reader.document(entry.document_id, entry.path.name, file, data, metadata, shipped=entry.shipped)
        return read, data, metadata

    def _note(self, path: Path, document: Document, data: bytes, metadata: Metadata) -> Entry:
        """The entry of a file just written, recorded in the cache; the next update need not read it again."""
        entry = entry_of(path, self.folder)
        document = document.with_metadata(id=entry.document_id)
        self.ledger.put(entry.stamp, document, data, (metadata.asked,))
        self._keep(entry, document)
        if self._taken is not None:
            self._taken.add(entry.document_id)
        return entry

    def _keep(self, entry: Entry, document: Document) -> None:
        self._room -= len(document.text)
        if self._room > 0:
            self._kept[entry.path, entry.stamp] = document

    def _root(self, entry: Entry) -> Path:
        return self.shipped if entry.shipped else self.folder

    def _store(self, identifier: str, suffix: str, data: bytes, metadata: Metadata, taken: set[str]) -> Path:
        """Write the document under a free id; returns its path."""
        while True:
            free = free_id(identifier, taken) if identifier in taken else identifier
            target = self.folder / f"{free}{suffix}"
            if not target.exists() and self._write(target, data, metadata):
                return target
            taken = taken | {free}

    def _write(self, target: Path, data: bytes, metadata: Metadata) -> bool:
        """Write the side file, then the document, so that no reader sees it without one; False when the name is
        taken.
        """
        side, written = side_file(target), False
        adding = target.with_name(f".{target.name}{_ADDING}")
        delete(side)
        try:
            if metadata:
                write_bytes(adding, b"")
                write_bytes(side, metadata.to_json().encode())
            written = write_bytes(target, data, exclusive=True)
        finally:
            if not written:
                delete(side)
            delete(adding)
        return written

    def _sweep(self) -> None:
        """Clean up after a kill: half-written texts, and side files whose documents were never written."""
        for path in self.folder.glob(".*"):
            try:
                if time.time() - path.stat().st_mtime < SETTLED_SECONDS:
                    continue
            except OSError:
                continue
            if path.suffix == ".tmp":
                delete(path)
            elif path.name.endswith(_ADDING):
                target = path.with_name(path.name[1:].removesuffix(_ADDING))
                if not target.exists():
                    delete(side_file(target))
                delete(path)


def _as(comma: str) -> str:
    return "as " if comma == "," else ""


_DIGEST = re.compile(r"[0-9a-f]{64}")


class Versions:
    """One folder per document, one text per digest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, document: Document) -> None:
        """Keep the text of a document; raises SourceError where it cannot be written."""
        write_bytes(self._folder / document.id / f"{document.digest}.txt", document.text.encode(), exclusive=True)

    def text(self, document_id: str, digest: str) -> str | None:
        """The text a document had under that digest, None if it was not kept or is damaged."""
        path = self._folder / document_id / f"{digest}.txt"
        if not _DIGEST.fullmatch(digest) or path.parent.parent != self._folder:
            return None
        try:
            text = read_bytes(path, inside=self._folder).decode()
        except (SourceError, UnicodeDecodeError):
            return None
        return text if Document("", "", text).digest == digest else None

    def forget(self, document_id: str) -> None:
        """Delete every earlier text of a document."""
        for path in (self._folder / document_id).glob("*.txt"):
            delete(path)
