"""Removes running heads, running feet and page numbers from a paged document. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from sources.formats.pdf.glyphs import Line

_EDGE_LINES = 4  # lines at the top and bottom that may be running ones
_PATTERN_PAGES = 3  # pages; a line on only two pages is no pattern
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_PAGE = r"(?:page|pp?\.|seite|s\.|стр(?:\.|аница)?|с\.|صفحہ|صفحه|مخ|ص)"
_OF = r"(?:\s{0,9}(?:of|/|von|из|از|کا|د)\s{0,9}[0-9]{1,4})?"
_DASH = r"[\s|–—·•-]"
_NUMBERED = re.compile(
    rf"(?i)^(?:{_PAGE}\s{{0,9}})?(?P<first>[0-9]{{1,4}}|[ivxlcdm]{{1,8}}){_OF}(?:\s{{0,9}}[|–—·•-]{{1,9}}\s{{0,9}}(?=\S)|$)"
    rf"|(?:^|\s{{0,9}}[|–—·•-]{{1,9}}\s{{0,9}})(?:{_PAGE}\s{{0,9}})?(?P<last>[0-9]{{1,4}}|[ivxlcdm]{{1,8}}){_OF}{_DASH}{{0,20}}$"
    rf"|(?:^|\s){_PAGE}\s{{0,9}}(?P<named>[0-9]{{1,4}}|[ivxlcdm]{{1,8}}){_OF}$"
)  # fmt: skip

Place = tuple[str, int, int]  # words without the page number, and their position, rounded to some points


def without_running_heads(pages: Sequence[Sequence[Line]]) -> tuple[list[list[Line]], list[int | None]]:
    """(pages without running lines, the number printed on each page or None).

    A running line repeats its words and position on most pages, or on most odd or even ones. Only a page number, alone
    or set apart and increasing with the pages, may vary: a line that differs in any other figure is text.
    """
    edges = [_edges(page) for page in pages]
    numbers = _page_numbers(edges)
    kept = []
    repeated = _repeated([[_place(line, None) for line in edge] for edge in edges])
    apart = _repeated([[_place(line, number) for line in edge] for edge, number in zip(edges, numbers, strict=True)])
    for page, edge, number in zip(pages, edges, numbers, strict=True):
        running = [line for line in edge if _near(_place(line, None), repeated) or _near(_place(line, number), apart)]
        kept.append([line for line in page if not any(line is one for one in running)])
    return kept, numbers


def _edges(page: Sequence[Line]) -> list[Line]:
    """The lines nearest to the top and bottom, in any drawing order."""
    ordered = sorted(page, key=lambda line: -line.bottom)
    return ordered if len(ordered) <= 2 * _EDGE_LINES else [*ordered[:_EDGE_LINES], *ordered[-_EDGE_LINES:]]


def _page_numbers(edges: Sequence[Sequence[Line]]) -> list[int | None]:
    """The printed page numbers: of the candidates at one position, the sequence that most pages continue."""
    steps = Counter(
        (value - at) for at, edge in enumerate(edges) for value in {_number(line.text) for line in edge} - {None}
        if value is not None
    )  # fmt: skip
    found: list[int | None] = [None] * len(edges)
    fewest = max(_PATTERN_PAGES, len(edges) * 0.2)
    for step, count in steps.most_common():
        if count < fewest:
            break
        for at, edge in enumerate(edges):
            if found[at] is None and any(_number(line.text) == at + step for line in edge):
                found[at] = at + step
    return found


def _number(text: str) -> int | None:
    """The page number in a line, if it is in a place for one."""
    match = _NUMBERED.search(text)
    if match is None:
        return None
    written = next(filter(None, match.groups()))
    return int(written) if written.isdecimal() else _roman(written.lower())


def _roman(written: str) -> int | None:
    values = [_ROMAN[letter] for letter in written]
    total = sum(-one if any(later > one for later in values[at + 1 : at + 2]) else one for at, one in enumerate(values))
    return total if 0 < total < 200 else None


def _place(line: Line, number: int | None) -> Place:
    """A line normalised for comparison; with a page number, the words around it."""
    words = line.text.casefold()
    if number is not None and _number(line.text) == number:
        words = _NUMBERED.sub("#", words)
    return words.strip("- –|"), round(line.bottom / 4), 0 if "#" in words else round(line.left / 8)


def _repeated(edges: Sequence[Iterable[Place]]) -> set[Place]:
    """The lines on most pages, or on most odd or even ones."""
    repeated = set[Place]()
    for chosen in (edges, edges[::2], edges[1::2]):
        if len(chosen) < _PATTERN_PAGES:
            continue
        counts = Counter(place for edge in chosen for place in set(edge) if place[0])
        repeated |= {place for place, count in counts.items() if count >= _PATTERN_PAGES and count * 2 > len(chosen)}
    return repeated


def _near(place: Place, repeated: set[Place]) -> bool:
    return place in repeated
