"""How quick it is: the shipped library, embedding, made libraries of every size, and peers, in one run with one comparison.

python -m evals.bench.run [--home DIR] [--rounds 15] [--sizes 1000 10000 100000] [--parts shipped embedding sizes peers]
    [--out FILE.json] [--plot FILE.svg] [--against OLD.json] [--peers FOLDER --data DIR] [--keep FOLDER] [--no-peer]

Without --home the model and the index are made in a folder that is removed afterwards. A size of 1000000 takes some ten
minutes and 9 GB of disk while it runs. --peers is what `evals.bench.peers.run` takes as --environments, --data a corpus in
BEIR's shape.
Run it on a machine that does nothing else; the times of two machines cannot be compared.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from evals.bench import machine as speed_machine
from evals.bench import products as speed_matrix
from evals.bench import sizes as speed_scale
from evals.bench import timing
from evals.bench.compare import RATIO, changes, report
from evals.bench.machine import State
from evals.bench.measurements import Figure, Figures, Part, Run, read_run, run_json
from evals.bench.peers import run as competition
from evals.bench.report import part_table, plot
from index.build.update import update
from index.encoder import Encoder
from index.files.generations import Generations
from index.model.prepare import open_encoder
from index.model.reference import DEFAULT_MODEL
from index.search import Index
from sources.collection.library import Library

SIZES = (1_000, 10_000, 100_000)
PARTS = ("shipped", "embedding", "sizes", "peers")
EMBEDDED = 5  # rounds of embedding some passages
COMPETED = 3  # a cold round of the peers for so many of ours: they start ten times as slowly


def shipped(home: Path, encoder: Encoder, options: argparse.Namespace) -> Figures:
    """All figures over the shipped library in a home."""
    index = Index.open(home, encoder)
    figures = timing.warm(index, count=options.questions)
    figures |= timing.contended(Index.open(home, encoder), count=options.questions // 4)
    figures |= timing.opening(home, encoder, rounds=options.rounds)
    figures |= timing.commands(home, rounds=options.rounds)
    figures |= timing.building(home, encoder) | timing.disk(home)
    if options.with_peer:
        figures |= timing.peer(home, rounds=max(1, options.rounds // COMPETED))
        usual = figures["sentence-transformers + FAISS, whole process s"].value
        figures[RATIO] = Figure(usual / figures["search, whole process s"].value)
    return figures


def measured(home: Path, options: argparse.Namespace) -> Iterator[tuple[str, Part]]:
    """Every part that is asked for, as it is done, over a home that is brought up to date first."""
    _look("the run", first=True)
    encoder = open_encoder(DEFAULT_MODEL, home, report=_note)
    update(Library(home), Generations(home), encoder)
    if "shipped" in options.parts:
        seen = _look("shipped")
        yield "shipped", Part(seen.load, seen.busy, shipped(home, encoder, options))
    if "embedding" in options.parts:
        seen = _look("embedding")
        yield "embedding", Part(seen.load, seen.busy, speed_matrix.measure(encoder, rounds=EMBEDDED))
    for size in options.sizes if "sizes" in options.parts else ():
        seen = _look(f"sizes/{size}")
        with tempfile.TemporaryDirectory() as scratch:
            folder = (options.keep or Path(scratch)) / str(size)
            folder.mkdir(parents=True, exist_ok=True)
            figures = speed_scale.measure(home, encoder, size, folder, rounds=options.rounds)
        yield f"sizes/{size}", Part(seen.load, seen.busy, figures)
    if "peers" in options.parts and options.peers:
        seen = _look("peers")
        results = competition.run(
            options.data, home, options.peers, language="en", count=options.questions // 2,
            rounds=max(1, options.rounds // COMPETED), report=_note,
        )  # fmt: skip
        for name, (figures, versions) in results.items():
            yield f"peers/{name}", Part(seen.load, seen.busy, figures, versions)


def _look(name: str, *, first: bool = False) -> State:
    seen = speed_machine.state()
    _note(speed_machine.noise(name, seen, first=first, count=speed_machine.cores()) or f"{name} …")
    return seen


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write part by part, compare; 1 when something got worse than in the earlier run."""
    options = _options(arguments)
    earlier = read_run(options.against) if options.against else None
    run = Run(
        datetime.now(UTC).isoformat(timespec="seconds"), speed_machine.cores(), speed_machine.versions(), parts := {}
    )
    with tempfile.TemporaryDirectory() as scratch:
        for name, part in measured(options.home or Path(scratch), options):
            parts[name] = part
            print(part_table(name, part) + "\n", flush=True)
            _write(run, options)
    if earlier is None:
        return 0
    found = changes(earlier, run)
    print("\n".join(report(earlier, run, found)))
    return 1 if any(change.verdict == "worse" for change in found) else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--home", type=Path)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--questions", type=int, default=400)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    for name in ("--out", "--plot", "--against", "--peers", "--data", "--keep"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--no-peer", dest="with_peer", action="store_false")
    options = parser.parse_args(arguments)
    if bool(options.peers) != bool(options.data):
        parser.error("--peers FOLDER and --data DIR belong together")
    return options


def _write(run: Run, options: argparse.Namespace) -> None:
    if options.out:
        options.out.write_text(json.dumps(run_json(run), indent=2) + "\n", encoding="utf-8")
    if options.plot and (sizes := run.group("sizes")):
        options.plot.write_text(plot({size: part.figures for size, part in sizes.items()}), encoding="utf-8")


def _note(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
