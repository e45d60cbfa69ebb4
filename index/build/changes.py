"""Compares the library with a generation: new files by size and time, then read one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from index.manifest import Failure
from index.progress import Progress
from index.storage import Storage
from sources.document import Document
from sources.errors import SourceError


@dataclass(frozen=True, slots=True)
class Changes:
    """Document ids of the library against those of a generation."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def __str__(self) -> str:
        parts = ((self.added, "new"), (self.changed, "changed"), (self.removed, "removed"))
        return ", ".join(f"{len(ids)} {word}" for ids, word in parts if ids) or "nothing"


def diff(library: Mapping[str, str], indexed: Mapping[str, str], failed: Iterable[Failure] = ()) -> Changes:
    """Compare the stamps of the library with the indexed ones; a known failure with an unchanged stamp is no
    difference.
    """
    known = {(failure.document_id, failure.stamp) for failure in failed}
    fresh = {identifier: stamp for identifier, stamp in library.items() if (identifier, stamp) not in known}
    return Changes(
        added=tuple(sorted(identifier for identifier in fresh if identifier not in indexed)),
        changed=tuple(sorted(i for i, stamp in fresh.items() if i in indexed and indexed[i] != stamp)),
        removed=tuple(sorted(identifier for identifier in indexed if identifier not in library)),
    )


class Entry(Protocol):
    """What the library knows about a file without reading it."""

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
        """The document of a file; SourceError when it cannot be loaded."""
        ...


def pending(library: Library[E], storage: Storage) -> Changes:
    """The changes since the serving generation, from sizes and times alone."""
    manifest = storage.manifest()
    indexed = {identifier: stamp for identifier, (stamp, _) in storage.stamps().items()}
    return diff({e.document_id: e.stamp for e in library.scan()}, indexed, manifest.failures)


class Reading(Generic[E]):
    """Reads files one by one, as an update asks for its blocks, and records the outcome of each."""

    def __init__(
        self,
        library: Library[E],
        entries: Sequence[E],
        indexed: Mapping[str, tuple[str, str]],
        progress: Progress | None,
        stored: Callable[[str], Document | None] = lambda identifier: None,
    ) -> None:
        """`indexed` gives the stamp and revision of the indexed documents; `stored` returns the indexed text of one
        whose file cannot be read, for a rebuild that takes nothing over from the old index.
        """
        self._library = library
        self._entries = entries
        self._indexed = indexed
        self._progress = progress
        self._stored = stored
        self.kept: set[str] = set()
        self.loaded = 0
        self.same: dict[str, str] = {}
        self.replaced: list[str] = []
        self.failures: list[Failure] = []

    def fresh(self) -> Iterator[Document]:
        """The documents that are new or differ from the index."""
        for done, entry in enumerate(self._entries, 1):
            try:
                document = self._library.load(entry)
            except SourceError as error:
                self.failures.append(Failure(entry.document_id, str(entry.path), entry.stamp, str(error)))
                if (last_good := self._stored(entry.document_id)) is not None:
                    self.kept.add(entry.document_id)
                    yield last_good
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
