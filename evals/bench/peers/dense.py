"""sentence-transformers with a FAISS index, as most tutorials have it; also one question as a whole process.

python -m evals.bench.peers.dense MODEL_FOLDER VECTORS.npy QUESTION
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any


def build(model: str, folder: Path, identifiers: Sequence[str], texts: Sequence[str]) -> None:
    """Embed and write an exact index."""
    import faiss

    rows = _load(model).encode(list(texts), prompt_name="passage", normalize_embeddings=True)
    index: Any = faiss.IndexFlatIP(rows.shape[1])
    index.add(rows)
    faiss.write_index(index, str(folder / "index.faiss"))
    (folder / "ids.json").write_text(json.dumps(list(identifiers)), encoding="utf-8")


def opened(model: str, folder: Path) -> Callable[[str, int], list[str]]:
    """What answers a question with the ids of the best passages."""
    import faiss

    encoder, index = _load(model), faiss.read_index(str(folder / "index.faiss"))
    identifiers = json.loads((folder / "ids.json").read_text(encoding="utf-8"))

    def search(question: str, k: int) -> list[str]:
        _, found = index.search(encoder.encode([question], prompt_name="query", normalize_embeddings=True), k)
        return [identifiers[at] for at in found[0]]

    return search


def _load(model: str) -> Any:
    from sentence_transformers import SentenceTransformer

    # Without the argument a pooler with random weights would be added (and never used).
    return SentenceTransformer(model, device="cpu", model_kwargs={"add_pooling_layer": False})


def main(arguments: list[str]) -> int:
    """Load, embed, search, print the numbers of the ten best rows."""
    import faiss
    import numpy as np

    folder, vectors, question = arguments
    model, rows = _load(folder), np.load(vectors)
    index: Any = faiss.IndexFlatIP(rows.shape[1])
    index.add(rows)
    _, best = index.search(model.encode([question], prompt_name="query", normalize_embeddings=True), 10)
    print(*best[0].tolist())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
