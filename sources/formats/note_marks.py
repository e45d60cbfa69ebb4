"""Superscripts: a note number, which must never join the figure before it, or the exponent of a unit. Pure."""

from __future__ import annotations

import re

_NOTE = re.compile(
    r"[\[(]?(?:[0-9۰-۹٠-٩]{1,3}|[a-z]|[ivx]{1,5}|[*†‡§¶]{1,3}|note [0-9]{1,3}|citation needed)[\])]?(?:\s?[,–-]\s?[0-9۰-۹]{1,3})*"
)
_UNIT = re.compile(r"(?:^|[\d\W])(?<![$€£¥₨][\d])(?:[kKcdm]?m|ft|mi|yd|км|м)$")
_EXPONENTS = str.maketrans("23", "²³")


def raised(before: str, said: str) -> str:
    """The replacement for superscript text: “” for a note, ² or ³ after a unit, else the text itself (“th”)."""
    written = said.strip()
    if written in ("2", "3") and _UNIT.search(before):
        return written.translate(_EXPONENTS)
    return "" if _NOTE.fullmatch(written) else said
