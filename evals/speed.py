"""How quick it is: whole commands, warm questions, building, memory and disk, against the goals and an earlier run.

python -m evals.speed [--home DIR] [--rounds 15] [--out FILE.json] [--against OLD.json] [--no-peer]

Without --home the model and the index are made in a folder that is removed afterwards. Run it on a machine that does
nothing else; the times of two machines cannot be compared.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from evals import timing
from evals.timing import Figures
from index.generations import Generations
from index.model import DEFAULT, open_encoder
from index.search import Index
from index.update import update
from sources.errors import LoadError
from sources.library import Library

RATIO = "sentence-transformers + FAISS : search"
GOALS = {
    "ask, whole process, median s": 0.7,
    timing.CONTENDED: 3.0,
    "search, warm, p95 ms": 15.0,
    "answer, warm, p95 ms": 150.0,
}
QUICKER = 5.0  # times as long as the usual way has to take
SLOWER = 1.2  # times the earlier figure from which something got slower or larger


def measure(home: Path, *, rounds: int, count: int, with_peer: bool) -> Figures:
    """All figures over the shipped library in a home, brought up to date first."""
    encoder = open_encoder(DEFAULT, home, report=_note)
    update(Library(home), Generations(home), encoder)
    index = Index.open(home, encoder)
    figures = timing.warm(index, count=count)
    figures |= timing.contended(Index.open(home, encoder), count=count // 4)
    figures |= timing.opening(home, encoder, rounds=rounds)
    _note("warm questions done; now whole processes")
    figures |= timing.commands(home, rounds=rounds)
    figures |= timing.building(home, encoder) | timing.disk(home)
    if with_peer:
        _note("now the usual way, for comparison")
        figures |= timing.peer(home, rounds=max(1, rounds // 3))
        usual = figures["sentence-transformers + FAISS, whole process, median s"]
        figures[RATIO] = usual / figures["search, whole process, median s"]
    return figures


def slower(figures: Mapping[str, float], earlier: Mapping[str, float]) -> list[str]:
    """A sentence for each figure that is clearly worse than in an earlier run."""
    lines = []
    for name, before in earlier.items():
        now = figures.get(name)
        if now is None or name.startswith("sentence-transformers") or before <= 0:
            continue
        if now > SLOWER * before:
            lines.append(f"{name}: {before:.3g} -> {now:.3g}, {now / before:.2f} times")
    return lines


def table(figures: Mapping[str, float]) -> str:
    """The figures as text, each with its goal where it has one."""
    lines = []
    for name, value in figures.items():
        mark = ""
        if name in GOALS:
            mark = f"  goal ≤ {GOALS[name]:g}: {'met' if value <= GOALS[name] else 'MISSED'}"
        elif name == RATIO:
            mark = f"  goal ≥ {QUICKER:g}: {'met' if value >= QUICKER else 'MISSED'}"
        lines.append(f"{name:56} {value:9.3f}{mark}")
    return "\n".join(lines)


def read_figures(path: Path) -> Figures:
    """The figures of an earlier run; LoadError when there are none."""
    try:
        return {name: float(value) for name, value in json.loads(path.read_text(encoding="utf-8"))["figures"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise LoadError(f"{path} is not a run that `python -m evals.speed --out` wrote: {error!r}.") from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write; 1 when something got slower than in the earlier run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--home", type=Path, default=None)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--questions", type=int, default=400)
    parser.add_argument("--out", type=Path, default=None)
    parser.add_argument("--against", type=Path, default=None)
    parser.add_argument("--no-peer", action="store_true")
    options = parser.parse_args(arguments)
    earlier = read_figures(options.against) if options.against else {}
    with tempfile.TemporaryDirectory() as scratch:
        figures = measure(
            options.home or Path(scratch),
            rounds=options.rounds,
            count=options.questions,
            with_peer=not options.no_peer,
        )
    print(table(figures))
    if options.out:
        options.out.write_text(json.dumps({"figures": figures}, indent=2) + "\n", encoding="utf-8")
    worse = slower(figures, earlier)
    for line in worse:
        print(f"slower: {line}")
    return 1 if worse else 0


def _note(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
