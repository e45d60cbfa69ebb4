"""Evaluates boosted trees from a file: a probability for each row of a table. Fitted by `python -m evals.fitting.reading_judge`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Trees:
    """Nodes of all trees side by side, (trees, nodes); a leaf points to itself. `names` are the columns they look at.

    `missing` is 1 where a value that is not a number goes left.
    """

    names: tuple[str, ...]
    feature: npt.NDArray[np.int32]
    threshold: Floats
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    value: Floats
    missing: npt.NDArray[np.bool_]
    start: float
    depth: int

    @classmethod
    def read(cls, raw: dict[str, Any]) -> Trees:
        """Load the output of `evals.fitting.reading_judge`; raises KeyError or ValueError for anything else."""
        return cls(
            tuple(raw["names"]),
            feature=np.array(raw["feature"], np.int32),
            threshold=np.array(raw["threshold"], np.float32),
            left=np.array(raw["left"], np.int32),
            right=np.array(raw["right"], np.int32),
            value=np.array(raw["value"], np.float32),
            missing=np.array(raw.get("missing", np.zeros_like(raw["left"])), bool),
            start=float(raw["start"]),
            depth=int(raw["depth"]),
        )

    def __call__(self, table: Floats) -> Floats:
        """The probability (0..1) of each row, (rows,)."""
        trees, nodes = self.feature.shape
        first = np.arange(trees) * nodes  # of each tree, in the nodes of all in a row
        rows = np.arange(len(table))[:, None] * table.shape[1]
        flat, at = np.ascontiguousarray(table).ravel(), np.broadcast_to(first, (len(table), trees))
        for _ in range(self.depth):
            values = flat.take(rows + self.feature.take(at))
            goes_left = (values <= self.threshold.take(at)) | (np.isnan(values) & self.missing.take(at))
            at = first + np.where(goes_left, self.left.take(at), self.right.take(at))
        total = self.start + self.value.take(at).sum(axis=1)
        return np.asarray(1 / (1 + np.exp(-total)), np.float32)
