"""The same question the usual way, as a whole process: SentenceTransformer, a FAISS file, the ten best passages.

python -m evals.bench.peers.baseline MODEL_FOLDER VECTORS.faiss QUESTION
"""

from __future__ import annotations

import sys
from typing import Any

import faiss
from sentence_transformers import SentenceTransformer


def main(arguments: list[str]) -> int:
    """Load, embed, search, print the keys."""
    folder, vectors, question = arguments
    # Without the argument a pooler with random weights would be added (and never used).
    model = SentenceTransformer(folder, device="cpu", model_kwargs={"add_pooling_layer": False})
    index: Any = faiss.read_index(vectors)
    row = model.encode([question], prompt_name="query", normalize_embeddings=True)
    _, keys = index.search(row, 10)
    print(*keys[0].tolist())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
