"""txtai, dense and words together (its hybrid)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path


def build(model: str, folder: Path, identifiers: Sequence[str], texts: Sequence[str]) -> None:
    """Embed and save."""
    from txtai import Embeddings

    prompts = {"query": "query: ", "data": "passage: "}
    index = Embeddings(path=model, hybrid=True, instructions=prompts, gpu=False)
    index.index((identifier, text, None) for identifier, text in zip(identifiers, texts, strict=True))
    index.save(str(folder / "index"))


def opened(model: str, folder: Path) -> Callable[[str, int], list[str]]:
    """What answers a question with the ids of the best passages."""
    from txtai import Embeddings

    index = Embeddings()
    index.load(str(folder / "index"))
    return lambda question, k: [identifier for identifier, _ in index.search(question, k)]
