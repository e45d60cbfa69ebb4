"""Whether the files of a generation are what was written: digests, and what can be trusted without reading everything again.

What is opened is read in full while that takes no longer than a blink. A larger generation is compared with what was noted when
its digests were last right (sizes and times); a file that has another size or time since is read again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from index.manifest import Manifest
from sources.files import sha256

WHOLE = 64_000_000  # bytes up to which a generation is read in full whenever it is opened: some 50 ms on one core
MANIFEST, NOTED = "manifest.json", "verified.json"
_READERS = 2  # hashing lets go of the interpreter's lock


def digests(folder: Path, names: Iterable[str]) -> dict[str, str | None]:
    """The digest of each of those files of a folder; None for one that is missing or cannot be read."""
    wanted = list(names)
    with ThreadPoolExecutor(_READERS) as pool:
        return dict(zip(wanted, pool.map(lambda name: _digest(folder / name), wanted), strict=True))


def _digest(path: Path) -> str | None:
    try:
        return sha256(path)
    except OSError:
        return None


def problems(folder: Path, manifest: Manifest) -> list[str]:
    """Every file read again: a sentence for each that is missing or differs from its checksum."""
    found = _wrong(folder, manifest, manifest.files)
    if not found:
        note(folder, manifest.files)
    return found


def changed(folder: Path, manifest: Manifest) -> list[str]:
    """The same for opening: a large generation's files are read only where size or time are not those noted."""
    if sum(manifest.sizes.values()) <= WHOLE:
        return _wrong(folder, manifest, manifest.files)
    noted = _noted(folder)
    suspects = [name for name in manifest.files if noted.get(name) != _state(folder / name)]
    found = _wrong(folder, manifest, suspects)
    if suspects and not found:
        note(folder, manifest.files)
    return found


def _wrong(folder: Path, manifest: Manifest, names: Iterable[str]) -> list[str]:
    found = []
    for name, digest in digests(folder, names).items():
        if digest is None:
            found.append(f"{folder / name} is missing.")
        elif digest != manifest.files[name]:
            found.append(f"{folder / name} differs from its checksum.")
    return found


def note(folder: Path, names: Iterable[str]) -> None:
    """Keep sizes and times of files whose digests are right; a folder that cannot be written is read again next time."""
    beside = folder / f"{NOTED}.{os.getpid()}"
    try:
        beside.write_text(json.dumps({name: _state(folder / name) for name in names}), encoding="ascii")
        beside.replace(folder / NOTED)
    except OSError:
        beside.unlink(missing_ok=True)


def _noted(folder: Path) -> Mapping[str, object]:
    try:
        noted = json.loads((folder / NOTED).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}


def _state(path: Path) -> list[int] | None:
    """(size, time of the last change, inode); the other time changes with every new hard link."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return [stat.st_size, stat.st_mtime_ns, stat.st_ino]
