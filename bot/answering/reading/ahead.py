"""The read-ahead caches, stored beside the index: token states of texts, and vectors of explainers' wordings.

One holds the summaries and follows the library, the other the questions that were written for them and changes with the
model alone. Both are optional: entries that are missing, damaged or of another model are computed on demand.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.encoder import TokenStates, cores

SUMMARIES = "read-ahead"
QUESTIONS = "read-ahead-questions"
TEXTS_AT_ONCE = 64  # which an exit waits for at most
_TOKEN = np.dtype([("id", "<i4"), ("start", "<i4"), ("end", "<i4")])
_TEXT = np.dtype([("digest", "<u8"), ("first", "<i8"), ("count", "<i4"), ("crc", "<u4")])
_WORDING = np.dtype([("digest", "<u8"), ("crc", "<u4")])


class Ahead:
    """Token states (float16) and vectors (float32) by text; read from disk on demand."""

    def __init__(self, folder: Path) -> None:
        """Map the files of a folder; raises OSError or ValueError if it is incomplete."""
        self._texts = np.load(folder / "texts.npy", allow_pickle=False)
        self._wordings = np.load(folder / "wordings.npy", allow_pickle=False)
        self._tokens = np.load(folder / "tokens.npy", mmap_mode="r", allow_pickle=False)
        self._states = _rows(folder / "states.f16", len(self._tokens))
        self._vectors = np.load(folder / "vectors.npy", mmap_mode="r", allow_pickle=False)
        if len(self._wordings) != len(self._vectors) or (self._texts.dtype, self._wordings.dtype) != (_TEXT, _WORDING):
            raise ValueError("what was read ahead is damaged")

    @classmethod
    def open(cls, cache: Path, fingerprint: str, name: str = SUMMARIES) -> Ahead | None:
        """The cache made with an encoder; None if there is none, or it is unreadable."""
        folder = cache / name
        try:
            about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
            return cls(folder) if about["encoder"] == fingerprint else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def __len__(self) -> int:
        return len(self._texts)

    def lacks(self, texts: Iterable[str], wordings: Iterable[str] = ()) -> int:
        """How many of these texts and wordings are not cached."""
        missing = [_find(self._texts, digest(text)) is None for text in texts]
        return sum(missing) + sum(_find(self._wordings, digest(text)) is None for text in wordings)

    def states(self, text: str) -> TokenStates | None:
        """The states of a text; None if they are missing or damaged."""
        at = _find(self._texts, digest(text))
        if at is None:
            return None
        row = self._texts[at]
        inside = slice(int(row["first"]), int(row["first"]) + int(row["count"]))
        states, tokens = np.array(self._states[inside]), np.array(self._tokens[inside])
        if _crc(states, tokens) != row["crc"]:
            return None
        slices = np.stack([tokens["start"], tokens["end"]], axis=1).astype(np.int64)
        return TokenStates(tokens["id"].astype(np.int64), states, slices)

    def vector(self, text: str) -> npt.NDArray[np.float32] | None:
        """The vector of a wording; None if it is missing or damaged."""
        at = _find(self._wordings, digest(text))
        if at is None:
            return None
        vector = np.array(self._vectors[at])
        return vector if _crc(vector) == self._wordings[at]["crc"] else None


def write(
    cache: Path,
    fingerprint: str,
    texts: Iterable[str],
    wordings: Iterable[str],
    read: Callable[[str], TokenStates],
    embed: Callable[[str], npt.NDArray[np.float32]],
    name: str = SUMMARIES,
) -> None:
    """Compute a cache in a temporary folder and rename that, so that the cache is either complete or absent.

    The caller holds a lock on the cache: what another process left unfinished is removed.
    """
    cache.mkdir(parents=True, exist_ok=True)
    for left in cache.glob(f".{name}-*"):
        shutil.rmtree(left, ignore_errors=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=cache))
    try:
        _write_states(fresh, sorted(set(texts), key=digest), read)
        wordings = sorted(set(wordings), key=digest)
        vectors = [embed(wording).astype(np.float32) for wording in wordings]
        known = [(digest(text), _crc(vector)) for text, vector in zip(wordings, vectors, strict=True)]
        np.save(fresh / "wordings.npy", np.array(known, _WORDING))
        np.save(fresh / "vectors.npy", np.stack(vectors) if vectors else np.zeros((0, 1), np.float32))
        (fresh / "about.json").write_text(json.dumps({"encoder": fingerprint}), encoding="utf-8")
        _replace(fresh, cache / name)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _write_states(folder: Path, texts: Sequence[str], read: Callable[[str], TokenStates]) -> None:
    """The states of texts as rows of one file; only TEXTS_AT_ONCE are in memory."""
    tokens, rows, at = [np.zeros(0, _TOKEN)], [], 0
    with ThreadPoolExecutor(cores()) as workers, (folder / "states.f16").open("wb") as states:
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            some = texts[start : start + TEXTS_AT_ONCE]
            for text, said in zip(some, workers.map(read, some), strict=True):  # each run of the model takes one thread
                own = said.states.astype(np.float16)
                tokens.append(np.array([(i, a, b) for i, (a, b) in zip(said.ids, said.slices, strict=True)], _TOKEN))
                rows.append((digest(text), at, len(own), _crc(own, tokens[-1])))
                states.write(own.tobytes())
                at += len(own)
    np.save(folder / "tokens.npy", np.concatenate(tokens))
    np.save(folder / "texts.npy", np.array(rows, _TEXT))


def _rows(path: Path, count: int) -> npt.NDArray[np.float16]:
    """The states of `count` tokens, mapped; ValueError where the file has other ones."""
    return np.memmap(path, np.float16, "r").reshape(count, -1) if count else np.zeros((0, 1), np.float16)


def digest(text: str) -> int:
    """64 bits of a text's SHA-256."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


def _replace(fresh: Path, folder: Path) -> None:
    """Replace a folder by another; a process that has mapped the old one keeps it."""
    old = fresh.with_name(f"{fresh.name}-old")
    if folder.exists():
        os.rename(folder, old)
    os.rename(fresh, folder)
    shutil.rmtree(old, ignore_errors=True)


def _find(rows: npt.NDArray[np.void], wanted: int) -> int | None:
    at = int(np.searchsorted(rows["digest"], np.uint64(wanted)))
    return at if at < len(rows) and int(rows["digest"][at]) == wanted else None


def _crc(*arrays: npt.NDArray[np.generic]) -> int:
    value = 0
    for each in arrays:
        value = zlib.crc32(each.tobytes(), value)
    return value
