"""Verifies the files of a generation by digest, and decides which can be trusted without reading them again.

A small generation is read in full on opening. Of a larger one, a file is only read again if its size or time differs
from those
recorded when its digest was last correct.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from index.manifest import Manifest
from index.vectors.faiss import VECTORS
from index.vectors.flat import ROWS_FILE
from index.vectors.ivf import STEM
from sources.files import sha256

WHOLE_BYTES = 64_000_000  # bytes up to which a generation is read in full on every opening: some 50 ms on one core
MANIFEST, NOTED = "manifest.json", "verified.json"
_READER_THREADS = 2  # hashing releases the GIL


def digests(folder: Path, names: Iterable[str]) -> dict[str, str | None]:
    """The digest of each file of a folder; None for one that is missing or cannot be read."""
    wanted = list(names)
    with ThreadPoolExecutor(_READER_THREADS) as pool:
        return dict(zip(wanted, pool.map(lambda name: _digest(folder / name), wanted), strict=True))


def _digest(path: Path) -> str | None:
    try:
        return sha256(path)
    except OSError:
        return None


def problems(folder: Path, manifest: Manifest) -> list[str]:
    """Read every file again; a sentence for each that is missing or differs from its checksum, and one for an earlier version."""
    found = _wrong(folder, manifest, manifest.files)
    if not found:
        note(folder, manifest.files)
    return found


def changed(folder: Path, manifest: Manifest) -> list[str]:
    """The same on opening: files of a large generation are only read if their size or time has changed."""
    if sum(manifest.sizes.values()) <= WHOLE_BYTES:
        return _wrong(folder, manifest, manifest.files)
    noted = _noted(folder)
    suspects = [name for name in manifest.files if noted.get(name) != _state(folder / name)]
    found = _wrong(folder, manifest, suspects)
    if suspects and not found:
        note(folder, manifest.files)
    return found


def _wrong(folder: Path, manifest: Manifest, names: Iterable[str]) -> list[str]:
    found = [f"{folder} was written by an earlier version."] if _is_earlier(manifest) else []
    for name, digest in digests(folder, names).items():
        if digest is None:
            found.append(f"{folder / name} is missing.")
        elif digest != manifest.files[name]:
            found.append(f"{folder / name} differs from its checksum.")
    return found


def _is_earlier(manifest: Manifest) -> bool:
    """Whether the vectors are those of an exact index that FAISS wrote, which nothing reads any more."""
    return VECTORS in manifest.files and not {ROWS_FILE, f"{STEM}.npy"} & manifest.files.keys()


def note(folder: Path, names: Iterable[str]) -> None:
    """Record sizes and times of files with correct digests; a read-only folder is simply verified again next time."""
    beside = folder / f"{NOTED}.{os.getpid()}"
    try:
        beside.write_text(json.dumps({name: _state(folder / name) for name in names}), encoding="ascii")
        beside.replace(folder / NOTED)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def _noted(folder: Path) -> Mapping[str, object]:
    try:
        noted = json.loads((folder / NOTED).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}


def _state(path: Path) -> list[int] | None:
    """(size, mtime, inode); ctime would change with every new hard link."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return [stat.st_size, stat.st_mtime_ns, stat.st_ino]
