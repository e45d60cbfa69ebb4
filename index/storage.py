"""The storage protocol of generations, for searching and updating: files in a home, or a database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from index.encoder import Encoder, Vectors
    from index.manifest import Manifest
    from index.types import Passage, Scope, Sentence
    from sources.document import Document

KEPT_DOCUMENTS = 128  # kept in memory by an open generation; 105 are shipped
KEPT_GENERATIONS = 3  # the serving generation and the previous two
NO_INDEX = "There is no index yet: run `torkham index update`."
NOTHING_EARLIER = "There is no earlier generation that could serve: run `torkham index update`."
BUSY = "Another process is updating this index: wait until it is done, then try again."


@dataclass(frozen=True, slots=True)
class Spans:
    """Sentences in order: the position of their passage, (start, end), cache key, and vectors (n, dimension)."""

    positions: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    keys: tuple[bytes, ...]
    rows: Vectors


@dataclass(frozen=True, slots=True)
class Embedded:
    """Passages with cache keys and vectors (n, dimension), and their sentences."""

    passages: tuple[Passage, ...]
    keys: tuple[bytes, ...]
    rows: Vectors
    sentences: Spans


class RecordsView(Protocol):
    """The documents, passages and sentences of one generation."""

    def document(self, identifier: str) -> Document | None:
        """A document with its stored text."""
        ...

    def documents(self) -> Iterator[Document]:
        """Every document, by id."""
        ...

    def documents_of_kind(self, kind: str) -> Iterator[Document]:
        """The documents of a kind, by id."""
        ...

    def passages(self, keys: Sequence[int]) -> dict[int, Passage]:
        """The passages with those keys."""
        ...

    def keys_of_rows(self, rows: Sequence[int]) -> list[int]:
        """The passage keys of sentence rows, in order, without repeats."""
        ...

    def rows_of_passages(self, keys: Sequence[int]) -> dict[int, list[int]]:
        """The sentence rows of those passages, by passage key."""
        ...

    def sentences(self, passage: Passage) -> list[Sentence]:
        """The sentences of a passage in order."""
        ...

    def allowed(self, scope: Scope) -> list[int]:
        """The keys of the passages within a scope."""
        ...

    def undated(self) -> int:
        """How many passages have no date."""
        ...

    def languages(self) -> tuple[str, ...]:
        """The languages of the passages, the commonest first."""
        ...

    def latest(self, most: int) -> list[tuple[str, str]]:
        """(document id, last day of its passages) of the latest documents, at most `most`."""
        ...


class LexicalView(Protocol):
    """The words of one generation."""

    def terms(self, text: str) -> list[str]:
        """The analysed terms of a text, in order, with repeats."""
        ...

    def occurs(self, term: str) -> bool:
        """Whether an analysed term occurs in any passage."""
        ...

    def rarity(self, term: str) -> float:
        """Inverse document frequency of an analysed term; never negative."""
        ...

    def search(self, question: str, k: int, *, scope: Scope | None = None) -> list[tuple[int, float]]:
        """The `k` best (key, BM25 score) for the words of a question, best first."""
        ...


class SentencesView(Protocol):
    """The sentence vectors of one generation."""

    def __len__(self) -> int: ...

    def cosines(self, query: Vectors, rows: Sequence[int]) -> npt.NDArray[np.float32]:
        """The cosine of one unit row with each of those rows."""
        ...

    def nearest(self, query: Vectors, k: int) -> list[int]:
        """The `k` rows nearest to one unit row, best first."""
        ...

    def rows(self, rows: Sequence[int]) -> Vectors:
        """Those rows as float32, (n, dimension)."""
        ...


class Snapshot(Protocol):
    """One generation, open for reading; it never changes while open."""

    @property
    def manifest(self) -> Manifest:
        """The manifest of the generation."""
        ...

    @property
    def records(self) -> RecordsView:
        """Its documents, passages and sentences."""
        ...

    @property
    def lexical(self) -> LexicalView:
        """Its words."""
        ...

    @property
    def sentences(self) -> SentencesView:
        """Its sentence vectors."""
        ...

    def nearest(self, query: Vectors, k: int, scope: Scope) -> list[tuple[int, float]]:
        """The `k` best (passage key, cosine) for one unit row within a scope, best first."""
        ...

    def vectors(self, keys: Sequence[int]) -> Vectors:
        """The passage vectors of those keys, (n, dimension)."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


class Writer(Protocol):
    """The next generation while it is written; invisible to readers until `publish`."""

    def restamp(self, stamps: Mapping[str, str]) -> None:
        """Update the stamps of files whose documents are unchanged."""
        ...

    def replace(
        self, gone: Sequence[str], documents: Mapping[str, Document], stamps: Mapping[str, str], embedded: Embedded
    ) -> None:
        """Delete the documents `gone` with everything that belongs to them, and add others with their passages.

        May be called repeatedly: a large library comes in parts.
        """
        ...

    def publish(self, **about: Any) -> tuple[Manifest, list[bytes]]:
        """Finish, verify and switch to it; returns its manifest and the cache keys of vectors no longer used."""
        ...


class Cache(Protocol):
    """A cache of vectors, as float16 bytes under the keys of their texts."""

    def known(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """The cached vectors among those keys."""
        ...

    def store(self, rows: Sequence[tuple[bytes, bytes]]) -> None:
        """Store vectors durably, at once."""
        ...

    def forget(self, keys: Iterable[bytes]) -> None:
        """Remove the vectors of texts that are no longer in the library."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


class Storage(Protocol):
    """Where generations are stored."""

    def current(self) -> str | None:
        """The id of the serving generation, or None when there is none."""
        ...

    def pinned(self) -> bool:
        """Whether an operator rolled back to this generation; only an explicit update leaves it then."""
        ...

    def names(self) -> list[str]:
        """The finished generations, oldest first."""
        ...

    def manifest(self, name: str | None = None) -> Manifest:
        """The manifest of a generation, the serving one by default."""
        ...

    def verify(self, name: str | None = None) -> list[str]:
        """Recompute every checksum; a sentence for each part that is missing or differs."""
        ...

    def writing(self, wait: float = 0.0) -> AbstractContextManager[None]:
        """Hold the writer lock; IndexBusyError if another process still has it after `wait` seconds."""
        ...

    def base(self) -> Manifest | None:
        """The generation to build the next one from."""
        ...

    def stamps(self, name: str | None = None) -> dict[str, tuple[str, str]]:
        """Document id -> (stamp, revision) of a generation, the serving one by default."""
        ...

    def cache(self) -> Cache:
        """The vector cache."""
        ...

    def scratch(self) -> IO[bytes]:
        """An empty file for data an update need not hold in memory; it disappears when closed and on any kill."""
        ...

    def damage(self, base: Manifest) -> list[str]:
        """What is wrong with the generation to build the next one from, a sentence for each part."""
        ...

    def begin(self, base: Manifest | None, encoder: Encoder) -> AbstractContextManager[Writer]:
        """The next generation, based on `base` if there is one."""
        ...

    def rollback(self, fingerprint: str | None = None) -> str:
        """Serve the last sound generation before the current one until the next explicit update; returns its id.

        With a `fingerprint`, only one built by that encoder.
        """
        ...

    def release(self) -> None:
        """Let updates follow the library again after a rollback."""
        ...

    def open(self, name: str | None = None) -> Snapshot:
        """Open a generation for reading, by default the serving one."""
        ...

    def document(self, identifier: str) -> Document | None:
        """A document of the serving generation with its stored text."""
        ...
