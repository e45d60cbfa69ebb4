"""How near embedding comes to what the processor can do: matrix products against passages a second.

python -m evals.speed_matrix --home HOME [--tokens 180] [--rounds 5]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from evals.encoding import passages, timed
from index.model import DEFAULT, open_encoder
from index.runtime import open_session

LAYERS, HIDDEN, INNER = 12, 384, 1536  # multilingual-e5-small
THREADS = 2
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
    import onnx
    from onnx import TensorProto, helper, numpy_helper

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


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--tokens", type=int, default=180)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args(arguments)
    encoder = open_encoder(DEFAULT, given.home, report=lambda _: None)
    texts = passages(encoder, 48, given.tokens)
    timed(encoder.encode_passages, texts[:8])
    tokens = statistics.mean(encoder.count_tokens(texts)) + 5  # the prefix and the special tokens
    quick = [timed(encoder.encode_passages, texts) for _ in range(given.rounds)]
    real, whole = float_peak(given.rounds), int8_peak(given.rounds)
    used = flop(round(tokens)) * max(quick)
    print(f"{flop(round(tokens)) / 1e9:.2f} GFLOP a passage of {tokens:.0f} tokens")
    print(f"{statistics.median(quick):.1f} passages a second (best {max(quick):.1f}): {used / 1e9:.0f} GFLOP/s")
    print(f"float32 peak {real / 1e9:.0f} GFLOP/s: {used / real:.2f} of it")
    print(f"int8 peak {whole / 1e9:.0f} G operations a second: {used / whole:.2f} of it")
    return 0


if __name__ == "__main__":
    sys.exit(main())
