"""Bringing the index up to date: diff, chunk, embed only what is new, write a generation, switch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from index import chunking
from index.embedding import Progress, embed
from index.encoder import Encoder
from index.errors import OtherEncoderError
from index.manifest import Changes, Failure, Manifest, diff
from index.storage import Storage
from sources.document import Document
from sources.errors import SourceError

RECIPE = f"{chunking.RECIPE} sentences-1 words-2"


class Entry(Protocol):
    """What the library says of a file without reading it."""

    @property
    def document_id(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def stamp(self) -> str: ...


E = TypeVar("E", bound=Entry)


class Library(Protocol[E]):
    """Where documents come from."""

    def scan(self) -> Sequence[E]:
        """Every file, from its size and times alone."""
        ...

    def load(self, entry: E) -> Document:
        """The document of a file; SourceError when it cannot be taken."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an update did: the changes, the failures, and the manifest that now serves."""

    changes: Changes
    manifest: Manifest
    written: bool

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The files that could not be taken."""
        return self.manifest.failures


def pending(library: Library[E], storage: Storage) -> Changes:
    """What the serving generation does not know of yet, from sizes and times alone."""
    manifest = storage.manifest()
    indexed = {identifier: stamp for identifier, (stamp, _) in storage.stamps().items()}
    return diff({e.document_id: e.stamp for e in library.scan()}, indexed, manifest.failures)


def update(
    library: Library[E],
    storage: Storage,
    encoder: Encoder,
    *,
    full: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Write and switch to a generation that matches the library; a file that fails keeps its last good version."""
    with storage.writing():
        base = None if full else _base(storage, encoder)
        entries = {entry.document_id: entry for entry in library.scan()}
        indexed = storage.stamps(base.generation) if base else {}
        failed = base.failures if base else ()
        changes = diff({i: e.stamp for i, e in entries.items()}, {i: s for i, (s, _) in indexed.items()})
        if base and not changes and not failed:
            storage.release()
            return Outcome(changes, base, written=False)
        loaded, failures = _load(library, [entries[i] for i in (*changes.added, *changes.changed)], progress)
        if base and not loaded and not changes.removed and failures == failed:
            storage.release()
            return Outcome(Changes(), base, written=False)
        fresh = {i: d for i, d in loaded.items() if i not in indexed or indexed[i][1] != d.revision}
        cache = storage.cache()
        embedded = embed(fresh.values(), encoder, cache, progress)
        with storage.begin(base, encoder) as writer:
            writer.restamp({i: entries[i].stamp for i in loaded if i not in fresh})
            gone = (*changes.removed, *(i for i in fresh if i in indexed))
            writer.replace(gone, fresh, {i: entries[i].stamp for i in fresh}, embedded)
            manifest, unused = writer.publish(
                created=datetime.now(UTC).isoformat(timespec="seconds"),
                recipe=RECIPE,
                encoder=encoder.name,
                fingerprint=encoder.fingerprint,
                dimension=encoder.dimension,
                failures=failures,
            )
        cache.forget(unused)
        cache.close()
        return Outcome(changes, manifest, written=True)


def refuse_other_encoder(manifest: Manifest, encoder: Encoder) -> None:
    """OtherEncoderError unless the generation was built with this encoder."""
    if manifest.fingerprint != encoder.fingerprint:
        raise OtherEncoderError(
            f"The index was built with the model {manifest.encoder}, but {encoder.name} is configured:"
            " run `torkham index update` to rebuild it, or set TORKHAM_MODEL back."
        )


def _base(storage: Storage, encoder: Encoder) -> Manifest | None:
    """The generation that the next one can be made from, if it was made in the same way."""
    manifest = storage.base()
    if manifest is None or manifest.fingerprint != encoder.fingerprint or manifest.recipe != RECIPE:
        return None
    return manifest


def _load(
    library: Library[E], entries: Sequence[E], progress: Progress | None
) -> tuple[dict[str, Document], tuple[Failure, ...]]:
    loaded: dict[str, Document] = {}
    failures: list[Failure] = []
    for done, entry in enumerate(entries, 1):
        try:
            loaded[entry.document_id] = library.load(entry)
        except SourceError as error:
            failures.append(Failure(entry.document_id, str(entry.path), entry.stamp, str(error)))
        if progress:
            progress("reading", done, len(entries))
    return loaded, tuple(failures)
