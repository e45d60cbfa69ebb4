"""Making, opening and running ONNX models; the only importer of onnxruntime."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.encoder import Progress, TokenStates, Vectors, cores, unit
from index.model.tokenizer import CHUNK, Tokens

KEPT = 8  # texts whose lower states are remembered: a question is embedded, and read together with statements


def open_session(path: Path) -> Any:
    """An onnxruntime session of one thread over a model that was optimised when it was made."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def quantise(source: Path, target: Path, *, keep: Sequence[str] = ()) -> None:
    """Make an int8 model (dynamic, per channel; nodes to keep stay float) with its graph optimisations stored.

    Weights have seven bits: processors with AVX2 but without VNNI add pairs of products in 16 bits, and eight-bit
    weights overflow there, so that vectors, scores and refusals would depend on the machine.
    """
    import logging

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
    onnxruntime.InferenceSession(str(between), options, providers=["CPUExecutionProvider"])
    between.unlink()


def _no_advice(record: Any) -> bool:
    return "pre-processing before quantization" not in str(record.msg)


class OnnxEncoder:
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
        self._lower = open_session(folder / "model.onnx")
        self._upper = open_session(folder / "upper.onnx") if (folder / "upper.onnx").exists() else None
        self._before: list[int] = self._settings["before"]
        self._after: list[int] = self._settings["after"]
        self._prefixes: dict[str, list[int]] = {}
        self._lower_of_one = lru_cache(maxsize=KEPT)(self._lower_states)

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

    @property
    def has_states(self) -> bool:
        """Whether the lower layers can be run by themselves."""
        return self._upper is not None

    def states(self, texts: Sequence[str], *, prompt: str, most: int) -> list[TokenStates]:
        """What the lower layers make of each text's first tokens, at most `most`, for whoever reads two texts together.

        `prompt` is `query` or `passage`. A model without lower layers of its own has none: an empty list.
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
                for start in range(0, len(texts), CHUNK):
                    ids = self.token_ids([prompt + text for text in texts[start : start + CHUNK]])
                    # One text needs no hand-over to a thread.
                    rows = [self._pooled(ids[0], kept=True)] if len(ids) == 1 else workers.map(self._pooled, ids)
                    for at, row in enumerate(rows, start):
                        out[at] = row
                        if progress is not None:
                            progress(1)
            except BaseException:  # Ctrl-C does not wait for texts that have not begun
                workers.shutdown(wait=False, cancel_futures=True)
                raise
        return unit(out)

    def _lower_states(self, ids: Sequence[int]) -> npt.NDArray[np.float32]:
        """What the lower layers make of one text, (1, tokens, hidden)."""
        states: npt.NDArray[np.float32] = self._lower.run(None, {"words": self._words(list(ids))})[0]
        return states

    def _pooled(self, ids: list[int], *, kept: bool = False) -> npt.NDArray[np.float32]:
        states = self._lower_of_one(tuple(ids)) if kept else self._lower_states(ids)
        vectors = (self._upper.run(None, {"words": states})[0] if self._upper else states)[0]
        pooled: npt.NDArray[np.float32] = vectors[0] if self._settings["pooling"] == "cls" else vectors.mean(axis=0)
        return pooled

    def _words(self, ids: list[int]) -> npt.NDArray[np.float32]:
        """The word embeddings of one text, (1, tokens, hidden), looked up in a mapped file that is never loaded."""
        rows: npt.NDArray[np.float32] = self._rows[ids].astype(np.float32) * self._scales[ids][:, None]
        return rows[None]


def load() -> None:
    """Import the engine ahead of its use."""
    import onnxruntime  # noqa: F401
