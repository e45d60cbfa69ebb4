"""The Encoder protocol, and what every encoder shares."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]  # (n, dimension), rows of unit length
Progress = Callable[[int], None]  # called with the number of texts just finished


class TokenStates(NamedTuple):
    """The tokens of one text after the lower layers: ids (tokens,), states (tokens, hidden), slices of the text (tokens, 2).

    The slice of a special token, and of one of the prompt, is empty.
    """

    ids: npt.NDArray[np.int64]
    states: npt.NDArray[np.floating]
    slices: npt.NDArray[np.int64]


class Encoder(Protocol):
    """Text -> unit vectors, measured in the encoder's own tokens."""

    @property
    def name(self) -> str:
        """The name of the model as it was configured."""
        ...

    @property
    def fingerprint(self) -> str:
        """What the vectors depend on: the digest of the weights and the version of the recipe."""
        ...

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        ...

    @property
    def window(self) -> int:
        """The most tokens a text may have, prefix and special tokens included; what is longer is cut."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, without prefix and special tokens."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """One unit row a question."""
        ...

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """One unit row a passage or sentence."""
        ...


@runtime_checkable
class BulkEncoder(Protocol):
    """An encoder with a faster way to embed a lot of text."""

    def bulk(self, characters: int) -> AbstractContextManager[None]:
        """Inside, passages are embedded in the fastest way for this many characters."""
        ...


def bulk_mode(encoder: Encoder, characters: int) -> AbstractContextManager[None]:
    """`encoder.bulk(characters)`, or a context that does nothing for an encoder without it."""
    return encoder.bulk(characters) if isinstance(encoder, BulkEncoder) else nullcontext()


def unit(rows: npt.ArrayLike) -> Vectors:
    """Rows scaled to length 1, as float32; a row of zeros stays."""
    values: Vectors = np.asarray(rows, dtype=np.float32)
    lengths: Vectors = np.linalg.norm(values, axis=-1, keepdims=True).astype(np.float32)
    lengths[lengths == 0] = 1
    scaled: Vectors = values / lengths
    return scaled


def cores() -> int:
    """The processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
