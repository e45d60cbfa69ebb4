"""What an operator names, taken apart into single documents: folders, zip archives and JSON lines of many records."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sources.errors import LoadError, SourceError
from sources.files import read_bytes
from sources.jsonl import records
from sources.limits import ARCHIVE_FILES
from sources.metadata import SIDE_SUFFIX, Metadata, read_side_file
from sources.packed import Packed
from sources.sniff import sniff

_SYSTEM = ("__MACOSX", "Thumbs.db", "desktop.ini")  # and all that begins with a dot: nobody wrote these


@dataclass(frozen=True, slots=True)
class Item:
    """A document to add: its name, what messages call it, its bytes or why there are none, and its own side file."""

    name: str
    file: str
    data: bytes | None = None
    error: SourceError | None = None
    metadata: Metadata = Metadata()  # noqa: RUF009 - frozen


def expand(paths: Iterable[Path]) -> Iterator[Item]:
    """Every document of those files and folders; one that cannot be read comes with its error."""
    for path in paths:
        if path.is_dir():
            yield from _folder(path)
        else:
            yield from _file(path)


def _folder(folder: Path) -> Iterator[Item]:
    """The files below a folder, sorted; links to folders are not followed, so that there is an end."""
    found = False
    for place, folders, files in os.walk(folder, onerror=None):
        folders[:] = sorted(name for name in folders if not _is_system(name))
        for name in sorted(files):
            if not _is_system(name) and not name.endswith(SIDE_SUFFIX):
                found = True
                yield from _file(Path(place, name))
    if not found:
        raise LoadError(f"{folder} is an empty folder: name one that holds documents")


def _file(path: Path) -> Iterator[Item]:
    file = str(path)
    try:
        data = read_bytes(path)
        about = read_side_file(path)
        if sniff(data) == ".zip" and path.suffix.lower() == ".zip":
            yield from _zip(data, file)
        elif path.suffix.lower() == ".jsonl":
            yield from _lines(data, path.name, file)
        else:
            yield Item(path.name, file, data, metadata=about)
    except SourceError as error:
        yield Item(path.name, file, error=error)


def _zip(data: bytes, file: str) -> Iterator[Item]:
    for name, content in Packed(data, file).files():
        last = name.replace("\\", "/").rpartition("/")[2]
        inside = f"{file}/{name}"
        if any(_is_system(part) for part in name.split("/")) and ".." not in name.split("/"):
            continue
        if isinstance(content, LoadError):
            yield Item(last, inside, error=content)
        elif sniff(content) == ".zip":
            yield Item(last, inside, error=LoadError(f"{inside} is an archive in an archive: unpack {file} first"))
        elif last.lower().endswith(".jsonl"):
            yield from _lines(content, last, inside)
        else:
            yield Item(last, inside, content)


def _lines(data: bytes, name: str, file: str) -> Iterator[Item]:
    """Each record of JSON lines as a file of one line, named by its id; metadata stays in it."""
    for number, (identifier, record) in enumerate(records(data, file), 1):
        if number > ARCHIVE_FILES:
            raise LoadError(f"{file} holds more than {ARCHIVE_FILES:,} records: split it into smaller files")
        line = json.dumps(record, ensure_ascii=False) + "\n"
        stem = Path(name).stem
        yield Item(f"{stem} {identifier}.jsonl", f"{file}/{identifier}", line.encode(errors="replace"))


def _is_system(name: str) -> bool:
    return (name.startswith(".") and name not in (".", "..")) or name in _SYSTEM
