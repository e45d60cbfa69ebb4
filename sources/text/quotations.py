"""Finds quotations: the slices between quotation marks, in the styles of five languages."""

from __future__ import annotations

import re

_OPEN, _CLOSE = frozenset("“«„"), frozenset("”»")
_MARKS = re.compile('[“”«»„"]')
_PARAGRAPH = re.compile(r"\n\s*\n")


def quotations(text: str) -> list[tuple[int, int, bool]]:
    """(start, end, closed) of every quotation, including marks; a nested one is part of the outer one.

    A quotation ends with its paragraph at the latest; `closed` says whether it ends with a mark. Straight marks, and a
    closing mark with nothing open (Urdu writes ”…“), alternate between opening and closing.
    """
    found: list[tuple[int, int, bool]] = []
    left = 0
    for gap in [*_PARAGRAPH.finditer(text), None]:
        right = gap.start() if gap else len(text)
        found += _of_paragraph(text, left, right)
        left = gap.end() if gap else right
    return found


def _of_paragraph(text: str, left: int, right: int) -> list[tuple[int, int, bool]]:
    found: list[tuple[int, int, bool]] = []
    start, depth, opened = -1, 0, ""
    for match in _MARKS.finditer(text, left, right):
        mark, at = match.group(), match.start()
        if start < 0:
            if mark == '"' and at and text[at - 1].isdigit() and not text[at + 1 : at + 2].isalpha():
                continue  # inches
            start, depth, opened = at, 1, mark
        elif _closes(mark, opened):
            depth -= 1
        elif mark == opened and mark in _OPEN:
            depth += 1
        if start >= 0 and depth == 0:
            found.append((start, match.end(), True))
            start = -1
    if start >= 0:
        found.append((start, right, False))
    return found


def _closes(mark: str, opened: str) -> bool:
    """Whether a mark closes another: “…”, «…», „…“, "…", ”…“, ”…”."""
    if opened == '"':
        return mark == '"'
    if opened == "«":
        return mark == "»"
    if opened == "„":
        return mark in "“”"
    return mark in "“”" if opened in _CLOSE else mark == "”"
