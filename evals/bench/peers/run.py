"""Peers on one corpus with the same weights, in turn: build, cold question, warm question, memory, nDCG@10.

python -m evals.bench.peers.run DIR --home HOME --environments FOLDER [--language en] [--questions 200] [--rounds 5] [--out FILE]

DIR holds a corpus in BEIR's shape. FOLDER holds an environment a peer (dense, txtai, langchain, llamaindex, haystack), made
with `python -m venv FOLDER/NAME; FOLDER/NAME/bin/pip install -r evals/bench/peers/NAME.txt`; one that is missing is left out.
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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evals.bench.measurements import Figure, Figures, figures_json
from evals.retrieval.beir import measure, read_lines, read_qrels
from index.model.reference import DEFAULT_MODEL, unpacked

ONE = Path(__file__).parent / "one.py"
MODULES = {
    "torkham": "with_torkham", "dense": "dense", "txtai": "with_txtai", "langchain": "with_langchain",
    "llamaindex": "with_llamaindex", "haystack": "with_haystack",
}  # fmt: skip
WARM = 3  # processes that answer all questions; of the cold ones there is a round each
Report = Callable[[str], None]
Relevant = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Peer:
    """A program in an environment of its own, and what was measured of it so far; `model` is a folder, for us a home."""

    name: str
    python: str
    model: str
    scratch: Path
    builds: list[dict[str, Any]] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)
    warm: list[dict[str, Any]] = field(default_factory=list)

    def run(self, what: str, questions: str) -> dict[str, Any]:
        """Build, or answer the questions of a file, in a new process; RuntimeError when it fails."""
        folder = self.scratch / self.name
        folder.mkdir(exist_ok=True)
        command = [self.python, str(ONE), MODULES[self.name], what, self.model, str(folder)]
        command += [str(self.scratch / "corpus.jsonl"), str(self.scratch / questions)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{self.name} {what}: {done.stderr.strip().splitlines()[-1:]}")
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return result

    def build(self) -> None:
        """Build, and ask once, which brings the files into memory."""
        self.builds.append(self.run("build", "questions.jsonl"))
        self.run("ask", "first.jsonl")

    def start(self) -> None:
        """A cold start: a process that opens its index and answers one question."""
        started = time.perf_counter()
        self.run("ask", "first.jsonl")
        self.cold.append(time.perf_counter() - started)

    def ask(self) -> None:
        """All questions in one process."""
        self.warm.append(self.run("ask", "questions.jsonl"))

    def figures(self, relevant: Relevant) -> Figures:
        """What was measured; nDCG@10 from the ids found, by the same function for everyone."""
        gains = [measure(found, relevant[question])["ndcg@10"] for question, found in self.warm[0]["found"].items()]
        return {
            "build s": Figure(self.builds[0]["build s"]),
            "cold s": Figure.of(self.cold),
            "warm ms": Figure.of([asked["warm ms"] for asked in self.warm]),
            "memory MB": Figure(max(asked["memory MB"] for asked in self.warm)),
            "nDCG@10": Figure(statistics.mean(gains)),
        }


def compete(peers: Sequence[Peer], *, rounds: int, report: Report) -> list[Peer]:
    """Build, then cold rounds and warm rounds of one run each, so that every load meets all alike; who fails is left out."""
    turns = [Peer.build, *[Peer.start] * rounds, *[Peer.ask] * min(WARM, rounds)]
    failed: set[str] = set()
    for number, turn in enumerate(turns, 1):
        for peer in peers:
            if peer.name in failed:
                continue
            try:
                turn(peer)
            except RuntimeError as error:
                report(str(error))
                failed.add(peer.name)
        report(f"peers: {turn.__name__}, {number} of {len(turns)}")
    return [peer for peer in peers if peer.name not in failed]


def run(
    data: Path, home: Path, environments: Path, *, language: str, count: int, rounds: int, report: Report
) -> dict[str, tuple[Figures, Mapping[str, str]]]:
    """(figures, versions) of this project and of every peer that has an environment, over one corpus."""
    with tempfile.TemporaryDirectory() as place, unpacked(DEFAULT_MODEL, report=lambda _: None) as (model, _):
        relevant = _write(data, Path(place), language, count)
        peers = [Peer("torkham", sys.executable, str(home), Path(place))]
        for name in list(MODULES)[1:]:
            python = environments / name / "bin" / "python"
            if python.exists():
                peers.append(Peer(name, str(python), model, Path(place)))
            else:
                report(f"{name}: no environment")
        done = compete(peers, rounds=rounds, report=report)
        return {peer.name: (peer.figures(relevant), peer.builds[0]["versions"]) for peer in done}


def _write(data: Path, scratch: Path, language: str, count: int) -> Relevant:
    """The passages of a language and some of the questions that they answer, as files; what is relevant among them."""
    corpus = [row for row in read_lines(data / "corpus.jsonl") if row.get("lang", "en") == language]
    known = {str(row["id"]) for row in corpus}
    relevant = {
        question: here
        for question, grades in read_qrels(data / "qrels.tsv").items()
        if (here := {identifier: grade for identifier, grade in grades.items() if identifier in known})
    }
    asked = [
        row
        for row in read_lines(data / "queries.jsonl")
        if str(row["id"]) in relevant and row.get("lang", "en") == language
    ]
    asked = random.Random(0).sample(asked, min(count, len(asked)))
    for name, rows in (("corpus", corpus), ("questions", asked), ("first", asked[:1])):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (scratch / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return relevant


def markdown(results: Mapping[str, tuple[Figures, Mapping[str, str]]]) -> str:
    """The table of docs/benchmarks.md: cold with the quickest and the slowest round."""
    lines = ["| | build | cold | warm | memory | nDCG@10 |", "|---|---|---|---|---|---|"]
    for name, (figures, versions) in results.items():
        cold = figures["cold s"]
        title = f"{name} ({', '.join(f'{package} {known}' for package, known in versions.items())})"
        spread = f"{cold.value:.2f} s ({cold.low:.2f} to {cold.high:.2f})"
        lines.append(
            f"| {title} | {figures['build s'].value:.0f} s | {spread} | {figures['warm ms'].value:.0f} ms"
            f" | {figures['memory MB'].value:.0f} MB | {figures['nDCG@10'].value:.4f} |"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure every peer that is there and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--environments", type=Path, required=True)
    parser.add_argument("--language", default="en")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=None)
    given = parser.parse_args(arguments)
    results = run(
        given.data, given.home, given.environments, language=given.language, count=given.questions, rounds=given.rounds,
        report=lambda line: print(line, file=sys.stderr),
    )  # fmt: skip
    print(markdown(results))
    if given.out:
        shown = {
            name: {"versions": known, "figures": figures_json(figures)} for name, (figures, known) in results.items()
        }
        given.out.write_text(json.dumps(shown, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
