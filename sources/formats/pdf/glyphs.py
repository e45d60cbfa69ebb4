"""Turns the characters of a PDF page with their boxes into words and lines: spaces, note numbers, right-to-left
scripts.

Coordinates are PDF points, y growing upwards. Pure: the engine is in `sources.formats.pdf.pages`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

BROKEN = "\x02\ufffe"  # the engine's character for a hyphen at the end of a line
RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
WORD = re.compile(rf"[^\s{BROKEN}]+[{BROKEN}]?")
HYPHEN = re.compile(rf"[{BROKEN}]+$|(?<=[^\W_])[-‐]$")
NOTE_MARK = re.compile(r"[0-9*†‡§]")
_RAISED = re.compile(r"(?:[0-9]{1,3}(?:[,–-][0-9]{1,3})*|[*†‡§]{1,3})")
_UNIT = re.compile(r"(?:^|[\d\W])(?<![$€£¥₨][\d])(?:[kKcdm]?m|ft|mi|yd)$")
_EXPONENT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LTR_RUN = re.compile(
    "[A-Za-z\u00c0-\u024f\u0370-\u04ff](?:[^\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]*[A-Za-z\u00c0-\u024f\u0370-\u04ff0-9])?"
    "|[0-9\u0660-\u0669\u06f0-\u06f9](?:[0-9\u0660-\u0669\u06f0-\u06f9.,:/٫٬]*[0-9\u0660-\u0669\u06f0-\u06f9])?"
)
_RTL_RUN = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc](?:[^A-Za-z0-9]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc])?"
)
_MIRRORED = str.maketrans("()[]{}«»<>", ")(][}{»«><")
_OPENING, _CLOSING = "([{«", ")]}»"
_LAM_ALEF = tuple({"ل", alef} for alef in "اأإآ")
_NOTE_HEIGHT = 0.82  # maximum height of a note number, relative to the letters before it
_COLUMN_GAP = 1.0  # gap, in line heights, between words that may belong to two columns
_WORD_GAP = 0.12  # gap, in line heights, between letters of two words if the file draws no spaces


class Box(NamedTuple):
    """A rectangle on the page."""

    left: float
    right: float
    bottom: float
    top: float


class Word(NamedTuple):
    """A word with its box; `height` is that of its font, the unit of all distances."""

    text: str
    left: float
    right: float
    bottom: float
    height: float


class Line(NamedTuple):
    """Words on one line without a column-wide gap."""

    text: str
    left: float
    right: float
    bottom: float
    height: float
    first: float  # width of the first word: would it have fitted on the previous line?
    broken: bool = False  # the line ends inside a word

    @property
    def rtl(self) -> bool:
        """Whether it is read from right to left."""
        return len(RTL.findall(self.text)) * 2 > sum(map(str.isalpha, self.text))


def lines_of(words: Sequence[Word]) -> list[Line]:
    """Group words, in drawing order, into lines; a superscript number after a word is a note and is removed."""
    lines, line, noted = list[Line](), list[Word](), False
    for word in words:
        if line:
            before = line[-1]
            if word.height < _NOTE_HEIGHT * before.height and (mark := _is_note(before, word)):
                if mark == "keep":
                    line[-1] = before._replace(text=before.text + word.text.translate(_EXPONENT), right=word.right)
                noted = True
                continue
            if noted and word.text[0] in ",.;:!?)]”’" and _goes_on(before, word, notes=2.0):
                line[-1] = before._replace(text=before.text + word.text, right=word.right)
                continue
            noted = False
            if not _goes_on(before, word):
                lines.append(_line(line))
                line = []
        line.append(word)
    if line:
        lines.append(_line(line))
    return lines


def without_notes(text: str, boxes: Sequence[Box]) -> str:
    """A word without superscript note numbers after its letters; m² keeps its exponent, as a character.

    A leading number (a footnote's own mark) is separated from the rest.
    """
    if len(text) < 2:
        return text
    highest = max(box.top - box.bottom for box in boxes)
    base = max((box for box in boxes if box.top - box.bottom > 0.95 * highest), key=lambda box: -box.bottom)
    raised = [
        box.top - box.bottom < _NOTE_HEIGHT * highest and box.bottom > base.bottom + 0.12 * highest for box in boxes
    ]
    if not any(raised) or all(raised):
        return text
    kept, at = "", 0
    while at < len(text):
        end = at
        while end < len(text) and raised[end] == raised[at]:
            end += 1
        piece = text[at:end]
        if raised[at] and _RAISED.fullmatch(piece):
            piece = (
                f"{piece} " if at == 0 else piece.translate(_EXPONENT) if piece in "23" and _UNIT.search(kept) else ""
            )
        kept += piece
        at = end
    return kept


def may_hold_notes(text: str) -> bool:
    """Whether the letters of a word need to be examined one by one."""
    return len(text) > 1 and NOTE_MARK.search(text) is not None


def lines_by_place(characters: Sequence[str], boxes: Sequence[Box], baselines: Sequence[float]) -> list[Line]:
    """The lines of a page in a right-to-left script, from character positions alone.

    Drawing order and spaces differ from program to program; positions do not. The engine reverses characters that share
    a box (a ligature).
    """
    marks = [at for at, character in enumerate(characters) if character.strip() and character not in BROKEN]
    if not marks:
        return []
    height = median(boxes[at].top - boxes[at].bottom for at in marks)
    rows, row = list[list[int]](), list[int]()
    for at in sorted(marks, key=lambda at: -baselines[at]):
        if row and baselines[row[0]] - baselines[at] > 0.33 * height:
            rows.append(row)
            row = []
        row.append(at)
    rows.append(row)
    lines = []
    for row in rows:
        kept = [
            at for at in row if not _is_raised(characters[at], boxes[at], baselines[at], height, baselines[row[-1]])
        ]
        if kept:
            lines += _segments([characters[at] for at in kept], [boxes[at] for at in kept])
    return _with_brackets(lines)


def _with_brackets(lines: Sequence[Line]) -> list[Line]:
    """Brackets as typed: programs name them by shape or by meaning, consistently within a page."""
    right = " ".join(line.text for line in lines if line.rtl)
    turn = _unbalanced(right) > _unbalanced(right.translate(_MIRRORED))
    turned = []
    for line in lines:
        mirrored = line.text.translate(_MIRRORED)
        wrong = turn if line.rtl else _unbalanced(line.text) > _unbalanced(mirrored)
        turned.append(line._replace(text=mirrored) if wrong else line)
    return turned


def _is_raised(character: str, box: Box, baseline: float, height: float, row: float) -> bool:
    """Whether a digit is a note number: smaller than the letters and above their baseline."""
    return character.isdecimal() and box.top - box.bottom < _NOTE_HEIGHT * height and baseline > row + 0.1 * height


def _segments(characters: Sequence[str], boxes: Sequence[Box]) -> list[Line]:
    """The lines of one row, from right to left if most letters are read so."""
    count = sum(1 for character in characters if RTL.match(character))
    rtl = count * 2 >= sum(character.isalpha() for character in characters)
    order = sorted(
        range(len(characters)), key=lambda at: (-boxes[at].right if rtl else boxes[at].left, -at if rtl else at)
    )
    height = median(box.top - box.bottom for box in boxes)
    lines, begun = list[Line](), 0
    for place, (one, other) in enumerate(pairwise(order), 1):
        gap = boxes[one].left - boxes[other].right if rtl else boxes[other].left - boxes[one].right
        if gap > _COLUMN_GAP * height:
            lines.append(
                _placed([characters[at] for at in order[begun:place]], [boxes[at] for at in order[begun:place]], rtl)
            )
            begun = place
    lines.append(_placed([characters[at] for at in order[begun:]], [boxes[at] for at in order[begun:]], rtl))
    return lines


def _placed(characters: Sequence[str], boxes: Sequence[Box], rtl: bool) -> Line:
    height = median(box.top - box.bottom for box in boxes)
    text, first = "", None
    for at, character in enumerate(characters):
        if at:
            before, box = boxes[at - 1], boxes[at]
            gap = before.left - box.right if rtl else box.left - before.right
            if gap > _WORD_GAP * height:
                text += " "
                first = first or abs(before.left - boxes[0].right if rtl else before.right - boxes[0].left)
            elif box == before and {character, text[-1]} in _LAM_ALEF and (character == "ل") == rtl:
                text, character = text[:-1], character + text[-1]  # one box for both: lam is on the right
        text += character
    left, right = min(box.left for box in boxes), max(box.right for box in boxes)
    bottom = min(box.bottom for box in boxes)
    return Line(_logical(text, rtl=rtl), left, right, bottom, height, first or right - left)


def _logical(text: str, *, rtl: bool) -> str:
    """Characters in visual order along the line, reordered as typed."""
    if not rtl:
        return _RTL_RUN.sub(lambda run: run[0][::-1], text)
    return _LTR_RUN.sub(lambda run: run[0][::-1], text)


def _unbalanced(text: str) -> int:
    """The number of unmatched closing brackets."""
    depth = wrong = 0
    for character in text:
        if character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            wrong += depth == 0
            depth = max(0, depth - 1)
    return wrong


def _is_note(before: Word, word: Word) -> str:
    """“note” for a superscript number after a word, “keep” for an exponent, “” for any other word."""
    if word.bottom <= before.bottom + 0.12 * before.height or not _RAISED.fullmatch(word.text):
        return ""
    return "keep" if word.text in "23" and _UNIT.search(before.text) else "note"


def _goes_on(before: Word, word: Word, notes: float = 0.0) -> bool:
    """Whether a word continues the line of the previous one, at word distance (or that of a note)."""
    height = before.height if before.height > word.height else word.height
    if not -0.35 * height < word.bottom - before.bottom < 0.35 * height or before.text[-1] in BROKEN:
        return False
    return -0.5 * height < word.left - before.right <= (_COLUMN_GAP + notes) * height


def _line(words: Sequence[Word]) -> Line:
    text = " ".join(word.text for word in words)
    broken = HYPHEN.search(text) is not None
    heights = sorted((word.height for word in words), reverse=True)
    bottom = max(words, key=lambda word: len(word.text)).bottom
    return Line(
        HYPHEN.sub("", text), words[0].left, max(word.right for word in words), bottom, heights[len(heights) // 2],
        words[0].right - words[0].left, broken,
    )  # fmt: skip
