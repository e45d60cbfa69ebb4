"""LangChain: its Hugging Face embeddings and its FAISS store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any


def build(model: str, folder: Path, identifiers: Sequence[str], texts: Sequence[str]) -> None:
    """Embed and save."""
    from langchain_community.vectorstores import FAISS

    metadata = [{"id": identifier} for identifier in identifiers]
    FAISS.from_texts(list(texts), _embeddings(model), metadatas=metadata).save_local(str(folder / "index"))


def opened(model: str, folder: Path) -> Callable[[str, int], list[str]]:
    """What answers a question with the ids of the best passages."""
    from langchain_community.vectorstores import FAISS

    store = FAISS.load_local(str(folder / "index"), _embeddings(model), allow_dangerous_deserialization=True)
    return lambda question, k: [found.metadata["id"] for found in store.similarity_search(question, k=k)]


def _embeddings(model: str) -> Any:
    from langchain_huggingface import HuggingFaceEmbeddings

    plain = {"normalize_embeddings": True}
    return HuggingFaceEmbeddings(
        model_name=model,
        model_kwargs={"device": "cpu"},
        encode_kwargs={**plain, "prompt_name": "passage"},
        query_encode_kwargs={**plain, "prompt_name": "query"},
    )
