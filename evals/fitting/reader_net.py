"""The reader's network in torch: the encoder's upper layers over the token states of two texts, with heads on top.

The lower layers read each text alone and stay as they are, so that states can be kept; the upper ones, which begin as
the encoder's own, are trained to read both texts together (the split of PreTTR, MacAvaney et al., 2020).
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

WRITTEN = 24  # tokens of a written question that is read before a statement
LOWER_LAYERS = 8  # layers that read each text alone
SHARPEN = 20.0  # what a cosine is multiplied by: those of this encoder lie between .7 and 1
MIDDLE = 0.87


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded states of some pairs: (pairs, tokens, hidden), masks and segments (pairs, tokens), 0 the first text, 1 the second.

    `met` is 1 where a token's piece stands in the other text; `near` the best cosine with a token of the other text.
    """

    states: Tensor
    mask: Tensor
    segment: Tensor
    met: Tensor
    near: Tensor


class Reader(nn.Module):  # type: ignore[misc,unused-ignore]
    """Token states of two texts -> logits (pairs, 3) and, for each token, the logits of a span's start and end."""

    def __init__(self, upper: Sequence[nn.Module], hidden: int, config: Any) -> None:
        super().__init__()
        self.config = config
        self.layers = nn.ModuleList(copy.deepcopy(layer) for layer in upper)
        self.segment = nn.Embedding(2, hidden)
        self.met = nn.Linear(2, hidden, bias=False)
        nn.init.zeros_(self.met.weight)
        nn.init.normal_(self.segment.weight, std=0.02)
        self.head = nn.Sequential(nn.Linear(5 * hidden + 1, 96), nn.GELU(), nn.Dropout(0.1), nn.Linear(96, 3))
        self.span = nn.Linear(hidden, 2)

    def forward(
        self, states: Tensor, mask: Tensor, segment: Tensor, met: Tensor, near: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Logits of the pair and of its tokens."""
        hidden = states + self.segment(segment) + self.met(torch.stack([met, near], dim=-1))
        added = (1.0 - mask[:, None, None, :]) * torch.finfo(torch.float32).min
        for layer in self.layers:
            out = layer(hidden, attention_mask=added)
            hidden = out[0] if isinstance(out, tuple) else out
        first = (mask * (segment == 0).float())[..., None]
        second = (mask * (segment == 1).float())[..., None]
        one = (hidden * first).sum(1) / first.sum(1)
        other = (hidden * second).sum(1) / second.sum(1)
        likeness = (nn.functional.cosine_similarity(one, other, dim=-1) - MIDDLE) * SHARPEN
        pooled = torch.cat([one, other, (one - other).abs(), one * other, hidden[:, 0], likeness[:, None]], dim=-1)
        return self.head(pooled), self.span(hidden)


def fresh(model: Any) -> Reader:
    """A reader that begins with the upper layers of a BERT."""
    model.set_attn_implementation("eager")
    return Reader(list(model.encoder.layer)[LOWER_LAYERS:], model.config.hidden_size, model.config)


Array = npt.NDArray[np.float16]


def batch(pairs: Sequence[tuple[Array, Sequence[int], Array, Sequence[int]]], most: int = 120) -> Batch:
    """Pad some pairs of (states, ids) of two texts; each text is cut so that a pair has at most `most` tokens."""
    cut = [(a[:40], ai[:40], b[: most - 40], bi[: most - 40]) for a, ai, b, bi in pairs]
    longest = max(len(a) + len(b) for a, _, b, _ in cut)
    size, hidden = len(cut), cut[0][0].shape[1]
    states = np.zeros((size, longest, hidden), np.float32)
    mask, segment, met, near = (np.zeros((size, longest), np.float32) for _ in range(4))
    for row, (a, ai, b, bi) in enumerate(cut):
        n, m = len(a), len(b)
        states[row, :n], states[row, n : n + m] = a, b
        mask[row, : n + m], segment[row, n : n + m] = 1, 1
        met[row, :n] = np.isin(ai, bi[1:-1])
        met[row, n : n + m] = np.isin(bi, ai[1:-1])
        likeness = unit(a) @ unit(b).T
        near[row, :n], near[row, n : n + m] = likeness.max(1), likeness.max(0)
    return Batch(
        torch.from_numpy(states),
        torch.from_numpy(mask),
        torch.from_numpy(segment).long(),
        torch.from_numpy(met),
        torch.from_numpy(near),
    )


def unit(rows: Array) -> npt.NDArray[np.float32]:
    """Rows of length 1 as float32."""
    values = rows.astype(np.float32)
    scaled: npt.NDArray[np.float32] = values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-6)
    return scaled
