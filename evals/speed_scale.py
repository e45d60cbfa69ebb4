"""How speed changes with the number of passages: made libraries from a thousand to a million.

python -m evals.speed_scale --home HOME [--sizes 1000 10000 100000 1000000] [--keep FOLDER] [--out FILE.json] [--plot FILE.svg]

HOME holds the model and an index of the shipped library. A million passages take six minutes and 7 GB while it runs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from evals import speed_made
from evals.speed_plot import plot
from index.encoder import Encoder
from index.generations import Generations
from index.model import DEFAULT, open_encoder
from index.search import Index

ADDED = 1_000  # passages of the update that is timed
SIZES = (1_000, 10_000, 100_000, 1_000_000)
Scale = dict[str, dict[str, float]]


def measure(home: Path, encoder: Encoder, size: int, folder: Path) -> dict[str, float]:
    """Build a made library in a folder where there is none, add to it, take away from it, and ask it."""
    index = Index.open(home, encoder)
    real = speed_made.material(index, home)
    index.close()
    figures: dict[str, float] = {}
    if Generations(folder).current() is None:
        _, figures["build s"] = speed_made.write(folder, encoder, speed_made.batches(real, size))
    figures["disk MB"] = _size(Generations(folder).path()) / 1e6
    fresh = speed_made.batches(real, ADDED, seed=1_000 + len(Generations(folder).names()))
    manifest, figures[f"update with {ADDED} passages s"] = speed_made.write(folder, encoder, fresh, base=True)
    recall = manifest.search.get("recall_at_10")
    if recall is not None:
        figures["recall@10 in the manifest"] = float(recall)
        figures["lists read"] = float(manifest.search["probes"])
    command = (sys.executable, "-m", "evals.speed_sizes", str(home), str(folder))
    asked = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    measured: dict[str, float] = json.loads(asked)
    return figures | measured


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure every size, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--keep", type=Path, default=None)
    parser.add_argument("--out", type=Path, default=None)
    parser.add_argument("--plot", type=Path, default=None)
    given = parser.parse_args(arguments)
    encoder = open_encoder(DEFAULT, given.home, report=lambda _: None)
    results: Scale = {}
    for size in given.sizes:
        with tempfile.TemporaryDirectory() as scratch:
            folder = (given.keep or Path(scratch)) / str(size)
            folder.mkdir(parents=True, exist_ok=True)
            results[str(size)] = measure(given.home, encoder, size, folder)
        for name, value in results[str(size)].items():
            print(f"{size:>9,} {name:40} {value:10.3f}", flush=True)
    if given.out:
        given.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    if given.plot:
        given.plot.write_text(plot(results), encoding="utf-8")
    return 0


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    sys.exit(main())
