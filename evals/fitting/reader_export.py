"""A checkpoint of the reader -> reader.onnx in int8: `python -m evals.fitting.reader_export CHECKPOINT… TARGET --model FOLDER`.

Of several checkpoints the mean is written (Wortsman et al., “Model soups”, 2022). The SHA-256 of the file is written beside it.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import Tensor, nn
from transformers import AutoModel

from evals.fitting.reader_net import Reader, fresh
from index.model.onnx import quantise
from sources.files import sha256


class _One(nn.Module):  # type: ignore[misc,unused-ignore]
    """The reader for a single pair without padding."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, states: Tensor, segment: Tensor, met: Tensor, near: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of the pair (1, 3) and of its tokens (1, tokens, 2)."""
        out: tuple[Tensor, Tensor] = self.reader(states, torch.ones_like(met), segment, met, near)
        return out


def mean(checkpoints: Sequence[Path]) -> dict[str, Tensor]:
    """The mean of the weights of some checkpoints that began from the same ones."""
    kept = [torch.load(each, weights_only=True)["network"] for each in checkpoints]
    return {name: torch.stack([each[name].float() for each in kept]).mean(0) for name in kept[0]}


def export(checkpoints: Sequence[Path], target: Path, model: Any) -> None:
    """Write the int8 graph and its checksum; heads stay in float."""
    network = fresh(model)
    network.load_state_dict(mean(checkpoints))
    network.eval()
    length = 9
    given = (
        torch.randn(1, length, model.config.hidden_size),
        torch.tensor([[0] * 4 + [1] * 5]),
        torch.zeros(1, length),
        torch.zeros(1, length),
    )
    plain = target.with_suffix(".plain.onnx")
    names = ["states", "segment", "met", "near"]
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _One(network), given, str(plain), input_names=names, output_names=["logits", "tokens"],
            dynamic_axes={name: {1: "length"} for name in (*names, "tokens")}, opset_version=17, dynamo=False,
        )  # fmt: skip
    heads = [
        node.name
        for node in onnx.load(plain).graph.node
        if node.op_type in ("MatMul", "Gemm") and "layers" not in node.name
    ]
    quantise(plain, target, keep=heads)
    plain.unlink()
    target.with_name(f"{target.name}.sha256").write_text(f"{sha256(target)}  {target.name}\n", encoding="ascii")


def main() -> None:
    """Export one checkpoint, or the mean of several."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoints", type=Path, nargs="+")
    parser.add_argument("target", type=Path)
    parser.add_argument("--model", required=True)
    chosen = parser.parse_args()
    export(chosen.checkpoints, chosen.target, AutoModel.from_pretrained(chosen.model, add_pooling_layer=False))


if __name__ == "__main__":
    main()
