"""Figures of asking back: how many open questions get choices, and how many others are asked back for nothing.

python -m evals.answers.open_references --home HOME [--split held] [--show]

The open and the closed questions are those of questions_open.jsonl, the ordinary ones those of questions_held.jsonl (or _fit).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from bot.answering.answerer import Answerer
from evals.fitting.home import TODAY
from index.model.prepare import open_encoder
from index.model.reference import DEFAULT_MODEL
from index.search import Index

FOLDER = Path(__file__).parent


def rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    """Ask every question and print the three shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--split", choices=("fit", "held"), default="held")
    parser.add_argument("--show", action="store_true", help="every open question with its choices, and every mistake")
    chosen = parser.parse_args()
    answerer = Answerer(Index.open(chosen.home, open_encoder(DEFAULT_MODEL, chosen.home, report=print)))
    answerer.look_ahead(chosen.home / "index" / "cache")
    own = [row for row in rows(FOLDER / "questions_open.jsonl") if row["split"] == chosen.split]
    groups = {
        "open": [row for row in own if row["open"]],
        "not open": [row for row in own if not row["open"]],
        "ordinary": rows(FOLDER / f"questions_{chosen.split}.jsonl"),
    }
    for name, questions in groups.items():
        asked_back = 0
        for row in questions:
            answer = answerer.answer(row["question"], history=row.get("history", ()), today=TODAY)
            asked_back += bool(answer.alternatives)
            if chosen.show and (name == "open" or answer.alternatives):
                print(f"{'back' if answer.alternatives else '    '} {row['question']}")
                for each in answer.alternatives:
                    print(f"       {each.date}: {each.label}")
        print(f"{name}: {asked_back} of {len(questions)} are asked back")


if __name__ == "__main__":
    main()
