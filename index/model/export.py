"""Exports a sentence-transformers model: ONNX in int8, word embeddings as int8 rows, the tokenizer."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.encoder import Vectors
from index.model.onnx import quantise
from index.model.vocabulary import write_pieces

FAST_MODULES = ["Transformer", "Pooling", "Normalize"]
POOLINGS = ("mean", "cls")
LOWER_LAYERS = 8  # layers after which token states are exposed, for cross-attention over two texts
OUTLIER_RATIO = 90.0  # range over root mean square of a layer's input above which 8 bits are too coarse


class ExportError(RuntimeError):
    """The model cannot be exported; the message says why."""


def settings(model: Any) -> dict[str, Any]:
    """What a model needs beyond its weights: prompts, pooling, window, dimension."""
    prompts: dict[str, str] = model.prompts
    pooling = [module.pooling_mode for module in model if type(module).__name__ == "Pooling"]
    return {
        "dimension": model.get_embedding_dimension(),
        "window": int(model.max_seq_length or 512),
        "pooling": pooling[0] if len(pooling) == 1 and isinstance(pooling[0], str) else str(pooling),
        "prompts": {
            "query": prompts.get("query") or "",
            "passage": prompts.get("passage") or prompts.get("document") or "",
        },
    }


def export(model: Any, folder: Path, samples: Sequence[str]) -> dict[str, Any]:
    """Write model.onnx and upper.onnx, words.npy, word_scales.npy and the tokenizer into the folder; return their
    settings.

    The word embeddings stay out of the graph: they are five sixths of the weights of a multilingual model, a text needs
    a few rows, so they are mapped, not loaded. Raises ExportError when the model cannot be represented.
    """
    _check(model)
    try:
        _write_graph(model, folder, outlying(model, samples))
    except Exception as error:  # whatever torch or onnxruntime cannot export: sentence-transformers takes over
        raise ExportError(f"it could not be exported ({type(error).__name__}: {error})") from error
    _write_words(model, folder)
    return _write_tokenizer(model, folder)


def _check(model: Any) -> None:
    modules = [type(module).__name__ for module in model]
    if modules != FAST_MODULES[: len(modules)] or len(modules) < 2:
        raise ExportError(f"its modules are {', '.join(modules)}")
    pooling = model[1]
    if pooling.pooling_mode not in POOLINGS or not pooling.include_prompt:
        raise ExportError(f"its pooling is {pooling.pooling_mode}")
    if getattr(model.tokenizer, "backend_tokenizer", None) is None:
        raise ExportError("it has no fast tokenizer")


def outlying(model: Any, samples: Sequence[str]) -> list[str]:
    """The names of the linear layers kept in float: one scale for an input with such outliers loses precision.

    In multilingual-e5-small three of 72; the mean cosine to the float model rises from 0.9972 to 0.9989.
    """
    import torch

    ratios: dict[str, list[float]] = {}

    def watch(name: str) -> Callable[[Any, Any], None]:
        def look(_: Any, inputs: Any) -> None:
            values = inputs[0].detach().float()
            spread = values.max().clamp(min=0) - values.min().clamp(max=0)
            ratios.setdefault(name, []).append(float(spread / values.square().mean().sqrt()))

        return look

    hooks = [
        module.register_forward_pre_hook(watch(name))
        for name, module in model[0].auto_model.named_modules()
        if isinstance(module, torch.nn.Linear)
    ]
    for sample in samples:  # one by one: padding would distort it
        model.encode([sample], show_progress_bar=False)
    for hook in hooks:
        hook.remove()
    return [name for name, seen in ratios.items() if sum(seen) / len(seen) > OUTLIER_RATIO]


def _nodes(graph: Path, layers: Sequence[str]) -> list[str]:
    """The matrix products of these layers; tracing names them by path, `/…/layer.4/output/dense/MatMul`."""
    import onnx

    names = [node.name for node in onnx.load(graph).graph.node if node.op_type in ("MatMul", "Gemm")]
    return [name for name in names if any(f".{layer}.M" in name.replace("/", ".") for layer in layers)]


def _write_graph(model: Any, folder: Path, in_float: Sequence[str]) -> None:
    """Write model.onnx, from word embeddings up to layer LOWER_LAYERS, and upper.onnx, the rest; a shallower model has one
    graph.
    """
    import torch

    transformer = model[0].auto_model.eval()
    # Eager attention: a third fewer nodes than the exported fused attention of torch, and the same numbers.
    transformer.set_attn_implementation("eager")
    encoder: Any = getattr(transformer, "encoder", None)
    layers = getattr(encoder, "layer", ())

    class Whole(torch.nn.Module):  # type: ignore[misc,unused-ignore]
        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, words: Any) -> Any:
            return self.transformer(inputs_embeds=words, return_dict=True).last_hidden_state

    parts: list[tuple[str, Any]] = [("model.onnx", Whole())]
    if len(layers) > LOWER_LAYERS:
        encoder.layer = layers[:LOWER_LAYERS]
        parts.append(("upper.onnx", _stack(layers[LOWER_LAYERS:])))
    width = transformer.get_input_embeddings().embedding_dim
    for name, part in parts:
        plain = folder / "plain.onnx"
        export_graph(part, {"words": torch.zeros(1, 9, width)}, plain, outputs=["tokens"])
        quantise(plain, folder / name, keep=_nodes(plain, in_float))
        plain.unlink()
    if len(layers) > LOWER_LAYERS:
        encoder.layer = layers


def _stack(layers: Any) -> Any:
    """A module that applies some layers of a BERT to (1, tokens, hidden) without padding."""
    import torch

    class Upper(torch.nn.Module):  # type: ignore[misc,unused-ignore]
        def __init__(self) -> None:
            super().__init__()
            self.layer = layers

        def forward(self, words: Any) -> Any:
            for layer in self.layer:
                out = layer(words)
                words = out[0] if isinstance(out, tuple) else out
            return words

    return Upper()


def export_graph(part: Any, given: dict[str, Any], path: Path, *, outputs: Sequence[str]) -> None:
    """Write a module as float ONNX; the second axis of inputs and outputs, the tokens, is dynamic."""
    import torch

    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # The tracing exporter: the newer one takes ten times as long (15 s) and its graph is no faster.
        torch.onnx.export(
            part,
            tuple(given.values()),
            str(path),
            input_names=list(given),
            output_names=list(outputs),
            dynamic_axes={name: {1: "length"} for name in (*given, *outputs)},
            opset_version=17,
            dynamo=False,
        )


def _write_words(model: Any, folder: Path) -> None:
    rows: Vectors = model[0].auto_model.get_input_embeddings().weight.detach().float().numpy()
    scales = np.abs(rows).max(axis=1) / np.float32(127)
    np.save(folder / "word_scales.npy", scales.astype(np.float32))
    np.save(folder / "words.npy", np.rint(rows / np.where(scales > 0, scales, 1)[:, None]).astype(np.int8))


def _write_tokenizer(model: Any, folder: Path) -> dict[str, Any]:
    """Write tokenizer.json, its pieces if it is a Unigram, and the special tokens around a text."""
    tokenizer = json.loads(model.tokenizer.backend_tokenizer.to_str())
    tokenizer["truncation"] = tokenizer["padding"] = None
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8")
    write_pieces(tokenizer, folder)
    bare = model.tokenizer("a", add_special_tokens=False)["input_ids"]
    full = model.tokenizer("a")["input_ids"]
    at = next(i for i in range(len(full)) if full[i : i + len(bare)] == bare)
    return {"before": full[:at], "after": full[at + len(bare) :]}
