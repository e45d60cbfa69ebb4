"""Made libraries of any size: real sentences recombined, real vectors perturbed a little.

A made passage is three sentences of one shipped document side by side. A sentence keeps its vector, with noise added and
brought back to length 1 (cosine to the real one about .98); a passage has the mean of its sentences' vectors. So words and
vectors are spread as real ones are, but nothing made is worth reading.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.build.update import INDEX_RECIPE
from index.encoder import Encoder, Vectors, unit
from index.files.generations import Generations
from index.manifest import Manifest
from index.search import Index
from index.storage import Embedded, Snapshot, Spans
from index.types import Passage, Scope
from sources.document import Document

SENTENCES = 3  # of a passage
PASSAGES = 10  # of a document
BATCH = 1_000  # documents written at once
NOISE = 0.2  # length of what is added to a vector of length 1


@dataclass(frozen=True)
class Material:
    """What made passages are made of: sentences, what is known of each, and their vectors (n, dimension)."""

    texts: Sequence[str]
    passages: Sequence[Passage]
    rows: Vectors


def material(index: Index, home: Path) -> Material:
    """Every sentence of an index."""
    snapshot = Generations(home).open()
    texts, passages, numbers = [], [], []
    for document in snapshot.records.documents():
        for passage in snapshot.records.passages(_keys(snapshot, document.id)).values():
            for sentence in index.sentences(passage):
                texts.append(document.text[sentence.start : sentence.end])
                passages.append(passage)
                numbers.append(sentence.row)
    rows = unit(snapshot.sentences.rows(numbers))
    snapshot.close()
    return Material(texts, passages, rows)


def _keys(snapshot: Snapshot, identifier: str) -> list[int]:
    return snapshot.records.allowed(Scope(documents=(identifier,)))


def batches(real: Material, passages: int, *, seed: int = 1) -> Iterator[tuple[dict[str, Document], Embedded]]:
    """Documents with their passages and vectors, some thousand passages at a time."""
    random = np.random.default_rng(seed)
    for first in range(0, passages, BATCH * PASSAGES):
        yield _batch(real, first, min(BATCH * PASSAGES, passages - first), random, seed)


def _batch(
    real: Material, first: int, count: int, random: np.random.Generator, seed: int
) -> tuple[dict[str, Document], Embedded]:
    spans_of = _spans_of_documents(real)
    ranges = spans_of[random.integers(len(real.texts), size=count)]
    chosen = random.integers(ranges[:, :1], ranges[:, 1:], size=(count, SENTENCES))
    noise = random.standard_normal((count * SENTENCES, real.rows.shape[1]), np.float32)
    rows = unit(real.rows[chosen.reshape(-1)] + noise * (NOISE / real.rows.shape[1] ** 0.5))
    documents: dict[str, Document] = {}
    passages: list[Passage] = []
    spans: list[tuple[int, int]] = []
    for at in range(0, count, PASSAGES):
        identifier, text, made = f"made-{seed}-{first + at}", "", []
        for members in chosen[at : at + PASSAGES].tolist():
            text += "\n\n" if text else ""
            start = len(text)
            for number in members:
                text += " " if len(text) > start else ""
                spans.append((len(text), len(text) + len(real.texts[number])))
                text += real.texts[number]
            made.append((members[0], start, len(text)))
        documents[identifier] = Document(identifier, f"Made {first + at}", text)
        passages += [_passage(real.passages[one], identifier, text, start, end) for one, start, end in made]
    positions = tuple(position for position in range(count) for _ in range(SENTENCES))
    lines = Spans(positions, tuple(spans), _digests(len(spans)), rows)
    means = unit(rows.reshape(count, SENTENCES, -1).mean(axis=1))
    return documents, Embedded(tuple(passages), _digests(count), means, lines)


def nothing(dimension: int) -> tuple[dict[str, Document], Embedded]:
    """No documents, for a generation that only takes some away."""
    none = np.empty((0, dimension), np.float32)
    return {}, Embedded((), (), none, Spans((), (), (), none))


def _spans_of_documents(real: Material) -> npt.NDArray[np.int64]:
    """For each sentence the first number and the one after the last of its document's sentences, (n, 2)."""
    names = np.array([passage.document_id for passage in real.passages])
    starts = np.flatnonzero(np.r_[True, names[1:] != names[:-1]])
    ends = np.r_[starts[1:], len(names)]
    return np.repeat(np.stack([starts, ends], axis=1), ends - starts, axis=0)


def _passage(like: Passage, identifier: str, text: str, start: int, end: int) -> Passage:
    return Passage(
        f"{identifier}:{start}", identifier, like.title, like.heading, text[start:end], start, end, like.language, None,
        like.parties, like.date_from, like.date_to,
    )  # fmt: skip


def _digests(count: int) -> tuple[bytes, ...]:
    data = os.urandom(16 * count)
    return tuple(data[at : at + 16] for at in range(0, len(data), 16))


def write(home: Path, encoder: Encoder, made: Iterator[tuple[dict[str, Document], Embedded]], *,
          base: bool = False, gone: Sequence[str] = ()) -> tuple[Manifest, float]:  # fmt: skip
    """A generation of made documents, added to the serving one under `base`; (manifest, seconds without the making)."""
    generations, seconds = Generations(home), 0.0
    with generations.writing():
        started = time.perf_counter()
        with generations.begin(generations.base() if base else None, encoder) as writer:
            for documents, embedded in made:
                begun = time.perf_counter()
                seconds += begun - started if not seconds else 0.0
                writer.replace(gone, documents, dict.fromkeys(documents, "made"), embedded)
                gone = ()
                seconds += time.perf_counter() - begun
            started = time.perf_counter()
            manifest, _ = writer.publish(
                created="made", recipe=INDEX_RECIPE, encoder=encoder.name, fingerprint=encoder.fingerprint,
                dimension=encoder.dimension, failures=(),
            )  # fmt: skip
        return manifest, seconds + time.perf_counter() - started
