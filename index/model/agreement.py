"""Two cosine checks on fixed texts: of the ONNX model against sentence-transformers, and of this processor.

The second compares with vectors stored by the processor that prepared the model: if a home is copied to a machine that
rounds
differently, it would silently retrieve other passages.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from index.encoder import Encoder, Vectors, unit

MIN_AGREEMENT = 0.98  # minimum cosine on SAMPLES for success
SAMPLES = (
    "Why are relations between the Taliban and Pakistan deteriorating?",
    "د طالبانو او پاکستان اړیکې ولې خرابې شوې دي؟",
    "چرا روابط طالبان و پاکستان رو به وخامت است؟",
    "طالبان اور پاکستان کے تعلقات کیوں خراب ہو رہے ہیں؟",
    "Почему ухудшаются отношения между талибами и Пакистаном?",
    "The Torkham crossing was closed on 12 October 2025, after clashes along the border; trade stopped for weeks.",
)


def reference_vectors(model: Any, prompt: str) -> Vectors:
    """The vectors of SAMPLES, as passages, by a sentence-transformers model, (n, dimension)."""
    return unit(model.encode(list(SAMPLES), prompt=prompt, show_progress_bar=False))


def agreement(encoder: Encoder, rows: Vectors) -> float:
    """The lowest cosine between an encoder's vectors of SAMPLES and those of another implementation."""
    return float((encoder.encode_passages(SAMPLES) * rows).sum(axis=1).min())


VECTORS_FILE = "vectors.npy"
SAME_COSINE = 0.9999  # minimum cosine that counts as equal; a different order of summation stays far above it
STORED_TEXTS = (
    "When was the Durand Line drawn?",
    "Pakistan closed the Torkham and Chaman crossings on 12 October 2025 after a night of clashes.",
    "Fence, visa, coal, wheat: what the traders of Kandahar complained of.",
    "طالبان نے پاکستان کے الزام کو مسترد کر دیا۔",
    "مذاکرات استنبول بدون نتیجه پایان یافت.",
    "د تورخم دروازه د څو ورځو لپاره بنده وه.",
    "Переговоры в Дохе закончились перемирием.",
    "1893, 1947, 2021: 2,640 kilometres; 45 per cent; 1.7 million people.",
    "a",
    "A long sentence about refugees who crossed and crossed again, with bundles and without papers, is here to fill a longer"
    " row of tokens than a question has, so that more than one block of the arithmetic is used. " * 3,
)


def store_vectors(encoder: Encoder, folder: Path) -> None:
    """Store the vectors of STORED_TEXTS in the folder of a prepared model, float32."""
    np.save(folder / VECTORS_FILE, np.asarray(encoder.encode_passages(STORED_TEXTS), np.float32))


def stored_vectors(folder: Path) -> Vectors | None:
    """The vectors stored by `store_vectors`; None if there are none (a model prepared by an earlier version)."""
    try:
        rows = np.load(folder / VECTORS_FILE, allow_pickle=False)
    except (OSError, ValueError, EOFError, SyntaxError):
        return None
    return np.asarray(rows, np.float32) if rows.ndim == 2 and len(rows) == len(STORED_TEXTS) else None


def stored_agreement(encoder: Encoder, folder: Path) -> float | None:
    """The lowest cosine between this processor's vectors and the stored ones; None if none are stored."""
    rows = stored_vectors(folder)
    if rows is None or rows.shape[1] != encoder.dimension:
        return None
    return float((encoder.encode_passages(STORED_TEXTS) * rows).sum(axis=1).min())
