"""One made library measured in a process of its own: opening, warm questions, answers, scopes, recall, memory.

python -m evals.bench.size_child HOME MADE_HOME [--no-answers]

HOME holds the model and the shipped library, whose headings are the questions; MADE_HOME an index that evals.speed made.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from bot.answering.answerer import Answerer
from evals.bench.measurements import Figure, Figures, figures_json
from evals.bench.timing import questions, seconds, spread
from evals.stats import percentile
from index.encoder import Encoder, Vectors
from index.files.generations import Generations
from index.model.prepare import open_encoder
from index.model.reference import DEFAULT_MODEL
from index.search import LIST_DEPTH, Index
from index.types import Scope
from index.vectors import ivf as listed_vectors
from index.vectors.row_files import Segments, files

SCOPES = {
    "half the days": Scope(since="2022-01-01"),
    "one party": Scope(parties=("taliban",)),
    "one document": Scope(documents=("made-1-0",)),
}
FEW = 60  # questions for the parts of a search and for each scope
OPENED = 15


def measure(home: Path, made: Path, *, count: int = 200, answers: bool = True) -> Figures:
    """The figures of one made library; every question is new to the process, or its vector is forgotten before."""
    encoder = open_encoder(DEFAULT_MODEL, home, report=lambda _: None)
    shipped = Index.open(home, encoder)
    asked = questions(shipped, 2 * count + FEW)
    shipped.close()
    opened = [seconds(lambda: Index.open(made, encoder).close()) for _ in range(OPENED)]
    figures = {"open ms": Figure.of(opened, scale=1000)}
    index = Index.open(made, encoder)
    for text in ("warm", "the border", "Why was the crossing closed?"):
        index.search(text)
    figures |= spread("search, warm", [seconds(partial(index.search, text, 10)) for text in asked[:count]])
    figures |= _scopes(index, asked[-FEW:])
    figures["memory MB"] = Figure(peak())
    if answers:
        figures |= _answers(index, asked[count:-FEW])
    figures |= _parts(made, encoder, asked[-FEW:])
    figures["recall@10 of questions"] = Figure(recall(made, encoder.encode_queries(asked[:count])))
    return figures


def _scopes(index: Index, asked: Sequence[str]) -> Figures:
    """Searches within a scope, embedding included like in one without."""
    figures: Figures = {}
    for name, scope in SCOPES.items():
        index.search("warm", scope=scope)
        index.embed.cache_clear()
        figures[f"search within {name}, p50 ms"] = _median(lambda text, at=scope: index.search(text, 10, at), asked)
    return figures


def _parts(made: Path, encoder: Encoder, asked: Sequence[str]) -> Figures:
    """What a search is made of, each part alone: the question's vector, the passages near it, those with its words."""
    snapshot = Generations(made).open()
    rows = encoder.encode_queries(asked)
    figures = {
        "embedding of a question, p50 ms": _median(lambda text: encoder.encode_queries([text]), asked),
        "vectors alone, p50 ms": _median(lambda row: snapshot.nearest(row, LIST_DEPTH, Scope()), list(rows)),
        "words alone, p50 ms": _median(lambda text: snapshot.lexical.search(text, LIST_DEPTH), asked),
    }
    snapshot.close()
    return figures


def _answers(index: Index, asked: Sequence[str]) -> Figures:
    answerer = Answerer(index)
    answerer.answer("Why was the crossing closed?")
    figures = spread("answer, warm", [seconds(partial(answerer.answer, text)) for text in asked])
    return figures | {"memory with answers MB": Figure(peak())}


def recall(made: Path, queries: Vectors) -> float:
    """The share of the ten nearest passages, by comparing with every one, that a search finds; 1 where it is exact."""
    folder = Generations(made).path()
    if not files(folder, listed_vectors.STEM):
        return 1.0
    snapshot = Generations(made).open()
    wanted = listed_vectors.exact(Segments(folder, listed_vectors.STEM), queries, 10)
    found = [[cosine for _, cosine in snapshot.nearest(query, LIST_DEPTH, Scope())[:10]] for query in queries]
    snapshot.close()
    return listed_vectors.recall(found, wanted)


def peak() -> float:
    """The most memory of this process, MB; that of the one that started it is not counted in."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def _median(work: Callable[..., object], arguments: Sequence[object]) -> Figure:
    taken = [seconds(partial(work, one)) for one in arguments]
    return Figure(1000 * percentile(taken, 0.5))


if __name__ == "__main__":
    taken = measure(Path(sys.argv[1]), Path(sys.argv[2]), answers="--no-answers" not in sys.argv)
    print(json.dumps(figures_json(taken)))
