"""Groups similar questions. Pure apart from the given model."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from index.encoder import Vectors

ALIKE = 0.92  # minimum cosine of two questions with the same meaning


def group(questions: Sequence[str], encode: Callable[[Sequence[str]], Vectors]) -> list[list[str]]:
    """Groups around their first question, the largest first."""
    leaders: list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]] = []
    groups: list[list[str]] = []
    for question, vector in zip(questions, encode(questions), strict=True):
        cosines = [float(vector @ leader) for leader in leaders]
        best = int(np.argmax(cosines)) if cosines else -1
        if best >= 0 and cosines[best] >= ALIKE:
            groups[best].append(question)
        else:
            leaders.append(vector)
            groups.append([question])
    return sorted(groups, key=len, reverse=True)
