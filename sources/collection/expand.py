"""Expands an operator's arguments into single documents: folders, zip archives and JSON lines with many records."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sources.clean import one_line
from sources.collection.metadata import SIDE_SUFFIX, Metadata, read_side_file
from sources.errors import LoadError, SourceError
from sources.files import read_bytes
from sources.formats.sniff import sniff
from sources.limits import ARCHIVE_FILES
from sources.sandbox.parent import Sandbox

_SYSTEM = ("__MACOSX", "Thumbs.db", "desktop.ini")  # along with all dotfiles: nobody wrote these


@dataclass(frozen=True, slots=True)
class Item:
    """A document to add: its name, its name in messages, a way to read it or an error, and its own side file.

    `by_hand`: the operator named this very file, so that it may be a brief.
    """

    name: str
    file: str
    read: Callable[[], bytes] | None = None
    error: SourceError | None = None
    metadata: Metadata = Metadata()  # noqa: RUF009 - frozen
    by_hand: bool = False
    size: int = 0  # bytes, 0 if not known yet

    @property
    def data(self) -> bytes | None:
        """The bytes, read on demand, so that a folder is never held in memory; raises SourceError."""
        return self.read() if self.read else None


def expand(paths: Iterable[Path]) -> Iterator[Item]:
    """Every document in those files and folders; an unreadable one comes with its error."""
    for path in paths:
        if path.is_dir():
            yield from _folder(path)
        else:
            yield from _file(path, by_hand=True)


def _folder(folder: Path) -> Iterator[Item]:
    """The files below a folder, sorted; links to folders are not followed, to avoid cycles."""
    found = False
    for place, folders, files in os.walk(folder, onerror=None):
        folders[:] = sorted(name for name in folders if not _is_system(name))
        for name in sorted(files):
            if not _is_system(name) and not name.endswith(SIDE_SUFFIX):
                found = True
                yield from _file(Path(place, name))
    if not found:
        raise LoadError(f"{folder} is an empty folder: name one that holds documents")


def _file(path: Path, *, by_hand: bool = False) -> Iterator[Item]:
    file, suffix = one_line(str(path)), path.suffix.lower()
    try:
        about = read_side_file(path)
        if suffix not in (".zip", ".jsonl"):
            size = path.stat().st_size if path.is_file() else 0
            yield Item(path.name, file, lambda: read_bytes(path), metadata=about, by_hand=by_hand, size=size)
            return
        data = read_bytes(path)
        if suffix == ".zip" and sniff(data) == ".zip":
            yield from _zip(data, file)
        elif suffix == ".jsonl":
            yield from _lines(data, path.name, file)
        else:
            yield Item(path.name, file, lambda: data, metadata=about)
    except SourceError as error:
        yield Item(path.name, file, error=error)


def _zip(data: bytes, file: str) -> Iterator[Item]:
    """The files of an archive, opened and unpacked one by one by a child process."""
    opened = _Archive(data, file)
    for name in opened.names:
        last = name.replace("\\", "/").rpartition("/")[2]
        inside = one_line(f"{file}/{name}")
        if any(_is_system(part) for part in name.split("/")) and ".." not in name.split("/"):
            continue
        if last.lower().endswith(".jsonl"):
            try:
                yield from _lines(opened.member(name, inside), last, inside)
            except SourceError as error:
                yield Item(last, inside, error=error)
        else:
            yield Item(last, inside, lambda name=name, inside=inside: opened.member(name, inside))  # type: ignore[misc]


class _Archive:
    """An archive in a child process of its own."""

    def __init__(self, data: bytes, file: str) -> None:
        self._child = Sandbox(most=2 * ARCHIVE_FILES)
        self._file = file
        self.names: list[str] = self._child.run("archive", data, file)

    def member(self, name: str, inside: str) -> bytes:
        """The bytes of a file in the archive; raises LoadError for a nested archive, and if it cannot be unpacked."""
        content = base64.b64decode(self._child.run("member", b"", self._file, name=name))
        if sniff(content) == ".zip":
            raise LoadError(f"{inside} is an archive in an archive: unpack {self._file} first")
        return content

    def __del__(self) -> None:
        self._child.close()


def _lines(data: bytes, name: str, file: str) -> Iterator[Item]:
    """Each record of JSON lines as a file of one line, named by its id; the metadata stays inside."""
    child = Sandbox()
    try:
        found = child.run("records", data, file)
    finally:
        child.close()
    if len(found) > ARCHIVE_FILES:
        raise LoadError(f"{file} holds more than {ARCHIVE_FILES:,} records: split it into smaller files")
    stem = Path(name).stem
    for identifier, line in found:
        content = f"{line}\n".encode(errors="replace")
        yield Item(f"{stem} {identifier}.jsonl", one_line(f"{file}/{identifier}"), lambda content=content: content)  # type: ignore[misc]


def _is_system(name: str) -> bool:
    return (name.startswith(".") and name not in (".", "..")) or name in _SYSTEM
