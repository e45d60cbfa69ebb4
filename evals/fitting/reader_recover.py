"""The reader's weights back from reader.onnx, to train on: `python -m evals.fitting.reader_recover ONNX CHECKPOINT`.

Int8 weights become the floats that they stand for, so that the network reads as the shipped one does.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper

QUANTISED = "_quantized"
PLACE = re.compile(r"^/reader/(?P<place>[\w./]+?)/(?:MatMul|Gemm)")
# The exporter names a layer of a Sequential after its parent, too.
TWICE = re.compile(r"^head/(?=head\.)")


def recovered(path: Path) -> dict[str, torch.Tensor]:
    """The state of the network of `reader_net` that an exported graph holds."""
    graph = onnx.load(path).graph
    held = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    state = {
        name.removeprefix("reader."): value
        for name, value in held.items()
        if name.startswith("reader.") and name.endswith((".bias", ".weight"))
    }
    for node in graph.node:
        weights = next((name for name in node.input if name in held and held[name].ndim == 2), None)
        found = PLACE.match(node.name)
        if weights is not None and found:
            place = TWICE.sub("", found["place"]).replace("/", ".")
            state[f"{place}.weight"] = _float(held, weights).T
    state["segment.weight"] = _float(held, "reader.segment.weight_quantized")
    return {name: torch.from_numpy(np.array(value, np.float32)) for name, value in state.items()}


def _float(held: dict[str, Any], name: str) -> npt.NDArray[np.float32]:
    """A matrix as floats, whether it is stored in eight bits or plainly."""
    if not name.endswith(QUANTISED):
        plain: npt.NDArray[np.float32] = held[name]
        return plain
    stem = name.removesuffix(QUANTISED)
    zero = held[f"{stem}_zero_point"].astype(np.float32)
    scaled: npt.NDArray[np.float32] = (held[name].astype(np.float32) - zero) * held[f"{stem}_scale"]
    return scaled


def main() -> None:
    """Write a checkpoint that `reader_train --warm` begins from."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("onnx", type=Path)
    parser.add_argument("checkpoint", type=Path)
    chosen = parser.parse_args()
    torch.save({"network": recovered(chosen.onnx)}, chosen.checkpoint)


if __name__ == "__main__":
    main()
