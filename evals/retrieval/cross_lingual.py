"""Whether passages are found whatever the language of the question: XQuAD and FLORES-200, a row for each pair.

python -m evals.retrieval.cross_lingual DIR --home HOME [--sample N] [--json]

DIR holds both sets in BEIR's shape, as the folders xquad and flores_bitext; the goal: none more than 0.05 below English.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.retrieval.beir import evaluate_retrieval
from index.encoder import Encoder
from index.model.prepare import open_encoder
from index.model.reference import DEFAULT_MODEL

XQUAD, FLORES = "xquad", "flores_bitext"
PAIRS = (
    (XQUAD, "en", "en"), (XQUAD, "ru", "en"), (XQUAD, "ar", "en"), (XQUAD, "en", "ru"), (XQUAD, "en", "ar"),
    (FLORES, "ps", "en"), (FLORES, "prs", "en"), (FLORES, "fa", "en"), (FLORES, "ur", "en"), (FLORES, "ru", "en"),
)  # fmt: skip
NEAR = 0.05  # how far below English a language may be


@dataclass(frozen=True, slots=True)
class Row:
    """How often the right passage is the first, or among five or ten: of both kinds of evidence, and of vectors alone."""

    data: str
    asked: str
    passages: str
    questions: int
    hit1: float
    hit5: float
    hit10: float
    vector1: float
    vector5: float


def measure(folder: Path, encoder: Encoder, home: Path, *, sample: int | None = None) -> list[Row]:
    """Every pair that has its files, through the index that answers questions."""
    return [_row(folder, *pair, encoder, home, sample) for pair in PAIRS if (folder / pair[0]).is_dir()]


def _row(folder: Path, data: str, asked: str, passages: str, encoder: Encoder, home: Path, sample: int | None) -> Row:
    with tempfile.TemporaryDirectory() as scratch:
        qrels = folder / data / f"qrels.{asked}-{passages}.tsv"
        if asked == passages:
            qrels = of_language(folder / data / "qrels.tsv", asked, Path(scratch))
        figures = evaluate_retrieval(
            folder / data, encoder, home=home / "evals", sample=sample, qrels=qrels, corpus_language=passages
        )
    vector = figures["vector"]
    return Row(
        data,
        asked,
        passages,
        figures["queries"],
        hit1=figures["recall@1"],
        hit5=figures["recall@5"],
        hit10=figures["recall@10"],
        vector1=vector["recall@1"],
        vector5=vector["recall@5"],
    )


def of_language(qrels: Path, language: str, scratch: Path) -> Path:
    """The lines of a qrels file whose question is in that language, as a file of their own."""
    head, *lines = qrels.read_text(encoding="utf-8").splitlines()
    path = scratch / f"qrels.{language}.tsv"
    kept = [line for line in lines if line.startswith(f"{language}:")]
    path.write_text("\n".join([head, *kept]) + "\n", encoding="utf-8")
    return path


def behind(rows: Sequence[Row]) -> list[Row]:
    """The XQuAD rows more than NEAR below English on hit@5."""
    english = next((row.hit5 for row in rows if (row.data, row.asked, row.passages) == (XQUAD, "en", "en")), None)
    return [row for row in rows if english is not None and row.data == XQUAD and row.hit5 < english - NEAR]


def table(rows: Sequence[Row]) -> str:
    """The rows as text."""
    lines = [
        f"{'':14} {'question':>8} {'passages':>8} {'questions':>9} {'hit@1':>7} {'hit@5':>7} {'hit@10':>7} {'vector@1':>8}"
    ]
    for row in rows:
        lines.append(
            f"{row.data:14} {row.asked:>8} {row.passages:>8} {row.questions:9}"
            f" {row.hit1:7.4f} {row.hit5:7.4f} {row.hit10:7.4f} {row.vector1:8.4f}"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--sample", type=int, default=None)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    encoder = open_encoder(DEFAULT_MODEL, options.home, report=_note)
    rows = measure(options.folder, encoder, options.home, sample=options.sample)
    found: list[dict[str, Any]] = [{name: getattr(row, name) for name in Row.__slots__} for row in rows]
    print(json.dumps(found, indent=2) if options.json else table(rows))
    for row in behind(rows):
        _note(f"{row.data} {row.asked} to {row.passages} is more than {NEAR} below English.")
    return 0


def _note(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
