"""Sentence selection on SelQA: of the sentences of one section, does the one that answers the question come first?

python -m evals.retrieval.selqa DIR --home HOME [--split test] [--sample N] [--json]

DIR is the set in BEIR's shape; its queries name their section. Each section is indexed as a document, a line for each
sentence, and ranked by the product's own reader; `vector` is the likeness of vectors alone.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot.answering.candidates import candidates as statements_of
from bot.answering.reading.features import Question
from bot.answering.reading.reader import Reader, Reading
from bot.nlp.names.gazetteer import Gazetteer
from bot.question.query import understand
from evals.retrieval.beir import Shelf, read_lines, read_qrels
from index.build.update import update
from index.files.generations import Generations
from index.model.prepare import open_encoder
from index.model.reference import DEFAULT_MODEL
from index.search import Index
from index.types import Scope
from sources.document import Document, Heading, Statement

PASSAGES = 20  # passages looked at: more than any section has
COLUMNS: dict[str, Callable[[Reading], float]] = {
    "product": lambda reading: reading.answers,
    "vector": lambda reading: reading.candidate.cosine,
}


@dataclass(frozen=True, slots=True)
class Candidates:
    """A question, its section's sentences as the reader judges them (best first), and the positions of the right ones.

    `numbers` are the positions of the ranked sentences in the section: ids of the set have gaps, positions have none.
    """

    question: str
    paraphrase: bool
    ranked: tuple[Reading, ...]
    numbers: tuple[int, ...]
    right: frozenset[int]


def section(identifier: str, rows: Sequence[Mapping[str, Any]]) -> Document:
    """A section as a document: the heading's line, then a line for each sentence."""
    heading = rows[0].get("section") or rows[0]["title"]
    text, statements = heading, []
    for row in rows:
        start = len(text) + 1
        text += f"\n{row['text']}"
        statements.append(Statement(start, len(text)))
    return Document(
        identifier, rows[0]["title"], text, headings=(Heading(0, len(heading), 1),), statements=tuple(statements)
    )


def read_sections(corpus: Path) -> dict[str, list[dict[str, Any]]]:
    """The sentences of every section, in order."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in read_lines(corpus):
        grouped.setdefault(row["id"].split("#")[0], []).append(row)
    return grouped


def candidates(
    index: Index, folder: Path, *, split: str = "test", sample: int | None = None, today: date | None = None
) -> Iterator[Candidates]:
    """The questions of a split, each with its section's sentences judged."""
    relevant = read_qrels(folder / "qrels.tsv")
    queries = [q for q in read_lines(folder / "queries.jsonl") if q["split"] == split and q["id"] in relevant]
    if sample and sample < len(queries):
        queries = random.Random(0).sample(queries, sample)
    gazetteer, every, reader = Gazetteer([]), read_sections(folder / "corpus.jsonl"), Reader.open(index.encoder)
    day = today or date.today()
    for query in queries:
        asked = understand(
            query["text"],
            gazetteer=gazetteer,
            known=index.knows,
            languages=index.languages(),
            today=day,
        )
        hits = index.search(asked.lookup, PASSAGES, Scope(documents=(query["section_doc"],)), words=asked.words)
        ranked = reader.judge(Question(asked, index, gazetteer), statements_of(index, asked, hits), day).readings
        rows = every[query["section_doc"]]
        starts = {s.start: number for number, s in enumerate(section(query["section_doc"], rows).statements)}
        numbers = tuple(starts[reading.candidate.sentence.start] for reading in ranked)
        right = frozenset(at for at, row in enumerate(rows) if relevant[query["id"]].get(row["id"], 0) > 0)
        yield Candidates(query["text"], bool(query.get("paraphrase")), ranked, numbers, right)


def first_rank(scores: Sequence[float], numbers: Sequence[int], right: frozenset[int]) -> int | None:
    """The rank of the first right sentence by falling score; None when none was weighed. Ties keep the order of the text."""
    order = sorted(range(len(scores)), key=lambda at: (-scores[at], numbers[at]))
    return next((rank for rank, at in enumerate(order, 1) if numbers[at] in right), None)


def measure(cases: Sequence[Candidates]) -> dict[str, Any]:
    """P@1 and MRR of the reader's probability and of the cosine alone."""
    figures: dict[str, Any] = {"questions": len(cases)}
    for name, score in COLUMNS.items():
        ranks = [first_rank([score(row) for row in case.ranked], case.numbers, case.right) for case in cases]
        figures[name] = {
            "p@1": sum(rank == 1 for rank in ranks) / len(ranks),
            "mrr": sum(1 / rank for rank in ranks if rank) / len(ranks),
        }
    return figures


def open_sections(folder: Path, home: Path) -> Index:
    """The index of the set's sections, made below `home/evals` at the first use."""
    encoder = open_encoder(DEFAULT_MODEL, home, report=_note)
    place = home / "evals" / "selqa"
    told = {"at": 0}

    def progress(stage: str, done: int, total: int) -> None:
        if done - told["at"] >= 2000:
            told["at"] = done
            _note(f"{stage}: {done} of {total}")

    every = read_sections(folder / "corpus.jsonl")
    update(Shelf(section(name, rows) for name, rows in every.items()), Generations(place), encoder, progress=progress)
    return Index.open(place, encoder)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--split", default="test")
    parser.add_argument("--sample", type=int, default=None)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    index = open_sections(options.folder, options.home)
    cases = list(candidates(index, options.folder, split=options.split, sample=options.sample))
    every = {"all": cases, "paraphrases": [c for c in cases if c.paraphrase]}
    figures = {name: measure(some) for name, some in every.items() if some}
    print(json.dumps(figures, indent=2) if options.json else table(figures))
    return 0


def table(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """The figures as text."""
    lines = [f"{'':12} {'questions':>9}" + "".join(f" {name + ' P@1':>12} {'MRR':>6}" for name in COLUMNS)]
    for name, row in figures.items():
        cells = "".join(f" {row[column]['p@1']:12.4f} {row[column]['mrr']:6.4f}" for column in COLUMNS)
        lines.append(f"{name:12} {row['questions']:9}{cells}")
    return "\n".join(lines)


def _note(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
