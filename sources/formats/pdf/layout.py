"""Turns the lines of a PDF page into paragraphs in reading order: columns, table rows, headings, footnotes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from sources.formats.pdf.glyphs import Line

SENTENCE_END = re.compile(r"[.!?…:؟۔][”’»\")\]']*$")
_LIST_MARK = re.compile(r"(?:[•●▪‣◦–*-]|\(?[0-9]{1,3}[.)]|\(?[a-z][.)])\s")
_FOOTNOTE = re.compile(r"(?:\(?[0-9]{1,3}[.)]?|[*†‡§]{1,3})\s+\S")
_CAPTION = re.compile(
    r"(?i)(?:photo|picture|figure|fig\.|map|table|chart|image|تصویر|شکل|نقشه|نقشہ|انځور|рис(?:\.|унок)|фото)\s*[0-9]{0,3}\s*[:.–-]\s"
)
_UP_STEPS = 0.2  # maximum share of upward steps on a page drawn in reading order
_GUTTER_ROWS = 3  # rows with a common gap that make columns or a table
_PROSE_WORDS = 3  # minimum words of a column line; table cells have fewer
_PROSE_WIDTH = 0.55  # minimum share of the column's width
_PARAGRAPH_PITCH = 1.45  # multiple of the usual line distance that starts a paragraph
_HEADING_SIZE = 1.15  # multiple of the usual letter size
_FOOTNOTE_SIZE = 0.93
_CELL_GAP = 3.0  # in line heights; words this far apart are not one sentence


class Row(NamedTuple):
    """A row of a column: one piece, or the cells of a table."""

    cells: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The text, with “ | ” between cells."""
        return " | ".join(cell.text for cell in self.cells)


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together; `full`: the last line is full, so that the text may continue."""

    lines: list[Line]
    kind: str = "paragraph"
    table_row: str = ""
    size: float = 0.0
    full: bool = False


@dataclass(slots=True)
class Layout:
    """A page in reading order, with footnotes separate."""

    paragraphs: list[Paragraph] = field(default_factory=list)
    footnotes: list[Paragraph] = field(default_factory=list)


def body_size(pages: Sequence[Sequence[Line]]) -> float:
    """The most common letter height of a document."""
    sizes: dict[float, int] = {}
    for page in pages:
        for line in page:
            size = round(line.height, 1)
            sizes[size] = sizes.get(size, 0) + len(line.text)
    return max(sizes, key=lambda size: (sizes[size], size), default=0.0)


def laid_out(lines: Sequence[Line], body: float) -> Layout:
    """The paragraphs of a page; `body` is the usual letter height of the document."""
    ordered = _in_order(lines)
    main, notes = _without_footnotes(ordered, body)
    return Layout(_paragraphs(main, body), [*_footnotes(notes)])


def _in_order(lines: Sequence[Line]) -> list[Row]:
    """Lines in drawing order, unless they were drawn upwards or across columns."""
    ups = sum(1 for one, other in pairwise(lines) if _above(other, one) and _share(one, other) > 0)
    if ups > max(1, _UP_STEPS * (len(lines) - 1)):
        lines = _from_the_top(lines)
    rows, row = list[list[Line]](), list[Line]()
    for line in lines:
        if row and not _same_row(row[-1], line):
            rows.append(row)
            row = []
        row.append(line)
    if row:
        rows.append(row)
    return [ready for run in _runs(rows) for ready in _unravelled(run)]


def _from_the_top(lines: Sequence[Line]) -> list[Line]:
    """Lines sorted by position: rows downwards, within a row in the direction of most lines."""
    right = sum(line.rtl for line in lines) * 2 > len(lines)
    rows, row = list[list[Line]](), list[Line]()
    for line in sorted(lines, key=lambda line: -line.bottom):
        if row and row[0].bottom - line.bottom > 0.4 * max(line.height, row[0].height):
            rows.append(row)
            row = []
        row.append(line)
    rows.append(row)
    return [line for row in rows for line in sorted(row, key=lambda line: -line.right if right else line.left)]


def _same_row(one: Line, other: Line) -> bool:
    apart = other.left >= one.right or one.left >= other.right
    return apart and abs(one.bottom - other.bottom) < 0.4 * max(one.height, other.height)


def _above(one: Line, other: Line) -> bool:
    return one.bottom > other.bottom + 0.5 * other.height


def _share(one: Line, other: Line) -> float:
    """The horizontal overlap of two lines; negative if they are next to each other."""
    return min(one.right, other.right) - max(one.left, other.left)


def _runs(rows: Sequence[list[Line]]) -> list[list[list[Line]]]:
    """Consecutive rows with gaps, including short ones between them, which may be columns; every other row by itself."""
    runs = list[list[list[Line]]]()
    for row in rows:
        if runs and any(len(other) > 1 for other in runs[-1]) and (len(row) > 1 or _inside(row[0], runs[-1])):
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _inside(line: Line, run: Sequence[list[Line]]) -> bool:
    """Whether a line continues one of the columns of the previous rows, at line distance."""
    last = run[-1]
    near = last[0].bottom - line.bottom < 2.2 * line.height and last[0].bottom > line.bottom
    wide = max(run, key=len)
    return near and any(
        line.left >= cell.left - line.height and line.right <= edge + 0.2 * line.height
        for cell, edge in zip(wide, [*(following.left for following in wide[1:]), wide[-1].right], strict=True)
    )


def _unravelled(run: list[list[Line]]) -> list[Row]:
    """Rows in columns, column by column; table rows as they are; other rows with their pieces as cells."""
    wide = [row for row in run if len(row) > 1]
    if not wide:
        return [Row((row[0],)) for row in run]
    gutters = _gutters(wide)
    if gutters and _crosses(run, gutters):
        gutters = []
    columns = _columns(run, gutters)
    if len(wide) >= _GUTTER_ROWS and len(columns) > 1 and all(map(_is_prose, columns)):
        right = sum(line.rtl for row in run for line in row) * 2 > sum(map(len, run))
        ordered = reversed(columns) if right else columns
        return [Row((line,)) for column in ordered for line in column]
    return [_cells(row, table=bool(gutters) and len(wide) >= 2) for row in run]


def _gutters(rows: Sequence[list[Line]]) -> list[tuple[float, float]]:
    """The gaps (from x to x) common to most of these rows."""
    found = list[tuple[float, float, int]]()
    for row in rows:
        ordered = sorted(row, key=lambda line: line.left)
        for one, other in pairwise(ordered):
            for at, (low, high, count) in enumerate(found):
                if min(high, other.left) > max(low, one.right):
                    found[at] = (max(low, one.right), min(high, other.left), count + 1)
                    break
            else:
                found.append((one.right, other.left, 1))
    return sorted((low, high) for low, high, count in found if count * 2 > len(rows))


def _crosses(run: Sequence[list[Line]], gutters: Sequence[tuple[float, float]]) -> bool:
    lines = [line for row in run for line in row]
    return any(line.left < low and line.right > high for line in lines for low, high in gutters)


def _columns(run: Sequence[list[Line]], gutters: Sequence[tuple[float, float]]) -> list[list[Line]]:
    """The lines between the gutters, from left to right."""
    columns: list[list[Line]] = [[] for _ in range(len(gutters) + 1)]
    for row in run:
        for line in row:
            columns[sum(line.left >= (low + high) / 2 for low, high in gutters)].append(line)
    return [column for column in columns if column]


def _is_prose(column: Sequence[Line]) -> bool:
    width = max(line.right for line in column) - min(line.left for line in column)
    words = median(len(line.text.split()) for line in column)
    return words >= _PROSE_WORDS and median(line.right - line.left for line in column) >= _PROSE_WIDTH * width


def _cells(row: Sequence[Line], *, table: bool) -> Row:
    """A table row; otherwise, pieces close to each other are merged into one line."""
    if table or len(row) == 1:
        return Row(tuple(row))
    cells = [row[0]]
    for line in row[1:]:
        gap = max(line.left - cells[-1].right, cells[-1].left - line.right)
        if gap > _CELL_GAP * line.height:
            cells.append(line)
        else:
            cells[-1] = joined(cells[-1], line)
    return Row(tuple(cells))


def joined(one: Line, other: Line) -> Line:
    """Two pieces of a row as one line."""
    space = "" if other.text[0] in ",.;:!?)]”’" else " "  # a note number was removed between them
    return one._replace(
        text=f"{one.text}{space}{other.text}", left=min(one.left, other.left), right=max(one.right, other.right),
        broken=other.broken,
    )  # fmt: skip


def _without_footnotes(rows: list[Row], body: float) -> tuple[list[Row], list[Row]]:
    """(text rows, rows of footnotes: smaller, at the bottom, beginning with a mark)."""
    at = len(rows)
    while at and max(cell.height for cell in rows[at - 1].cells) < _FOOTNOTE_SIZE * body:
        at -= 1
    while at < len(rows) and not _FOOTNOTE.match(rows[at].text):
        at += 1
    lowest = min((cell.bottom for row in rows[:at] for cell in row.cells), default=0.0)
    if at == 0 or any(cell.bottom > lowest for row in rows[at:] for cell in row.cells):
        return rows, []
    return rows[:at], rows[at:]


def _footnotes(rows: Sequence[Row]) -> Iterator[Paragraph]:
    """One paragraph per mark at the beginning of a line."""
    lines = list[Line]()
    for row in rows:
        if lines and _FOOTNOTE.match(row.text):
            yield Paragraph(lines, "footnote")
            lines = []
        lines = [*lines, *row.cells]
    if lines:
        yield Paragraph(lines, "footnote")


def _paragraphs(rows: Sequence[Row], body: float) -> list[Paragraph]:
    """Group rows into paragraphs; a table row is one by itself."""
    paragraphs = list[Paragraph]()
    pitch = _usual_pitch(rows)
    ends = _ends(rows, pitch, body)
    for at, row in enumerate(rows):
        if len(row.cells) > 1:
            paragraphs.append(Paragraph(list(row.cells), "table", row.text))
            continue
        line = row.cells[0]
        before = paragraphs[-1] if paragraphs and paragraphs[-1].kind != "table" else None
        if before is None or _breaks(before.lines[-1], line, pitch, body, ends[at - 1]):
            paragraphs.append(Paragraph([line]))
        else:
            before.lines.append(line)
        paragraphs[-1].full = not _fits(line, line.first, ends[at])
    for paragraph in paragraphs:
        if paragraph.kind == "paragraph":
            paragraph.size = max(line.height for line in paragraph.lines)
            paragraph.kind = _kind(paragraph, body)
    return paragraphs


def _kind(paragraph: Paragraph, body: float) -> str:
    words = " ".join(line.text for line in paragraph.lines)
    if paragraph.size > _HEADING_SIZE * body and len(words) <= 200 and not re.search(r"[.;,]$", words):
        return "heading"
    if _CAPTION.match(words):
        return "caption"
    return "list" if _LIST_MARK.match(words) else "paragraph"


def _usual_pitch(rows: Sequence[Row]) -> float:
    steps = [one.cells[0].bottom - other.cells[0].bottom for one, other in pairwise(rows)]
    steps = [step for step, row in zip(steps, rows, strict=False) if 0 < step < 3 * row.cells[0].height]
    return sorted(steps)[len(steps) // 3] if steps else 0.0


def _ends(rows: Sequence[Row], pitch: float, body: float) -> list[float]:
    """The right edge available to each row: that of most lines on the page with the same left edge, else of its block.

    For right-to-left lines it is their left edge, negated, so that larger means farther in both directions.
    """
    begins = [_beginning(row.cells[0]) for row in rows]
    reached = [_end(row.cells[0]) for row in rows]
    groups: dict[int, list[float]] = {}
    for row, begin, end in zip(rows, begins, reached, strict=True):
        if len(row.cells) == 1 and abs(row.cells[0].height - body) < 0.12 * body:
            groups.setdefault(round(begin / 8), []).append(end)
    usual = {begin: sorted(ends)[len(ends) * 3 // 4] for begin, ends in groups.items() if len(ends) > 4}
    ends, block = list[float](), 0
    for at, row in enumerate(rows):
        last = at + 1 == len(rows) or _apart(row.cells[0], rows[at + 1].cells[0], pitch, body)
        if last:
            most = max(reached[block : at + 1])
            ends += [max(usual.get(round(begins[one] / 8), most), reached[one]) for one in range(block, at + 1)]
            block = at + 1
    return ends


def _beginning(line: Line) -> float:
    return -line.right if line.rtl else line.left


def _end(line: Line) -> float:
    return -line.left if line.rtl else line.right


def _fits(line: Line, first: float, end: float) -> bool:
    """Whether another word of that width would have fitted at the end of a line."""
    return end - _end(line) > first + 0.4 * line.height


def _apart(one: Line, other: Line, pitch: float, body: float) -> bool:
    """Whether size or distance separates two lines into different blocks."""
    if abs(one.height - other.height) > 0.12 * max(one.height, other.height):
        return True
    step = one.bottom - other.bottom
    return step <= 0 or (pitch > 0 and step > _PARAGRAPH_PITCH * pitch * max(1.0, one.height / body))


def _breaks(one: Line, other: Line, pitch: float, body: float, end: float) -> bool:
    """Whether the second of two lines starts a paragraph."""
    if one.broken:
        return False
    ended = bool(SENTENCE_END.search(one.text))
    if one.bottom <= other.bottom and abs(one.height - other.height) < 0.12 * one.height:
        return ended or not goes_on(other)  # the top of the next column, or a box beside the text
    if _LIST_MARK.match(other.text) or _apart(one, other, pitch, body) or _elsewhere(one, other):
        return True
    if _fits(one, other.first, end) and (ended or not other.text[:1].islower()):
        return True
    indent = _beginning(other) - _beginning(one)
    return ended and 0.8 * one.height < indent < 6 * one.height


def _elsewhere(one: Line, other: Line) -> bool:
    """Whether two lines are side by side, as cells are, or have different directions."""
    turns = one.rtl != other.rtl and len(other.text.split()) > 2
    return turns or _share(one, other) < 0


def goes_on(line: Line) -> bool:
    """Whether a line may continue a sentence: it begins in lower case, or its script has no case."""
    return line.text[:1].islower() or (line.text[:1].isalpha() and not line.text[:1].isupper())
