"""Whether another form of a model gives the vectors that sentence-transformers gives: compared on texts in five languages."""

from __future__ import annotations

from typing import Any

from index.encoder import Encoder, Vectors, unit

AGREEMENT = 0.98  # the lowest cosine on SAMPLES that is taken for success
SAMPLES = (
    "Why are relations between the Taliban and Pakistan deteriorating?",
    "د طالبانو او پاکستان اړیکې ولې خرابې شوې دي؟",
    "چرا روابط طالبان و پاکستان رو به وخامت است؟",
    "طالبان اور پاکستان کے تعلقات کیوں خراب ہو رہے ہیں؟",
    "Почему ухудшаются отношения между талибами и Пакистаном?",
    "The Torkham crossing was closed on 12 October 2025, after clashes along the border; trade stopped for weeks.",
)


def expected(model: Any, prompt: str) -> Vectors:
    """What a model of sentence-transformers makes of SAMPLES as passages, (n, dimension)."""
    return unit(model.encode(list(SAMPLES), prompt=prompt, show_progress_bar=False))


def agreement(encoder: Encoder, rows: Vectors) -> float:
    """The lowest cosine of an encoder's vectors of SAMPLES with those of another form."""
    return float((encoder.encode_passages(SAMPLES) * rows).sum(axis=1).min())
