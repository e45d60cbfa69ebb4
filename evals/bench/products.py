"""How near embedding comes to what the processor can do: matrix products against passages a second."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from evals.bench.embedding_speed import passages, timed
from evals.bench.measurements import Figure, Figures
from index.encoder import Encoder
from index.model.onnx import open_session

LAYERS, HIDDEN, INNER = 12, 384, 1536  # multilingual-e5-small
THREADS = 2
PASSAGE, SENTENCE = 180, 30  # tokens of the texts that are embedded, within one sentence
_ROWS = 180


def flop(tokens: int) -> float:
    """Floating-point operations of one text: the matrices of every layer for each token, and attention between tokens."""
    matrices = 2 * (4 * HIDDEN * HIDDEN + 2 * HIDDEN * INNER)
    attention = 2 * 2 * tokens * HIDDEN
    return float(LAYERS * tokens * (matrices + attention))


def float_peak(rounds: int) -> float:
    """Operations a second of float32 products of 1,024 by 1,024, one on each thread."""
    one = np.random.default_rng(0).standard_normal((1024, 1024), np.float32)
    return _peak(lambda: one @ one, 2 * 1024**3, rounds)


def int8_peak(rounds: int) -> float:
    """Operations a second of int8 products in the shape that the model has, one on each thread."""
    weights = np.random.default_rng(0).integers(-127, 127, (HIDDEN, INNER), np.int8)
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["a", "w"], ["c"])],
        "product",
        [helper.make_tensor_value_info("a", TensorProto.UINT8, [_ROWS, HIDDEN])],
        [helper.make_tensor_value_info("c", TensorProto.INT32, [_ROWS, INNER])],
        [numpy_helper.from_array(weights, "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    given = np.random.default_rng(1).integers(0, 255, (_ROWS, HIDDEN), np.uint8)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "product.onnx"
        onnx.save(model, str(path))
        session: Any = open_session(path)
    return _peak(lambda: session.run(None, {"a": given}), 2.0 * _ROWS * HIDDEN * INNER, rounds)


def _peak(product: Callable[[], object], operations: float, rounds: int, *, seconds: float = 0.5) -> float:
    """The best of some rounds: a peak is what the machine gives when nothing else runs."""

    def busy(_: int) -> int:
        done, until = 0, time.perf_counter() + seconds
        while time.perf_counter() < until:
            product()
            done += 1
        return done

    with ThreadPoolExecutor(THREADS) as workers:
        return max(sum(workers.map(busy, range(THREADS))) * operations / seconds for _ in range(rounds))


def measure(encoder: Encoder, *, rounds: int, count: int = 48) -> Figures:
    """Passages and sentences embedded a second, and what share of the machine's peaks that is; in turn, round by round."""
    texts, lines = (passages(encoder, count, tokens) for tokens in (PASSAGE, SENTENCE))
    timed(encoder.encode_passages, texts[:8])
    tokens = round(statistics.mean(encoder.count_tokens(texts)) + 5)  # the prefix and the special tokens
    quick, short, real, whole = [], [], [], []
    for _ in range(rounds):
        quick.append(timed(encoder.encode_passages, texts))
        short.append(timed(encoder.encode_passages, lines))
        real.append(float_peak(1) / 1e9)
        whole.append(int8_peak(1) / 1e9)
    used = flop(tokens) / 1e9
    return {
        "passages embedded a second": Figure.of(quick),
        f"sentences of about {SENTENCE} tokens embedded a second": Figure.of(short),
        "tokens a passage": Figure(tokens),
        "GFLOP a passage": Figure(used),
        "GFLOP/s of embedding passages": Figure.of(quick, scale=used),
        "float32 peak GFLOP/s": Figure.of(real),
        "int8 peak G operations/s": Figure.of(whole),
        "share of the float32 peak, best by best": Figure(used * max(quick) / max(real)),
        "share of the int8 peak, best by best": Figure(used * max(quick) / max(whole)),
    }
