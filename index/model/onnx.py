"""Creates, opens and runs ONNX models; the only importer of onnxruntime."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.encoder import PreparedEncoder, Progress, TokenStates, Vectors, cores, unit
from index.model.tokenizer import CHUNK_TEXTS, Tokens

KEPT_TEXTS = 8  # texts whose lower states are cached: a question is embedded, then read together with statements
SLOW_FUSION = (
    "SkipLayerNormFusion"  # its kernel takes four times as long as what it replaces: a sixth of the reader's time
)


def open_session(path: Path) -> Any:
    """A single-threaded onnxruntime session over a model that was optimised when it was created."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def quantise(source: Path, target: Path, *, keep: Sequence[str] = ()) -> None:
    """Create an int8 model (dynamic, per channel; `keep` nodes stay float) and store its optimised graph.

    Weights have seven bits: processors with AVX2 but without VNNI add pairs of products in 16 bits, where eight-bit
    weights overflow, so that vectors, scores and refusals would depend on the machine.
    """
    import onnxruntime
    from onnxruntime.quantization import QuantType, quantize_dynamic

    between = target.with_suffix(".int8.onnx")
    logging.getLogger().addFilter(_no_advice)
    try:
        quantize_dynamic(
            source,
            between,
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=list(keep),
        )
    finally:
        logging.getLogger().removeFilter(_no_advice)
    options = onnxruntime.SessionOptions()
    # EXTENDED, not ALL: what ALL adds depends on the machine, and homes are copied between machines.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(target)
    options.log_severity_level = 3
    onnxruntime.InferenceSession(
        str(between), options, providers=["CPUExecutionProvider"], disabled_optimizers=[SLOW_FUSION]
    )
    between.unlink()


def _no_advice(record: Any) -> bool:
    return "pre-processing before quantization" not in str(record.msg)


class OnnxEncoder(PreparedEncoder):
    """A prepared model on onnxruntime. Thread-safe.

    Each text is one run on one thread, with as many runs in parallel as there are cores. So there is no padding, no
    thread pool spins, and a vector depends on its text alone (int8 activations share one scale within a run: in
    batches, the same text had a cosine of 0.998 to itself). At 180 tokens it is also the fastest method measured.
    """

    def __init__(self, folder: Path) -> None:
        self._settings: dict[str, Any] = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        self._tokens = Tokens(folder)
        self._rows = np.load(folder / "words.npy", mmap_mode="r")
        self._scales = np.load(folder / "word_scales.npy", mmap_mode="r")
        self._lower = open_session(folder / "model.onnx")
        self._upper = open_session(folder / "upper.onnx") if (folder / "upper.onnx").exists() else None
        self._before: list[int] = self._settings["before"]
        self._after: list[int] = self._settings["after"]
        self._prefixes: dict[str, list[int]] = {}
        self._lower_of_one = lru_cache(maxsize=KEPT_TEXTS)(self._lower_states)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, without prefix and special tokens."""
        return [
            len(ids)
            for start in range(0, len(texts), CHUNK_TEXTS)
            for ids in self._tokens.ids(texts[start : start + CHUNK_TEXTS])
        ]

    def token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The input ids of each text, with special tokens, truncated to the window."""
        room = self.window - len(self._before) - len(self._after)
        return [[*self._before, *ids[:room], *self._after] for ids in self._tokens.ids(texts)]

    @property
    def has_states(self) -> bool:
        """Whether the lower layers can run separately."""
        return self._upper is not None

    def states(self, texts: Sequence[str], *, prompt: str, most: int) -> list[TokenStates]:
        """The states of each text's first tokens, at most `most`, after the lower layers, for reading two texts
        together.

        `prompt` is `query` or `passage`. A model without separate lower layers returns an empty list.
        """
        if self._upper is None:
            return []
        before = self._settings["prompts"][prompt]
        read = []
        for ids, slices in self._tokens.encode([before + text for text in texts]):
            ids = [*self._before, *ids, *self._after][:most]
            own = [(max(a - len(before), 0), max(b - len(before), 0)) for a, b in slices]
            own = [*((0, 0) for _ in self._before), *own, *((0, 0) for _ in self._after)][:most]
            states = self._lower_of_one(tuple(ids))[0] if len(texts) == 1 else self._lower_states(ids)[0]
            read.append(TokenStates(np.array(ids), states, np.array(own)))
        return read

    def _encode(self, texts: Sequence[str], prompt: str, progress: Progress | None) -> Vectors:
        out = np.zeros((len(texts), self.dimension), dtype=np.float32)
        with ThreadPoolExecutor(cores()) as workers:
            try:
                for start in range(0, len(texts), CHUNK_TEXTS):
                    ids = self.token_ids([prompt + text for text in texts[start : start + CHUNK_TEXTS]])
                    # A single text needs no thread switch.
                    rows = [self._pooled(ids[0], kept=True)] if len(ids) == 1 else workers.map(self._pooled, ids)
                    for at, row in enumerate(rows, start):
                        out[at] = row
                        if progress is not None:
                            progress(1)
            except BaseException:  # Ctrl-C does not wait for queued texts
                workers.shutdown(wait=False, cancel_futures=True)
                raise
        return unit(out)

    def _lower_states(self, ids: Sequence[int]) -> npt.NDArray[np.float32]:
        """The states of one text after the lower layers, (1, tokens, hidden)."""
        states: npt.NDArray[np.float32] = self._lower.run(None, {"words": self._words(list(ids))})[0]
        return states

    def _pooled(self, ids: list[int], *, kept: bool = False) -> npt.NDArray[np.float32]:
        states = self._lower_of_one(tuple(ids)) if kept else self._lower_states(ids)
        vectors = (self._upper.run(None, {"words": states})[0] if self._upper else states)[0]
        pooled: npt.NDArray[np.float32] = vectors[0] if self._settings["pooling"] == "cls" else vectors.mean(axis=0)
        return pooled

    def _words(self, ids: list[int]) -> npt.NDArray[np.float32]:
        """The word embeddings of one text, (1, tokens, hidden), read from a memory-mapped file."""
        rows: npt.NDArray[np.float32] = self._rows[ids].astype(np.float32) * self._scales[ids][:, None]
        return rows[None]


def load() -> None:
    """Import the engine ahead of time."""
    import onnxruntime  # noqa: F401
