"""Haystack 2 (3 has no sentence-transformers embedders): its embedders and its store in memory, saved to disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"  # else it reports every start over the network


def build(model: str, folder: Path, identifiers: Sequence[str], texts: Sequence[str]) -> None:
    """Embed and save."""
    from haystack import Document
    from haystack.components.embedders import SentenceTransformersDocumentEmbedder
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    embedder = SentenceTransformersDocumentEmbedder(model=model, prefix="passage: ", progress_bar=False)
    embedder.warm_up()
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    documents = [Document(id=identifier, content=text) for identifier, text in zip(identifiers, texts, strict=True)]
    store.write_documents(embedder.run(documents=documents)["documents"])
    store.save_to_disk(str(folder / "index.json"))


def opened(model: str, folder: Path) -> Callable[[str, int], list[str]]:
    """What answers a question with the ids of the best passages."""
    from haystack.components.embedders import SentenceTransformersTextEmbedder
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    embedder = SentenceTransformersTextEmbedder(model=model, prefix="query: ", progress_bar=False)
    embedder.warm_up()
    store = InMemoryDocumentStore.load_from_disk(str(folder / "index.json"))

    def search(question: str, k: int) -> list[str]:
        row = embedder.run(text=question)["embedding"]
        return [document.id for document in store.embedding_retrieval(row, top_k=k)]

    return search
