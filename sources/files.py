"""Safe file access: bounded reads of regular files only, and atomic writes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sources.errors import LoadError, SourceError
from sources.limits import FILE_BYTES


def read_bytes(path: Path, inside: Path | None = None) -> bytes:
    """The bytes of a regular file of at most 50 MB; with `inside`, a link may not lead out of that folder.

    Raises LoadError when it has vanished, cannot be read, is too large or is no regular file.
    """
    if inside is not None and not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(inside)):
        raise LoadError(f"{path} is a link out of the library: put a copy of the file there instead")
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise LoadError(f"{path} is no regular file: put a document there instead")
            data = file.read(FILE_BYTES + 1)
    except FileNotFoundError:
        raise LoadError(f"{path} was not found: restore it, or run the command again without it") from None
    except OSError as error:
        raise LoadError(f"{path} cannot be read ({_reason(error)}): check its permissions") from error
    if len(data) > FILE_BYTES:
        raise LoadError(f"{path} is larger than {FILE_BYTES // 2**20} MB: split it into smaller files")
    return data


def sha256(path: Path) -> str:
    """The SHA-256 of a file, as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_bytes(path: Path, data: bytes, *, exclusive: bool = False) -> bool:
    """Write a file aside, flush it to disk, then rename it into place; False if `exclusive` and the name is taken.

    Raises SourceError when it cannot be written, and leaves nothing behind.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
        temporary = Path(name)
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        temporary.chmod(0o644)
        if exclusive and not _claim(temporary, path):
            return False
        if not exclusive:
            temporary.replace(path)
        _sync(path.parent)
        return True
    except OSError as error:
        raise SourceError(
            f"{path} cannot be written ({_reason(error)}): free some space or choose another --home"
        ) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):  # the next scan of the folder removes it
                temporary.unlink(missing_ok=True)


def delete(path: Path) -> None:
    """Delete a file if it exists; raises SourceError if that fails."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise SourceError(f"{path} cannot be deleted ({_reason(error)}): check its permissions") from error


def walk(folder: Path, side_suffix: str, prefix: str = "") -> Iterator[tuple[str, Path, str]]:
    """(relative name, path, stamp of the side file) of each file below a folder, sorted, without hidden ones.

    An unreadable folder and a link to a folder are listed as files: loading them reports the error.
    """
    try:
        with os.scandir(folder) as found:
            inside = sorted((entry for entry in found if not entry.name.startswith(".")), key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    except OSError:
        yield prefix.rstrip("/") or folder.name, folder, ""
        return
    names = {entry.name for entry in inside}
    for entry in inside:
        name = entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from walk(folder / name, side_suffix, f"{prefix}{name}/")
        elif not name.endswith(side_suffix):
            side = name + side_suffix
            yield f"{prefix}{name}", folder / name, stat_stamp(folder / side) if side in names else ""


def stat_stamp(path: Path) -> str:
    """Size and modification time (ns) of a file, or the errno that hides them."""
    try:
        found = path.stat()
    except OSError as error:
        return f"{error.errno}"
    return f"{found.st_size}.{found.st_mtime_ns}"


def _claim(temporary: Path, path: Path) -> bool:
    """Link the file to its name unless that is taken; without hard links, by a plain rename."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    except OSError:
        if path.exists():
            return False
        temporary.rename(path)
    return True


def _sync(folder: Path) -> None:
    with contextlib.suppress(OSError):  # not every file system allows opening or syncing a folder
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
