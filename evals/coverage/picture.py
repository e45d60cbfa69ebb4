"""What the library covers, as a picture: statements by party and by subject over time.

python -m evals.coverage.picture docs/library.svg
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib import pyplot

from sources.collection.library import LIBRARY_FOLDER, Library
from sources.document import Document
from sources.parties import shipped_parties

FIRST_YEAR = 2001  # before it, statements are counted by spans, or the picture would be mostly empty
SPANS = ((1893, 1946), (1947, 1977), (1978, 1991), (1992, 2000))
MOST_PARTIES = 8

Table = dict[str, Counter[str]]  # row -> column -> statements


def column(day: str) -> str:
    """The column of an ISO day: its year, or the span that holds it."""
    year = int(day[:4])
    for first, last in SPANS:
        if first <= year <= last:
            return f"{first}–{last % 100:02d}"
    return str(year)


def columns(last: int) -> list[str]:
    """Every column up to a year, in order."""
    return [f"{first}–{end % 100:02d}" for first, end in SPANS] + [str(year) for year in range(FIRST_YEAR, last + 1)]


def by_party(documents: Iterable[Document]) -> Table:
    """Statements by party and column; the parties with fewest statements together as “others”."""
    names = {party.id: party.name for party in shipped_parties()}
    counts: Table = {}
    for document in documents:
        for statement in document.statements:
            if statement.party and statement.date_from:
                counts.setdefault(names[statement.party], Counter())[column(statement.date_from)] += 1
    ranked = sorted(counts, key=lambda name: (-counts[name].total(), name))
    table = {name: counts[name] for name in ranked[:MOST_PARTIES]}
    table["others"] = sum((counts[name] for name in ranked[MOST_PARTIES:]), Counter[str]())
    return table


def by_subject(documents: Iterable[Document]) -> Table:
    """Statements by subject and column, the subject with most first."""
    counts: Table = {}
    for document in documents:
        for statement in document.statements:
            if document.subject and statement.date_from:
                counts.setdefault(document.subject, Counter())[column(statement.date_from)] += 1
    return dict(sorted(counts.items(), key=lambda row: (-row[1].total(), row[0])))


def draw(parties: Table, subjects: Table, path: Path) -> None:
    """Bars of statements by party above, a grid of subjects below; an SVG at `path`."""
    matplotlib.use("Agg")
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "torkham", "font.size": 9})

    last = max(int(name) for table in parties.values() for name in table if name.isdecimal())
    names = columns(last)
    figure, (above, below) = pyplot.subplots(2, 1, figsize=(11, 8), height_ratios=(1.1, 1))
    _bars(above, parties, names)
    _grid(below, subjects, names)
    figure.tight_layout()
    figure.savefig(path, format="svg", metadata={"Date": None})
    pyplot.close(figure)


def _bars(axes: Any, table: Table, names: Sequence[str]) -> None:
    floor = [0] * len(names)
    for party, counts in table.items():
        heights = [counts[name] for name in names]
        axes.bar(range(len(names)), heights, bottom=floor, label=party)
        floor = [low + height for low, height in zip(floor, heights, strict=True)]
    axes.set_xticks(range(len(names)), names, rotation=60, ha="right")
    axes.set_title("Statements by date and party")
    axes.legend(ncols=3, fontsize=8, frameon=False)


def _grid(axes: Any, table: Table, names: Sequence[str]) -> None:
    rows = [[counts[name] ** 0.5 for name in names] for counts in table.values()]
    axes.imshow(rows, aspect="auto", cmap="Blues")
    for at, counts in enumerate(table.values()):
        for place, name in enumerate(names):
            if counts[name]:
                dark = counts[name] > 40
                axes.text(place, at, counts[name], ha="center", va="center", fontsize=6, color="w" if dark else "k")
    axes.set_yticks(range(len(table)), list(table))
    axes.set_xticks(range(len(names)), names, rotation=60, ha="right")
    axes.set_title("Statements by date and subject")


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the shipped library."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.coverage.picture", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("path", type=Path, metavar="SVG")
    chosen = parser.parse_args(arguments)
    library = Library(chosen.path.parent / "no-home", shipped=LIBRARY_FOLDER)
    documents = [library.load(entry) for entry in library.scan()]
    draw(by_party(documents), by_subject(documents), chosen.path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
