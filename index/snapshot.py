"""A generation of files, open for reading."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index import segments
from index.encoder import Vectors
from index.facets import Facets
from index.flat_rows import FlatRows
from index.layout import LEXICAL, RECORDS, VECTORS
from index.lexical import LexicalIndex
from index.listed_vectors import STEM, ListedVectors
from index.manifest import Manifest
from index.passages import Scope
from index.records import Records
from index.sentence_vectors import SentenceVectors
from index.vectors import VectorIndex


class FileSnapshot:
    """SQLite, FAISS or its flat file, tantivy and a mapped array over one folder."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.manifest = manifest
        self.records = Records(folder / RECORDS)
        self.lexical = LexicalIndex(folder / LEXICAL)
        self.sentences = SentenceVectors.load(folder)
        self._listed: ListedVectors | None = None
        if segments.files(folder, STEM):
            self._facets = Facets(folder)
            self._listed = ListedVectors.load(folder, int(manifest.search["probes"]))
        else:
            self._exact = FlatRows.read(folder / VECTORS) or VectorIndex.load(folder / VECTORS)

    def nearest(self, query: Vectors, k: int, scope: Scope) -> list[tuple[int, float]]:
        """The `k` best (passage key, cosine) inside a scope for one unit row, best first."""
        mask = self._facets.mask(scope) if self._listed and scope else None
        allowed = np.asarray(self.records.allowed(scope), np.int64) if scope and mask is None else None
        if self._listed:
            return self._listed.search(query, k, mask=mask, allowed=allowed)
        return self._exact.search(query, k, allowed=allowed)

    def vectors(self, keys: Sequence[int]) -> Vectors:
        """The passage vectors of those keys, (n, dimension)."""
        return (self._listed or self._exact).rows(np.asarray(keys, np.int64))

    def close(self) -> None:
        """Close the files."""
        self.records.close()
