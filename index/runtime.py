"""Making and opening ONNX models; the only importer of onnxruntime."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any


def open_session(path: Path) -> Any:
    """An onnxruntime session of one thread over a model that was optimised when it was made."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def quantise(source: Path, target: Path, *, keep: Sequence[str] = ()) -> None:
    """Make an int8 model (dynamic, per channel; nodes to keep stay float) with its graph optimisations stored."""
    import logging

    import onnxruntime
    from onnxruntime.quantization import QuantType, quantize_dynamic

    between = target.with_suffix(".int8.onnx")
    logging.getLogger().addFilter(_no_advice)
    try:
        quantize_dynamic(source, between, per_channel=True, weight_type=QuantType.QInt8, nodes_to_exclude=list(keep))
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


def load() -> None:
    """Import the engine ahead of its use."""
    import onnxruntime  # noqa: F401
