"""Lists the files of the two library folders without reading them: id, path and stamp."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

from sources.collection.metadata import SIDE_SUFFIX, side_file
from sources.files import stat_stamp, walk
from sources.parties import PARTIES_FILE

ID_LETTERS = 80  # maximum length of a document id
LOAD_RECIPE = "load-3"  # raise it when loaders change: it is part of every stamp
STAMP_TIMES = r"\.\d+"  # in a stamp, each after a size


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the library, listed but not read.

    `stamp` changes when the file or its side file does; `clash` is the file that already has the id.
    """

    document_id: str
    path: Path
    stamp: str
    shipped: bool
    clash: Path | None = None


def scan(shipped: Path, folder: Path) -> list[Entry]:
    """Every file with its id and stamp, by stat calls only; shipped ones first, then sorted by path.

    A file whose id is taken gets the next free `ID-2`, and fails to load with a sentence that says why.
    """
    files = [(slug(name), path, stamp, ours) for name, path, stamp, ours in _files(shipped, folder)]
    owners: dict[str, Path] = {}
    for identifier, path, _, _ in files:
        owners.setdefault(identifier, path)
    taken, entries = set(owners), list[Entry]()
    for identifier, path, stamp, ours in files:
        clash = owners[identifier] if owners[identifier] != path else None
        own = free_id(identifier, taken) if clash else identifier
        taken.add(own)
        entries.append(Entry(own, path, stamp, ours, clash))
    return entries


def entry_of(path: Path, folder: Path) -> Entry:
    """The entry of a file just written to the operator's folder under a free id."""
    side = stat_stamp(side_file(path)) if side_file(path).exists() else ""
    relative = path.relative_to(folder).as_posix()
    identifier = slug(relative.removesuffix(path.suffix))
    return Entry(identifier, path, _stamp(path, side, stat_stamp(PARTIES_FILE)), shipped=False)


def _files(shipped: Path, folder: Path) -> Iterator[tuple[str, Path, str, bool]]:
    """(name the id is derived from, path, stamp, shipped) of each file."""
    parties = stat_stamp(PARTIES_FILE)
    for root in (shipped, folder):
        for relative, path, sides in walk(root, SIDE_SUFFIX):
            if root == folder or path.suffix == ".md":
                yield relative.removesuffix(path.suffix), path, _stamp(path, sides, parties), root == shipped


def _stamp(path: Path, sides: str, parties: str) -> str:
    # Party ids inside a brief come from parties.json; a plain document names one only in its side file.
    depends = parties if path.suffix.lower() == ".md" or sides else ""
    return f"{LOAD_RECIPE} {stat_stamp(path)} {sides} {depends}".rstrip()


def is_touched(stamp: str, before: str) -> bool:
    """Whether two stamps of a file differ in modification times alone, as they do after a copy or a fresh clone."""
    return re.sub(STAMP_TIMES, "", stamp) == re.sub(STAMP_TIMES, "", before)


def slug(name: str) -> str:
    """A document id: letters and digits of any script in lower case, joined by hyphens, at most 80 characters."""
    if name.isascii():  # the same, ten times as fast
        return re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")[:ID_LETTERS].strip("-") or "document"
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).lower())
    kept = "".join(letter if unicodedata.category(letter)[0] in "LMN" else "-" for letter in text)
    return re.sub("-+", "-", kept).strip("-")[:ID_LETTERS].strip("-") or "document"


def free_id(identifier: str, taken: Container[str]) -> str:
    """The first free id of `ID-2`, `ID-3` …, at most 80 characters."""
    number = 2
    while (candidate := f"{identifier[: ID_LETTERS - len(str(number)) - 1].rstrip('-')}-{number}") in taken:
        number += 1
    return candidate
