"""Runs a model that has no ONNX export with sentence-transformers."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np

from index.encoder import PreparedEncoder, Progress, Vectors, unit
from index.model.tokenizer import CHUNK, clean

ON_PROCESSOR, ON_GPU = 32, 128  # texts padded and run together; fewer would leave a GPU idle


class ReferenceEncoder(PreparedEncoder):
    """A model without an ONNX export, run by sentence-transformers (`index.model.prepare` loads it).

    It runs on a GPU if sentence-transformers has found one. Texts are sorted by length and padded to the longest of
    each batch.
    """

    def __init__(self, model: Any, settings: dict[str, Any]) -> None:
        self._model = model
        self._settings = settings
        self._lock = Lock()
        self._at_once = ON_PROCESSOR if self.device == "cpu" else ON_GPU

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
        for start in range(0, len(texts), CHUNK):
            chunk = [clean(text) for text in texts[start : start + CHUNK]]
            with self._lock:
                out[start : start + len(chunk)] = self._model.encode(
                    chunk, prompt=prompt, batch_size=self._at_once, show_progress_bar=False
                )
            if progress is not None:
                progress(len(chunk))
        return unit(out)
