"""A made library of one size: written, added to, taken from, and asked as whole commands and in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from evals.bench import synthetic as speed_made
from evals.bench import timing
from evals.bench.measurements import Figure, Figures, read_figures
from evals.bench.synthetic import PASSAGES, Material
from index.encoder import Encoder
from index.files.generations import Generations
from index.search import Index
from index.storage import Embedded
from sources.document import Document

ADDED = 1_000  # passages of the update that is timed
DELETED = 10  # documents of the deletion that is timed
Batches = Iterator[tuple[dict[str, Document], Embedded]]


def measure(home: Path, encoder: Encoder, size: int, folder: Path, *, rounds: int) -> Figures:
    """All figures of one size in a folder that becomes a home; what lies there from an earlier run is not built again.

    RuntimeError when a command fails, or changes the made index.
    """
    written_figures = written(folder, encoder, material(home, encoder), size)
    model = folder / "model"
    if not model.exists():
        model.symlink_to((home / "model").resolve(), target_is_directory=True)
    # The made documents have no files, so what an update would change is far too much to be indexed before an answer:
    # `ask` compares, says so, and answers from the index as it is. Looking at the files of a library is not in it.
    before = Generations(folder).current()
    cold = timing.commands(folder, rounds=rounds)
    if Generations(folder).current() != before:
        raise RuntimeError(
            f"A command brought the made library in {folder} up to date: its figures are of another one."
        )
    return written_figures | cold | asked(home, folder)


def material(home: Path, encoder: Encoder) -> Material:
    """What made libraries are made of: the serving index of a home."""
    index = Index.open(home, encoder)
    real = speed_made.material(index, home)
    index.close()
    return real


def written(folder: Path, encoder: Encoder, real: Material, size: int) -> Figures:
    """Building where there is nothing yet, an update and a deletion, all without embedding; disk before both."""
    generations, figures = Generations(folder), dict[str, Figure]()
    if generations.current() is None:
        _, seconds = speed_made.write(folder, encoder, speed_made.batches(real, size))
        figures["build s"] = Figure(seconds)
    figures["disk MB"] = Figure(timing.size(generations.path()) / 1e6)
    turn = int(generations.current() or 0)
    fresh = speed_made.batches(real, ADDED, seed=1_000 + turn)
    manifest, seconds = speed_made.write(folder, encoder, fresh, base=True)
    figures[f"update with {ADDED} passages s"] = Figure(seconds)
    _, seconds = speed_made.write(
        folder, encoder, _nothing(encoder.dimension), base=True, gone=doomed(size // PASSAGES, turn)
    )
    figures[f"deletion of {DELETED} documents s"] = Figure(seconds)
    return figures | _recall(manifest.search)


def doomed(documents: int, turn: int) -> list[str]:
    """The ids of ten made documents spread over a library, others for each turn; never the first one, which is asked for."""
    step = max(2, documents // DELETED)
    return [f"made-1-{PASSAGES * (number * step + 1 + turn % (step - 1))}" for number in range(DELETED)]


def asked(home: Path, folder: Path, *options: str) -> Figures:
    """What `evals.bench.size_child` measures of a made library in a process of its own."""
    command = (sys.executable, "-m", "evals.bench.size_child", str(home), str(folder), *options)
    return read_figures(json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout))


def _nothing(dimension: int) -> Batches:
    yield speed_made.nothing(dimension)


def _recall(search: Mapping[str, str | int | float]) -> Figures:
    if "recall_at_10" not in search:
        return {}
    return {
        "recall@10 in the manifest": Figure(float(search["recall_at_10"])),
        "lists read": Figure(float(search["probes"])),
    }
