"""LlamaIndex: its Hugging Face embeddings and its vector index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any


def build(model: str, folder: Path, identifiers: Sequence[str], texts: Sequence[str]) -> None:
    """Embed and save."""
    from llama_index.core import VectorStoreIndex
    from llama_index.core.schema import TextNode

    nodes = [TextNode(id_=identifier, text=text) for identifier, text in zip(identifiers, texts, strict=True)]
    VectorStoreIndex(nodes, embed_model=_embeddings(model)).storage_context.persist(str(folder / "index"))


def opened(model: str, folder: Path) -> Callable[[str, int], list[str]]:
    """What answers a question with the ids of the best passages."""
    from llama_index.core import StorageContext, load_index_from_storage

    context = StorageContext.from_defaults(persist_dir=str(folder / "index"))
    index: Any = load_index_from_storage(context, embed_model=_embeddings(model))

    def search(question: str, k: int) -> list[str]:
        return [found.node.node_id for found in index.as_retriever(similarity_top_k=k).retrieve(question)]

    return search


def _embeddings(model: str) -> Any:
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    return HuggingFaceEmbedding(
        model_name=model, device="cpu", query_instruction="query: ", text_instruction="passage: "
    )
