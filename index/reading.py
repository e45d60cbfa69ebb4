"""The library as an update sees it: what is new by sizes and times, and the files read one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from index.manifest import Changes, Failure, diff
from index.progress import Progress
from index.storage import Storage
from sources.document import Document
from sources.errors import SourceError


class Entry(Protocol):
    """What the library says of a file without reading it."""

    @property
    def document_id(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def stamp(self) -> str: ...


E = TypeVar("E", bound="Entry")


class Library(Protocol[E]):
    """Where documents come from."""

    def scan(self) -> Sequence[E]:
        """Every file, from its size and times alone."""
        ...

    def load(self, entry: E) -> Document:
        """The document of a file; SourceError when it cannot be taken."""
        ...


def pending(library: Library[E], storage: Storage) -> Changes:
    """What the serving generation does not know of yet, from sizes and times alone."""
    manifest = storage.manifest()
    indexed = {identifier: stamp for identifier, (stamp, _) in storage.stamps().items()}
    return diff({e.document_id: e.stamp for e in library.scan()}, indexed, manifest.failures)


class Reading(Generic[E]):
    """Reads files one by one, as the blocks of an update ask for them, and notes what became of each."""

    def __init__(
        self,
        library: Library[E],
        entries: Sequence[E],
        indexed: Mapping[str, tuple[str, str]],
        progress: Progress | None,
    ) -> None:
        """`indexed` gives stamp and revision of the documents that the index holds."""
        self._library = library
        self._entries = entries
        self._indexed = indexed
        self._progress = progress
        self.loaded = 0
        self.same: dict[str, str] = {}
        self.replaced: list[str] = []
        self.failures: list[Failure] = []

    def fresh(self) -> Iterator[Document]:
        """The documents that are new or differ from what the index holds."""
        for done, entry in enumerate(self._entries, 1):
            try:
                document = self._library.load(entry)
            except SourceError as error:
                self.failures.append(Failure(entry.document_id, str(entry.path), entry.stamp, str(error)))
            else:
                self.loaded += 1
                yield from self._changed(entry, document)
            if self._progress:
                self._progress("reading", done, len(self._entries))

    def _changed(self, entry: E, document: Document) -> Iterator[Document]:
        indexed = self._indexed.get(entry.document_id)
        if indexed and indexed[1] == document.revision:
            self.same[entry.document_id] = entry.stamp
            return
        if indexed:
            self.replaced.append(entry.document_id)
        yield document
