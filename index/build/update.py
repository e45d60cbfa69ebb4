"""Brings the index up to date: diff, chunk, embed only what is new, write a generation, switch.

New documents are read and chunked once, into blocks that are spooled to disk; then every text gets its vector in the
cache,
where an interrupted update resumes; then the generation is written. Memory holds two blocks at most.
"""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO

from index.build import chunking
from index.build.blocks import Block, blocks, embed
from index.build.changes import Changes, E, Library, Reading, diff
from index.build.embedding import fill, unseen
from index.encoder import Encoder, bulk_mode
from index.errors import IndexingError
from index.manifest import Failure, Manifest
from index.progress import Progress, Tally
from index.storage import Cache, Embedded, Storage
from sources.document import Document

INDEX_RECIPE = f"{chunking.CHUNK_RECIPE} sentences-2 words-2 rows-2"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of an update: the changes, the failures, and the manifest that now serves.

    `damage` says what was wrong with the previous generation if it had to be rebuilt.
    """

    changes: Changes
    manifest: Manifest
    written: bool
    damage: tuple[str, ...] = ()

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The files that could not be loaded."""
        return self.manifest.failures


def update(
    library: Library[E],
    storage: Storage,
    encoder: Encoder,
    *,
    full: bool = False,
    wait: float = 0.0,
    progress: Progress | None = None,
) -> Outcome:
    """Write and switch to a generation that matches the library; a file that fails keeps its last good version.

    Waits up to `wait` seconds for another process that is updating. A damaged generation is not built upon: the next
    one is then built from the library and the cached vectors.
    """
    with storage.writing(wait):
        base = None if full else _base(storage, encoder)
        damage = tuple(storage.damage(base)) if base else ()
        base = None if damage else base
        entries = {entry.document_id: entry for entry in library.scan()}
        indexed = storage.stamps(base.generation) if base else {}
        failed = base.failures if base else ()
        changes = diff({i: e.stamp for i, e in entries.items()}, {i: s for i, (s, _) in indexed.items()})
        if base and not changes and not failed:
            storage.release()
            return Outcome(changes, base, written=False)
        fresh = [entries[i] for i in (*changes.added, *changes.changed)]
        reading = Reading(library, fresh, indexed, progress, lambda i: None if base else _stored(storage, i))
        with storage.scratch() as file, closing(storage.cache()) as cache:
            spool = Spool(file)
            _cut(reading, spool, encoder, cache)
            failures = tuple(reading.failures)
            if base and not reading.loaded and not changes.removed and failures == failed:
                storage.release()
                return Outcome(Changes(), base, written=False)
            _compute(spool, encoder, cache, progress)
            with storage.begin(base, encoder) as writer:
                writer.restamp(reading.same)
                gone, stamps = (*changes.removed, *reading.replaced), {i: entry.stamp for i, entry in entries.items()}
                stamps |= dict.fromkeys(reading.kept, "")  # to be read again
                for documents, embedded in _embedded(spool, encoder, cache, progress):
                    writer.replace(gone, documents, {i: stamps[i] for i in documents}, embedded)
                    gone = ()
                manifest, unused = writer.publish(
                    created=datetime.now(UTC).isoformat(timespec="seconds"),
                    recipe=INDEX_RECIPE,
                    encoder=encoder.name,
                    fingerprint=encoder.fingerprint,
                    dimension=encoder.dimension,
                    failures=failures,
                )
            cache.forget(unused)
        return Outcome(changes, manifest, True, damage)


def _base(storage: Storage, encoder: Encoder) -> Manifest | None:
    """The generation to build the next one from, if it was built by the same recipe."""
    manifest = storage.base()
    if manifest is None or manifest.fingerprint != encoder.fingerprint or manifest.recipe != INDEX_RECIPE:
        return None
    return manifest


def _stored(storage: Storage, identifier: str) -> Document | None:
    """What the serving generation stores of a document, if it can be read."""
    try:
        return storage.document(identifier) if storage.current() else None
    except IndexingError:
        return None


def _cut(reading: Reading[E], spool: Spool, encoder: Encoder, cache: Cache) -> None:
    """Read and chunk the new documents, spool them to disk, and count the texts without a vector."""
    for block in blocks(reading.fresh(), encoder):
        texts = block.texts()
        waiting = sum(map(len, unseen(cache, encoder, texts)))
        spool.append(block, Spooled(len(texts), waiting, len(block.passages)))


def _compute(spool: Spool, encoder: Encoder, cache: Cache, progress: Progress | None) -> None:
    """Give every text its vector in the cache, where an interrupted update resumes."""
    spooled = spool.spooled
    tally = Tally(progress, texts=sum(s.texts for s in spooled), characters=sum(s.characters for s in spooled))
    with bulk_mode(encoder, sum(s.characters for s in spooled)):
        for block, expected in spool:
            _compute_block(block, expected, encoder, cache, tally)


def _compute_block(block: Block, expected: Spooled, encoder: Encoder, cache: Cache, tally: Tally) -> None:
    if not expected.characters:
        tally.known(expected.texts)
        return
    times = Counter(block.texts())
    todo = unseen(cache, encoder, times)  # fewer than expected if an earlier block contains the same texts
    needless = expected.characters - sum(map(len, todo))
    tally.known(expected.texts - sum(times[text] for text in todo), needless)
    fill(cache, encoder, todo, told=lambda text: tally.computed(text, times[text]))


def _embedded(
    spool: Spool, encoder: Encoder, cache: Cache, progress: Progress | None
) -> Iterator[tuple[dict[str, Document], Embedded]]:
    """The documents of each block with their stored data; a single empty block if there are none."""
    done, total = 0, sum(spooled.passages for spooled in spool.spooled)
    if not spool.spooled:
        yield {}, embed(Block((), (), (), ()), encoder, cache)
    for block, spooled in spool:
        yield {document.id: document for document in block.documents}, embed(block, encoder, cache)
        done += spooled.passages
        if progress:
            progress("writing", done, total)


@dataclass(frozen=True, slots=True)
class Spooled:
    """What is known of a block without reading it: its texts, and the number of characters still to embed."""

    texts: int
    characters: int
    passages: int


class Spool:
    """Blocks in a file private to this process (hence pickle is safe), readable as often as needed."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.spooled: list[Spooled] = []

    def append(self, block: Block, spooled: Spooled) -> None:
        """Append a block."""
        pickle.dump(block, self._file, pickle.HIGHEST_PROTOCOL)
        self.spooled.append(spooled)

    def __iter__(self) -> Iterator[tuple[Block, Spooled]]:
        self._file.seek(0)
        for spooled in self.spooled:
            yield pickle.load(self._file), spooled
