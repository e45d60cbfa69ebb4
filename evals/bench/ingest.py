"""How fast documents come in: 1,000 web pages and 200 PDFs of ten pages, time split into parse, chunk, embed, write.

python -m evals.bench.ingest [--pages 1000] [--pdfs 200] [--library 10000] [--model] [--similarity]

Without --model a stand-in embeds (the encoder's speed is measured by evals.encoding), so that the rest is seen alone.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evals.fuzz.made_files import SENTENCES, html, pdf
from index.build import chunking
from index.build.update import update
from index.encoder import Encoder
from index.files.generations import Generations
from index.model.prepare import open_encoder
from index.model.reference import DEFAULT_MODEL
from sources.collection.document_reader import DocumentReader
from sources.collection.library import Library
from sources.text.shingles import resemblance, sketch

WORDS = " ".join(SENTENCES).split()


class StandIn:
    """An encoder that takes no time: a fixed direction for each text, four letters to a token."""

    name = fingerprint = "stand-in"
    dimension = 384
    window = 512

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """About what the real one counts."""
        return [len(text) // 4 for text in texts]

    def encode_queries(self, texts: Sequence[str]) -> Any:
        """Unit vectors."""
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None) -> Any:
        """Unit vectors."""
        rows = np.zeros((len(texts), self.dimension), np.float32)
        rows[np.arange(len(texts)), [len(text) % self.dimension for text in texts]] = 1
        return rows


def sentence(chance: random.Random) -> str:
    """A sentence like no other."""
    words = [*chance.sample(WORDS, 14), str(chance.randrange(10**6)), chance.choice(WORDS)]
    return " ".join(words).capitalize() + "."


def make(folder: Path, pages: int, pdfs: int, chance: random.Random) -> None:
    """Web pages of about 500 words, PDFs of ten pages of 40 lines."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(pages):
        paragraphs = [" ".join(sentence(chance) for _ in range(4)) for _ in range(8)]
        (folder / f"page-{number}.html").write_bytes(html(paragraphs, title=f"Report {number}", page=f"{number}"))
    for number in range(pdfs):
        lines = [[sentence(chance)[:95] for _ in range(40)] for _ in range(10)]
        (folder / f"paper-{number}.pdf").write_bytes(pdf(lines, title=f"Paper {number}"))


class Clock:
    """Seconds spent inside functions, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def around(self, owner: Any, name: str, label: str) -> None:
        """Replace a function by one that is timed."""
        inner = getattr(owner, name)

        def timed(*args: Any, **options: Any) -> Any:
            begun = time.perf_counter()
            try:
                return inner(*args, **options)
            finally:
                self.seconds[label] = self.seconds.get(label, 0.0) + time.perf_counter() - begun

        setattr(owner, name, timed)


def measure(home: Path, encoder: Encoder, pages: int, pdfs: int) -> None:
    """Index a new library and print the split."""
    make(home / "library", pages, pdfs, random.Random(1))
    clock = Clock()
    clock.around(DocumentReader, "document", "parse")
    clock.around(chunking, "chunk", "chunk")
    clock.around(type(encoder), "encode_passages", "embed")
    library = Library(home, shipped=home / "none")
    begun = time.perf_counter()
    outcome = update(library, Generations(home), encoder)
    total = time.perf_counter() - begun
    clock.seconds["write"] = total - sum(clock.seconds.values())
    count = pages + 10 * pdfs
    print(f"{pages} web pages and {pdfs} PDFs of ten pages: {outcome.manifest.counts}, {total:.1f} s in all")
    for label, seconds in clock.seconds.items():
        print(f"  {label:6} {seconds:7.1f} s  {1000 * seconds / count:6.2f} ms a page")
    rest = total - clock.seconds.get("embed", 0.0)
    print(f"  parse + chunk + write {1000 * rest / count:.2f} ms a page (a PDF has ten)")


def measure_one_more(home: Path, encoder: Encoder, documents: int) -> None:
    """Add one document to a large library and print how long it took apart from embedding."""
    folder = home / "library"
    folder.mkdir(parents=True)
    chance = random.Random(2)
    for number in range(documents):
        text = "\n\n".join(" ".join(sentence(chance) for _ in range(4)) for _ in range(3))
        (folder / f"note-{number}.txt").write_text(text, encoding="utf-8")
    library = Library(home, shipped=home / "none")
    begun = time.perf_counter()
    library.rows()
    print(f"{documents} documents: first look {time.perf_counter() - begun:.1f} s")
    begun = time.perf_counter()
    update(library, Generations(home), encoder)
    print(f"  first index {time.perf_counter() - begun:.1f} s")
    for number in range(3):
        extra = home / f"extra-{number}.html"
        extra.write_bytes(html([sentence(chance) for _ in range(30)], title=f"Extra {number}", page=f"extra-{number}"))
        fresh, begun = Library(home, shipped=home / "none"), time.perf_counter()
        fresh.add(extra)
        added = time.perf_counter() - begun
        update(fresh, Generations(home), encoder)
        print(f"  one more: {added:.2f} s to add, {time.perf_counter() - begun - added:.2f} s to index")


def measure_similarity() -> None:
    """How the measured likeness of a text of 600 words falls with the words changed."""
    chance = random.Random(3)
    words = " ".join(sentence(chance) for _ in range(40)).split()
    for share in (0.0, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2):
        found = []
        for _ in range(200):
            other = [chance.choice(WORDS) + "x" if chance.random() < share else word for word in words]
            found.append(resemblance(sketch(" ".join(words)), sketch(" ".join(other))))
        print(f"  {share:4.0%} of the words changed: {np.mean(found):.3f} (from {min(found):.3f} to {max(found):.3f})")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--pdfs", type=int, default=200)
    parser.add_argument("--library", type=int, default=10_000)
    parser.add_argument("--model", action="store_true", help="embed with the real model")
    parser.add_argument("--similarity", action="store_true", help="only how likeness falls with changed words")
    options = parser.parse_args(arguments)
    if options.similarity:
        measure_similarity()
        return 0
    with tempfile.TemporaryDirectory() as folder:
        encoder: Encoder = open_encoder(DEFAULT_MODEL, Path(folder), report=print) if options.model else StandIn()
        if options.library:
            measure_one_more(Path(folder) / "large", encoder, options.library)
        if options.pages + options.pdfs:
            measure(Path(folder) / "mixed", encoder, options.pages, options.pdfs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
