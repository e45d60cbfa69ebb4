"""For which party a named person, body or place speaks; the table stands in affiliations.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).with_name("affiliations.toml")
_KABUL = (("2021-08-15", "taliban"), ("2001-12-22", "afghan-republic"), ("1996-09-27", "taliban"))  # since when


def speaks_for(entry_id: str) -> str | None:
    """The party of a person or body of the gazetteer; None where it has none of its own (a place, a ministry)."""
    return _tables()[0].get(entry_id)


def seat_of(entry_id: str, day: str | None) -> str | None:
    """The party that governs from a place or country; of Afghanistan the one of that ISO day, today's without a day."""
    party = _tables()[1].get(entry_id)
    if party != "afghanistan":
        return party
    if day is None:
        return _KABUL[0][1]
    return next((ruling for since, ruling in _KABUL if day >= since[: len(day)]), "afghan-governments")


def is_capital(entry_id: str) -> bool:
    """Whether a place is one whose name stands for the government."""
    return entry_id in _tables()[2]


@cache
def _tables() -> tuple[dict[str, str], dict[str, str], frozenset[str]]:
    tables = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    speakers, seats = (
        {entry: party for party, entries in tables[name].items() for entry in entries} for name in ("speakers", "seats")
    )
    return speakers, seats, frozenset(tables["capitals"])
