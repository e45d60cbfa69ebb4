"""The Encoder protocol, and the only code that runs a model."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from index.runtime import open_session
from index.tokens import Tokens

Vectors = npt.NDArray[np.float32]  # (n, dimension), rows of unit length
Progress = Callable[[int], None]  # called with the number of texts just finished

CHUNK = 256  # texts tokenised at once: enough to feed the workers, few enough to stop soon after Ctrl-C


class Encoder(Protocol):
    """Text -> unit vectors, measured in the encoder's own tokens."""

    @property
    def name(self) -> str:
        """The name of the model as it was configured."""
        ...

    @property
    def fingerprint(self) -> str:
        """What the vectors depend on: the digest of the weights and the version of the recipe."""
        ...

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        ...

    @property
    def window(self) -> int:
        """The most tokens a text may have, prefix and special tokens included; what is longer is cut."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, without prefix and special tokens."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """One unit row a question."""
        ...

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """One unit row a passage or sentence."""
        ...


def unit(rows: npt.ArrayLike) -> Vectors:
    """Rows scaled to length 1, as float32; a row of zeros stays."""
    values: Vectors = np.asarray(rows, dtype=np.float32)
    lengths: Vectors = np.linalg.norm(values, axis=-1, keepdims=True).astype(np.float32)
    lengths[lengths == 0] = 1
    scaled: Vectors = values / lengths
    return scaled


class FastEncoder:
    """A prepared model on onnxruntime. Safe to use from several threads.

    Each text is one run of its own on one thread, and as many run at once as there are cores. So nothing is padded, no
    pool of threads spins, and a vector depends on its text alone (int8 activations share one scale within a run: in
    batches the same text came out with cosine 0.998 to itself). At 180 tokens it is also the quickest way measured.
    """

    def __init__(self, folder: Path) -> None:
        self._settings: dict[str, Any] = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        self._tokens = Tokens(folder)
        self._rows = np.load(folder / "words.npy", mmap_mode="r")
        self._scales = np.load(folder / "word_scales.npy", mmap_mode="r")
        self._session = open_session(folder / "model.onnx")
        self._before: list[int] = self._settings["before"]
        self._after: list[int] = self._settings["after"]
        self._prefixes: dict[str, list[int]] = {}

    @property
    def name(self) -> str:
        """The name of the model."""
        return str(self._settings["name"])

    @property
    def fingerprint(self) -> str:
        """What the vectors depend on."""
        return str(self._settings["fingerprint"])

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self._settings["dimension"])

    @property
    def window(self) -> int:
        """The most tokens a text may have."""
        return int(self._settings["window"])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, without prefix and special tokens."""
        return [
            len(ids) for start in range(0, len(texts), CHUNK) for ids in self._tokens.ids(texts[start : start + CHUNK])
        ]

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """One unit row a question."""
        return self._encode(texts, self._settings["prompts"]["query"], None)

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """One unit row a passage or sentence."""
        return self._encode(texts, self._settings["prompts"]["passage"], progress)

    def token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids the model is given for each text: special tokens included, cut to the window."""
        room = self.window - len(self._before) - len(self._after)
        return [[*self._before, *ids[:room], *self._after] for ids in self._tokens.ids(texts)]

    def _encode(self, texts: Sequence[str], prompt: str, progress: Progress | None) -> Vectors:
        out = np.zeros((len(texts), self.dimension), dtype=np.float32)
        with ThreadPoolExecutor(_cores()) as workers:
            try:
                for start in range(0, len(texts), CHUNK):
                    ids = self.token_ids([prompt + text for text in texts[start : start + CHUNK]])
                    # One text needs no hand-over to a thread.
                    rows = map(self._pooled, ids) if len(ids) == 1 else workers.map(self._pooled, ids)
                    for at, row in enumerate(rows, start):
                        out[at] = row
                        if progress is not None:
                            progress(1)
            except BaseException:  # Ctrl-C does not wait for texts that have not begun
                workers.shutdown(wait=False, cancel_futures=True)
                raise
        return unit(out)

    def _pooled(self, ids: list[int]) -> npt.NDArray[np.float32]:
        vectors = self._session.run(None, {"words": self._words(ids)})[0][0]
        pooled: npt.NDArray[np.float32] = vectors[0] if self._settings["pooling"] == "cls" else vectors.mean(axis=0)
        return pooled

    def _words(self, ids: list[int]) -> npt.NDArray[np.float32]:
        """The word embeddings of one text, (1, tokens, hidden), looked up in a mapped file that is never loaded."""
        rows: npt.NDArray[np.float32] = self._rows[ids].astype(np.float32) * self._scales[ids][:, None]
        return rows[None]


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
