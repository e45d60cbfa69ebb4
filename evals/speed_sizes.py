"""One made library measured in a process of its own: opening, warm questions, scopes, recall, memory.

python -m evals.speed_sizes HOME MADE_HOME

HOME holds the model and the shipped library, whose headings are the questions; MADE_HOME an index that evals.speed made.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from evals.rates import percentile
from index import listed_vectors
from index.encoder import Vectors
from index.generations import Generations
from index.model import DEFAULT, open_encoder
from index.passages import Scope
from index.search import Index
from index.segments import Segments, files

SCOPES = {
    "half the days": Scope(since="2022-01-01"),
    "one party": Scope(parties=("taliban",)),
    "one document": Scope(documents=("made-1-0",)),
}


def measure(home: Path, made: Path, *, count: int = 200) -> dict[str, float]:
    """The figures of one made library; every question is new to the process."""
    from evals.timing import questions

    encoder = open_encoder(DEFAULT, home, report=lambda _: None)
    shipped = Index.open(home, encoder)
    asked = questions(shipped, 2 * count)
    shipped.close()
    opened = [_seconds(lambda: Index.open(made, encoder).close()) for _ in range(7)]
    figures = {"open, median ms": 1000 * statistics.median(opened), "open, first ms": 1000 * opened[0]}
    index = Index.open(made, encoder)
    for text in ("warm", "the border", "Why was the crossing closed?"):
        index.search(text)
    taken = [_seconds(lambda text=text: index.search(text, 10)) for text in asked[:count]]  # type: ignore[misc]
    figures |= {f"search, p{share} ms": 1000 * percentile(taken, share / 100) for share in (50, 95, 99)}
    figures["embedding of a question, p50 ms"] = _median(
        encoder.encode_queries, [[text] for text in asked[count:][:40]]
    )
    for name, scope in SCOPES.items():
        index.search("warm", scope=scope)
        figures[f"search within {name}, p50 ms"] = _median(
            lambda text, scope=scope: index.search(text, 10, scope), asked[count : count + 40]
        )
    figures["memory MB"] = peak()
    figures["recall@10 of questions"] = recall(made, encoder.encode_queries(asked[:count]))
    return figures


def recall(made: Path, queries: Vectors) -> float:
    """The share of the ten nearest passages, by comparing with every one, that a search finds; 1 where it is exact."""
    folder = Generations(made).path()
    if not files(folder, listed_vectors.STEM):
        return 1.0
    snapshot = Generations(made).open()
    wanted = listed_vectors.exact(Segments(folder, listed_vectors.STEM), queries, 10)
    found = [[cosine for _, cosine in snapshot.nearest(query, 100, Scope())[:10]] for query in queries]
    snapshot.close()
    return listed_vectors.recall(found, wanted)


def peak() -> float:
    """The most memory of this process, MB; that of the one that started it is not counted in."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def _median(work: Callable[..., object], arguments: Sequence[object]) -> float:
    return 1000 * statistics.median(_seconds(lambda one=one: work(one)) for one in arguments)  # type: ignore[misc]


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), Path(sys.argv[2]))))
