"""A generation of files, open for reading."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.encoder import Vectors
from index.errors import CorruptIndexError
from index.files.records import RECORDS_FILE, Records
from index.lexical.bm25 import LEXICAL_FOLDER, LexicalIndex
from index.manifest import Manifest
from index.types import Scope
from index.vectors import row_files
from index.vectors.filters import Facets
from index.vectors.flat import FlatRows
from index.vectors.int8_rows import SentenceVectors
from index.vectors.ivf import STEM, ListedVectors


class FileSnapshot:
    """One folder opened with SQLite, tantivy and mapped arrays; a large one with FAISS, too."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.manifest = manifest
        self.records = Records(folder / RECORDS_FILE)
        self.lexical = LexicalIndex(folder / LEXICAL_FOLDER, create=False)
        self.sentences = SentenceVectors.load(folder)
        self._listed: ListedVectors | None = None
        if row_files.files(folder, STEM):
            self._facets = Facets(folder)
            self._listed = ListedVectors.load(folder, int(manifest.search["probes"]))
        else:
            self._exact = FlatRows.load(folder)
        self._agree(folder)

    def _agree(self, folder: Path) -> None:
        """CorruptIndexError unless every part holds the counts of the manifest: intact parts may come from different
        generations.
        """
        passages, sentences = self.manifest.counts["passages"], self.manifest.counts["sentences"]
        held = (len(self.lexical), len(self._listed or self._exact))
        if held != (passages, passages) or len(self.sentences) < sentences:
            raise CorruptIndexError(f"The parts of {folder} do not belong together: run `torkham index update --full`.")

    def nearest(self, query: Vectors, k: int, scope: Scope) -> list[tuple[int, float]]:
        """The `k` best (passage key, cosine) for one unit row within a scope, best first."""
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
