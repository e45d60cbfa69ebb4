"""What leaving out common words, as large libraries do for speed, does to the ranking: nDCG@10 with and without, paired.

python -m evals.retrieval.common_words DIR --home HOME [--language en] [--sample 500]

DIR holds a corpus in BEIR's shape; its index below HOME/evals is the one of `torkham eval retrieval`. The rule (index.lexical:
words that stand in more than a tenth of the passages, from 50,000 passages on) is put on and off for each question.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evals.retrieval.beir import Corpus, index_name, measure, rankings, read_lines, read_qrels
from evals.stats import interval
from index.build.update import update
from index.files.generations import Generations
from index.lexical import bm25 as lexical
from index.model.prepare import open_encoder
from index.model.reference import DEFAULT_MODEL
from index.search import Index

COLUMNS = ("hybrid", "lexical")


@dataclass(frozen=True)
class Paired:
    """One figure of the same questions off and on: means, the mean difference (on - off) with its 95 % interval, and counts."""

    questions: int
    off: float
    on: float
    difference: float
    low: float
    high: float
    better: int
    worse: int

    @classmethod
    def of(cls, off: Sequence[float], on: Sequence[float]) -> Paired:
        """Both in the same order, at least one question."""
        gained = [now - before for before, now in zip(off, on, strict=True)]
        better, worse = sum(gain > 0 for gain in gained), sum(gain < 0 for gain in gained)
        means = statistics.mean(off), statistics.mean(on), statistics.mean(gained)
        return cls(len(gained), *means, *interval(gained), better, worse)

    def __str__(self) -> str:
        spread = f"{self.difference:+.4f} ({self.low:+.4f} to {self.high:+.4f})"
        return f"off {self.off:.4f}, on {self.on:.4f}: {spread}; {self.better} better, {self.worse} worse of {self.questions}"


@contextmanager
def large(passages: int) -> Iterator[None]:
    """Inside, the rule holds from that many passages on."""
    kept = lexical.LARGE_PASSAGES
    lexical.LARGE_PASSAGES = passages
    try:
        yield
    finally:
        lexical.LARGE_PASSAGES = kept


def compare(index: Index, asked: Sequence[tuple[str, dict[str, int]]]) -> dict[str, Paired]:
    """nDCG@10 of (question, its relevant documents) without the rule and with it, for both kinds of evidence and words alone."""
    gains: dict[tuple[str, bool], list[float]] = {(column, on): [] for column in COLUMNS for on in (False, True)}
    for text, relevant in asked:
        for on in (False, True):
            with large(0 if on else sys.maxsize):
                found = rankings(index, text)
            for column in COLUMNS:
                gains[column, on].append(measure(found[column], relevant)["ndcg@10"])
    return {column: Paired.of(gains[column, False], gains[column, True]) for column in COLUMNS}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--language", default=None)
    parser.add_argument("--sample", type=int, default=None)
    given = parser.parse_args(arguments)
    encoder = open_encoder(DEFAULT_MODEL, given.home, report=lambda _: None)
    generations = Generations(given.home / "evals" / index_name(given.data, given.language))
    update(Corpus(given.data / "corpus.jsonl", given.language), generations, encoder)
    index = Index.open(generations, encoder)
    relevant = read_qrels(given.data / "qrels.tsv")
    asked = [
        (str(row["text"]), relevant[str(row["id"])])
        for row in read_lines(given.data / "queries.jsonl")
        if str(row["id"]) in relevant and given.language in {None, row.get("lang", given.language)}
    ]
    asked = random.Random(0).sample(asked, given.sample) if given.sample and given.sample < len(asked) else asked
    print(f"{index.manifest.counts['passages']} passages, {len(asked)} questions; nDCG@10")
    for column, pair in compare(index, asked).items():
        print(f"{column:8} {pair}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
