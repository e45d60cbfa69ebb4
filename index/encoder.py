"""The Encoder protocol, and helpers shared by all encoders."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]  # (n, dimension), rows of unit length
Progress = Callable[[int], None]  # called with the number of texts just finished


class TokenStates(NamedTuple):
    """The token states of one text after the lower layers: ids (tokens,), states (tokens, hidden), text slices (tokens,
    2).

    Special tokens and prompt tokens have an empty slice.
    """

    ids: npt.NDArray[np.int64]
    states: npt.NDArray[np.floating]
    slices: npt.NDArray[np.int64]


class Encoder(Protocol):
    """Maps text to unit vectors; lengths are measured in the encoder's own tokens."""

    @property
    def name(self) -> str:
        """The name of the model as it was configured."""
        ...

    @property
    def fingerprint(self) -> str:
        """Identifies the vectors: the digest of the weights and the version of the recipe."""
        ...

    @property
    def dimension(self) -> int:
        """The dimension of a vector."""
        ...

    @property
    def window(self) -> int:
        """The maximum number of tokens of a text, prefix and special tokens included; longer texts are truncated."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, without prefix and special tokens."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """One unit row per question."""
        ...

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """One unit row per passage or sentence."""
        ...


class PreparedEncoder(ABC):
    """What the settings of a prepared model say of it; how it embeds is left to the subclass."""

    _settings: dict[str, Any]

    @property
    def name(self) -> str:
        """The name of the model."""
        return str(self._settings["name"])

    @property
    def fingerprint(self) -> str:
        """Identifies the vectors."""
        return str(self._settings["fingerprint"])

    @property
    def dimension(self) -> int:
        """The dimension of a vector."""
        return int(self._settings["dimension"])

    @property
    def window(self) -> int:
        """The maximum number of tokens of a text."""
        return int(self._settings["window"])

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """One unit row per question."""
        return self._encode(texts, self._settings["prompts"]["query"], None)

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """One unit row per passage or sentence."""
        return self._encode(texts, self._settings["prompts"]["passage"], progress)

    @abstractmethod
    def _encode(self, texts: Sequence[str], prompt: str, progress: Progress | None) -> Vectors: ...


@runtime_checkable
class BulkEncoder(Protocol):
    """An encoder with a faster path for bulk embedding."""

    def bulk(self, characters: int) -> AbstractContextManager[None]:
        """Context in which passages are embedded by the fastest path for this many characters."""
        ...


def bulk_mode(encoder: Encoder, characters: int) -> AbstractContextManager[None]:
    """`encoder.bulk(characters)`, or a no-op context for an encoder without it."""
    return encoder.bulk(characters) if isinstance(encoder, BulkEncoder) else nullcontext()


def unit(rows: npt.ArrayLike) -> Vectors:
    """Scale rows to length 1, as float32; an all-zero row stays zero."""
    values: Vectors = np.asarray(rows, dtype=np.float32)
    lengths: Vectors = np.linalg.norm(values, axis=-1, keepdims=True).astype(np.float32)
    lengths[lengths == 0] = 1
    scaled: Vectors = values / lengths
    return scaled


def cores() -> int:
    """The CPU cores available to this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
