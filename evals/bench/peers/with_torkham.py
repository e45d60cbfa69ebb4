"""This project, with the model that its home holds; imported inside functions, as every peer, so that it is timed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path


def build(model: str, folder: Path, identifiers: Sequence[str], texts: Sequence[str]) -> None:
    """Embed and write a generation; `model` is a home."""
    from evals.retrieval.beir import Shelf
    from index.build.update import update
    from index.files.generations import Generations
    from index.model.prepare import open_encoder
    from index.model.reference import DEFAULT_MODEL
    from sources.document import Document

    documents = [Document(identifier, "", text) for identifier, text in zip(identifiers, texts, strict=True)]
    encoder = open_encoder(DEFAULT_MODEL, Path(model), report=lambda _: None)
    update(Shelf(documents), Generations(folder), encoder, full=True)


def opened(model: str, folder: Path) -> Callable[[str, int], list[str]]:
    """What answers a question with the ids of the best passages."""
    from index.model.prepare import open_encoder
    from index.model.reference import DEFAULT_MODEL
    from index.search import Index

    index = Index.open(folder, open_encoder(DEFAULT_MODEL, Path(model), report=lambda _: None))

    def search(question: str, k: int) -> list[str]:
        # It cuts texts into passages; the others take each as one.
        return list(dict.fromkeys(hit.passage.document_id for hit in index.search(question, 2 * k)))[:k]

    return search
