"""Peers on one corpus, the same weights, one after the other: build, cold question, warm question, memory, nDCG@10.

python -m evals.peers.run DIR --home HOME --environments FOLDER [--language en] [--questions 200] [--rounds 3] [--out FILE]

DIR holds a corpus in BEIR's shape. FOLDER holds an environment a peer (dense, txtai, langchain, llamaindex, haystack), made
with `python -m venv FOLDER/NAME; FOLDER/NAME/bin/pip install -r evals/peers/NAME.txt`; one that is missing is left out.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.retrieval import measure, read_lines, read_qrels
from index.model import DEFAULT, unpacked

ONE = Path(__file__).parent / "one.py"
PEERS = {
    "torkham": "with_torkham", "dense": "dense", "txtai": "with_txtai", "langchain": "with_langchain",
    "llamaindex": "with_llamaindex", "haystack": "with_haystack",
}  # fmt: skip
Figures = dict[str, float]


def peer(
    name: str, python: str, model: str, scratch: Path, relevant: Mapping[str, Mapping[str, int]], rounds: int
) -> Figures:
    """The figures of one peer over scratch/corpus.jsonl and scratch/questions.jsonl."""
    folder = scratch / name
    folder.mkdir()

    def one(what: str, questions: str) -> Any:
        command = [python, str(ONE), PEERS[name], what, model, str(folder), str(scratch / "corpus.jsonl")]
        done = subprocess.run([*command, str(scratch / questions)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{name} {what}: {done.stderr.strip().splitlines()[-1:]}")
        return json.loads(done.stdout.splitlines()[-1])

    built = one("build", "questions.jsonl")
    one("ask", "first.jsonl")
    cold = []
    for _ in range(rounds):
        started = time.perf_counter()
        one("ask", "first.jsonl")
        cold.append(time.perf_counter() - started)
    asked = one("ask", "questions.jsonl")
    gains = [measure(found, relevant[identifier])["ndcg@10"] for identifier, found in asked["found"].items()]
    return {
        "build s": built["build s"], "cold s": statistics.median(cold), "warm ms": asked["warm ms"],
        "memory MB": asked["memory MB"], "nDCG@10": statistics.mean(gains),
    }  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure every peer that is there and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--environments", type=Path, required=True)
    parser.add_argument("--language", default="en")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=None)
    given = parser.parse_args(arguments)
    relevant = read_qrels(given.data / "qrels.tsv")
    with tempfile.TemporaryDirectory() as place, unpacked(DEFAULT, report=lambda _: None) as (folder, _):
        scratch = Path(place)
        corpus = [row for row in read_lines(given.data / "corpus.jsonl") if row.get("lang", "en") == given.language]
        known = {str(row["id"]) for row in corpus}
        asked = [
            row
            for row in read_lines(given.data / "queries.jsonl")
            if set(relevant.get(str(row["id"]), ())) & known and row.get("lang", "en") == given.language
        ]
        asked = random.Random(0).sample(asked, min(given.questions, len(asked)))
        for name, rows in (("corpus", corpus), ("questions", asked), ("first", asked[:1])):
            lines = "".join(json.dumps(row) + "\n" for row in rows)
            (scratch / f"{name}.jsonl").write_text(lines, encoding="utf-8")
        print(f"{len(corpus)} passages, {len(asked)} questions")
        results: dict[str, Figures] = {}
        for name in PEERS:
            python = given.environments / name / "bin" / "python"
            if name != "torkham" and not python.exists():
                print(f"{name}: no environment")
                continue
            where = (sys.executable, str(given.home)) if name == "torkham" else (str(python), folder)
            try:
                results[name] = peer(name, where[0], where[1], scratch, relevant, given.rounds)
            except RuntimeError as error:
                print(error)
                continue
            print(name, {key: round(value, 3) for key, value in results[name].items()}, flush=True)
    if given.out:
        given.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
