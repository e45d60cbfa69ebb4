"""Converts vectors to and from pgvector's formats."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors


def literal(row: npt.NDArray[np.floating]) -> str:
    """A row in pgvector's text format, rounded to half precision."""
    return f"[{','.join(map(str, row.astype(np.float16).tolist()))}]"


def rows(sent: Sequence[bytes], dimension: int) -> Vectors:
    """The output of `halfvec_send` (two 16-bit numbers, then big-endian float16) as float32, (n, dimension)."""
    if not sent:
        return np.empty((0, dimension), np.float32)
    return np.frombuffer(b"".join(one[4:] for one in sent), ">f2").reshape(len(sent), -1).astype(np.float32)


def half(sent: bytes) -> bytes:
    """The same as float16 bytes in native byte order."""
    return np.frombuffer(sent, ">f2", offset=4).astype(np.float16).tobytes()
