"""The filterable fields of all passages as one mapped array, so that filtering a million takes milliseconds."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.errors import CorruptIndexError
from index.types import Scope
from index.vectors.row_files import UNREADABLE

ROWS_FILE, NAMES_FILE = "facets.npy", "facets.json"
PARTIES = 64  # one bit of an integer per party
_NEVER = np.iinfo(np.int32).max
_ROW = np.dtype([("first", "i4"), ("last", "i4"), ("language", "u2"), ("parties", "u8"), ("there", "?")])
Facet = tuple[int, str, str | None, str | None, str]  # key, language, first day, last day, parties as a JSON list


def write(folder: Path, size: int, passages: Iterable[Facet]) -> None:
    """Write the facets of passages whose keys are below `size`."""
    rows = np.zeros(size, _ROW)
    languages: dict[str, int] = {}
    parties: dict[str, int] = {}
    known: dict[str, int] = {}
    days: dict[str, int] = {}
    for key, language, first, last, listed in passages:
        if listed not in known:
            bits = [parties.setdefault(party, len(parties)) for party in json.loads(listed)]
            known[listed] = sum(1 << bit for bit in bits if bit < PARTIES)
        for day in (first, last):
            if day and day not in days:
                days[day] = date.fromisoformat(day).toordinal()
        spot = languages.setdefault(language, len(languages))
        rows[key] = (days[first] if first else _NEVER, days[last] if last else 0, spot, known[listed], True)
    np.save(folder / ROWS_FILE, rows)
    names = {"languages": list(languages), "parties": list(parties)}
    (folder / NAMES_FILE).write_text(json.dumps(names), encoding="utf-8")


class Facets:
    """The facets of one generation."""

    def __init__(self, folder: Path) -> None:
        """CorruptIndexError when the facets cannot be read."""
        try:
            self._rows = np.load(folder / ROWS_FILE, mmap_mode="r", allow_pickle=False)
            names = json.loads((folder / NAMES_FILE).read_text(encoding="utf-8"))
            self._languages: list[str] = names["languages"]
            self._parties: list[str] = names["parties"]
        except UNREADABLE as error:
            raise CorruptIndexError(
                f"{folder / ROWS_FILE} cannot be read: run `torkham index update --full`."
            ) from error

    def mask(self, scope: Scope) -> npt.NDArray[np.bool_] | None:
        """For each key, whether its passage lies within a scope; None if only the records can tell."""
        if scope.documents or len(self._parties) > PARTIES:
            return None
        inside: npt.NDArray[np.bool_] = np.array(self._rows["there"])
        if scope.since:
            inside &= self._rows["last"] >= date.fromisoformat(scope.since).toordinal()
        if scope.until:
            inside &= self._rows["first"] <= date.fromisoformat(scope.until).toordinal()
        if scope.languages:
            inside &= np.isin(self._rows["language"], _places(self._languages, scope.languages))
        if scope.parties:
            bits = sum(1 << place for place in _places(self._parties, scope.parties))
            inside &= (self._rows["parties"] & np.uint64(bits)) != 0
        return inside


def _places(names: list[str], wanted: Iterable[str]) -> list[int]:
    return [names.index(name) for name in wanted if name in names]
