"""Answers held against judged statements: `python -m evals.answers.judged --home HOME FILE… [--out ROWS] [--against ROWS]`.

A file holds judged questions as the reader is trained on (`evals/fitting/reader_data.py`); of one that marks some as
held out only those are asked. What an answer shows is looked up
by its text; a statement that nobody judged counts for neither side and is written to ROWS, to be judged.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from bot.answering.answerer import Answerer
from evals.fitting.reader_data import ANSWERS, BESIDE, CORRECTS, Question, held_out
from evals.stats import mcnemar
from index.model.prepare import open_encoder
from index.search import Index

UNJUDGED = -1


@dataclass(frozen=True, slots=True)
class Shown:
    """What an answer shows: the texts in order, each with its label or UNJUDGED."""

    id: str
    lang: str
    kind: str
    question: str
    answerable: bool
    form: str
    reason: str | None
    texts: tuple[str, ...]
    labels: tuple[int, ...]

    @property
    def right(self) -> bool:
        """Whether something shown answers or corrects; of what nothing answers, whether it is refused or asked back."""
        if self.answerable:
            return any(label in (ANSWERS, CORRECTS) for label in self.labels)
        return self.reason is not None or CORRECTS in self.labels

    @property
    def first(self) -> bool:
        """Whether the first statement answers or corrects."""
        return bool(self.labels) and self.labels[0] in (ANSWERS, CORRECTS)


def shown(answerer: Answerer, question: Question, today: date) -> Shown:
    """Ask a question, and look up the labels of what is shown."""
    answer = answerer.answer(question.text, history=question.history, today=today)
    label = {each.text: each.label for each in question.candidates}
    texts = tuple(claim.text for claim in answer.claims)
    return Shown(
        question.id,
        question.lang,
        question.kind,
        question.text,
        any(value in (ANSWERS, CORRECTS) for value in label.values()),
        answer.form,
        answer.reason,
        texts,
        tuple(label.get(text, UNJUDGED) for text in texts),
    )


def figures(rows: Sequence[Shown]) -> dict[str, str]:
    """The figures of docs/benchmarks.md: right, first right, refused, beside the point."""
    held = [row for row in rows if row.answerable]
    none = [row for row in rows if not row.answerable]
    labels = [label for row in held for label in row.labels if label != UNJUDGED]
    return {
        "right": _share([row.right for row in held]),
        "first claim answers": _share([row.first for row in held if row.texts]),
        "refused though answerable": _share([row.reason is not None for row in held]),
        "beside the point": _share([label == BESIDE for label in labels]),
        "claims an answer": f"{sum(len(row.texts) for row in held) / max(1, sum(bool(row.texts) for row in held)):.1f}",
        "unanswerable refused or corrected": _share([row.right for row in none]),
        "unjudged": str(sum(label == UNJUDGED for row in rows for label in row.labels)),
    }


def _share(flags: Sequence[bool]) -> str:
    return f"{sum(flags) / max(1, len(flags)):.3f} ({sum(flags)} of {len(flags)})"


def paired(before: Sequence[Shown], after: Sequence[Shown]) -> dict[str, str]:
    """How many questions became right or wrong, and first right or wrong, between two runs (McNemar's test)."""
    old = {row.id: row for row in before}
    both = [(old[row.id], row) for row in after if row.id in old]
    return {
        "right": _changed([(a.right, b.right) for a, b in both]),
        "first": _changed([(a.first, b.first) for a, b in both if b.answerable]),
    }


def _changed(pairs: Sequence[tuple[bool, bool]]) -> str:
    gained, lost = sum(b and not a for a, b in pairs), sum(a and not b for a, b in pairs)
    return f"gained {gained}, lost {lost}, p = {mcnemar(gained, lost):.3f}"


def read_rows(path: Path) -> list[Shown]:
    """The rows of an earlier run."""
    return [
        Shown(**{**row, "texts": tuple(row["texts"]), "labels": tuple(row["labels"])})
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    ]


def main() -> None:
    """Ask every question of the files and print the figures, by form and by language."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--today", type=date.fromisoformat, default=date.today())
    parser.add_argument("--out", type=Path)
    parser.add_argument("--against", type=Path)
    chosen = parser.parse_args()
    encoder = open_encoder("multilingual-e5-small", chosen.home, report=print)
    answerer = Answerer(Index.open(chosen.home, encoder))
    answerer.look_ahead(chosen.home / "index" / "cache")
    rows = [shown(answerer, question, chosen.today) for path in chosen.files for question in held_out(path)]
    print("all", len(rows), figures(rows))
    for name in ("form", "lang", "kind"):
        for value in sorted({getattr(row, name) for row in rows}):
            own = [row for row in rows if getattr(row, name) == value]
            print(f"  {name} {value}: {len(own)}", figures(own))
    if chosen.out:
        chosen.out.write_text("".join(f"{json.dumps(asdict(row), ensure_ascii=False)}\n" for row in rows), "utf-8")
    if chosen.against:
        print(paired(read_rows(chosen.against), rows))


if __name__ == "__main__":
    main()
