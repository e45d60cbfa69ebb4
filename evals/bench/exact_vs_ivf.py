"""Where the exact index should give way to inverted lists: both forms of the same made library, at several sizes.

python -m evals.bench.exact_vs_ivf --home HOME [--sizes 5000 10000 20000 50000 100000] [--rounds 3] [--out FILE.json]

HOME holds the model and an index of the shipped library. Each form is asked in processes of its own, in turn.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from evals.bench import machine as speed_machine
from evals.bench.compare import SHARE, sense
from evals.bench.measurements import Figure, Figures, figures_json
from evals.bench.sizes import asked, material, written
from evals.bench.synthetic import Material
from index.encoder import Encoder
from index.model.prepare import open_encoder
from index.model.reference import DEFAULT_MODEL
from index.vectors import writer as vector_writer

SIZES = (5_000, 10_000, 20_000, 50_000, 100_000)
FORMS = {"exact": sys.maxsize, "lists": 0}  # rows from which a library gets lists
COMPARED = (
    "vectors alone, p50 ms", "search, warm, p50 ms", "search, warm, p95 ms", "search within one party, p50 ms", "open ms",
    "memory MB", "build s", "update with 1000 passages s", "deletion of 10 documents s", "disk MB", "recall@10 of questions",
)  # fmt: skip
NOISE = 1.05  # times as much that still counts as no worse
Both = Mapping[str, Figures]  # by form


@contextmanager
def giving_way(rows: int) -> Iterator[None]:
    """Inside, libraries of more than that many rows are written as lists."""
    kept = vector_writer.APPROXIMATE
    vector_writer.APPROXIMATE = rows
    try:
        yield
    finally:
        vector_writer.APPROXIMATE = kept


def measure(home: Path, encoder: Encoder, real: Material, size: int, scratch: Path, *, rounds: int) -> Both:
    """Both forms of one size: written once, then asked in turn; the median of the rounds."""
    figures: dict[str, Figures] = {}
    for form, rows in FORMS.items():
        with giving_way(rows):
            figures[form] = written(scratch / form, encoder, real, size)
    runs: dict[str, list[Figures]] = {form: [] for form in FORMS}
    for _ in range(rounds):
        for form in FORMS:
            runs[form].append(asked(home, scratch / form, "--no-answers"))
    for form, taken in runs.items():
        figures[form] |= {name: Figure.of([run[name].value for run in taken]) for name in taken[0]}
    return figures


def crossing(results: Mapping[int, Both], name: str) -> int | None:
    """The least size from which on lists are no worse in a figure at every size measured; None where there is none."""
    found = None
    for size in sorted(results, reverse=True):
        exact, lists = (results[size][form][name].value for form in ("exact", "lists"))
        worse = lists < exact - SHARE if sense("sizes", name) == "share" else lists > NOISE * exact
        if worse:
            break
        found = size
    return found


def table(results: Mapping[int, Both]) -> str:
    """One line a figure and size, then where the lists take over."""
    lines = [f"{'passages':>9}  {'':34} {'exact':>10} {'lists':>10}"]
    for size, both in results.items():
        for name in COMPARED:
            lines.append(f"{size:>9,}  {name:34} {both['exact'][name].value:10.3f} {both['lists'][name].value:10.3f}")
    for name in COMPARED:
        least = crossing(results, name)
        lines.append(f"lists no worse in {name}: {'at no size' if least is None else f'from {least:,} passages on'}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure every size, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=None)
    given = parser.parse_args(arguments)
    encoder = open_encoder(DEFAULT_MODEL, given.home, report=lambda _: None)
    real = material(given.home, encoder)
    results: dict[int, Both] = {}
    for size in given.sizes:
        seen = speed_machine.state()
        print(f"{size:,}: load {seen.load:.1f}, others keep {seen.busy:.1f} cores busy", file=sys.stderr)
        with tempfile.TemporaryDirectory() as scratch:
            results[size] = measure(given.home, encoder, real, size, Path(scratch), rounds=given.rounds)
        if given.out:
            raw = {str(at): {form: figures_json(one) for form, one in both.items()} for at, both in results.items()}
            given.out.write_text(json.dumps(raw, indent=2) + "\n", encoding="utf-8")
    print(table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
