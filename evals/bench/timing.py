"""What is measured of speed: whole processes, warm questions, building and updating, memory and disk."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from bot.answering.answerer import Answerer
from evals.bench.measurements import Figure, Figures
from evals.stats import percentile
from index.build.update import update
from index.encoder import Encoder
from index.files.generations import Generations
from index.model.reference import DEFAULT_MODEL, unpacked
from index.search import Index
from index.vectors.flat import ROWS_FILE
from sources.collection.library import LIBRARY_FOLDER, Library

QUESTION = "Why did Pakistan close the Torkham crossing in October 2025?"
COMMAND = (sys.executable, "-c", "from bot.cli import main; main()")
CONTENDED = "search, warm, every core busy : quiet, times"
SHARES = (50, 95, 99)
BUILDS = 3
_ASKED = ("What is known of this: {}?", "Why did this come about: {}?", "Who said what of this: {}?")


def process(command: Sequence[str]) -> tuple[float, float]:
    """Seconds and peak memory (MB) of a whole process; RuntimeError when it fails (3, a refusal, is none)."""
    launched = (sys.executable, "-m", "evals.bench.launch", *command)
    seconds, status, memory = subprocess.run(launched, capture_output=True, text=True, check=True).stdout.split()
    if status not in {"0", "3"}:
        raise RuntimeError(f"{' '.join(command[:3])} … ended with status {status}")
    return float(seconds), float(memory) / 1e6


def commands(home: Path, *, rounds: int) -> Figures:
    """`ask` and `search` as whole processes, in turn, so that both meet the same load: seconds, and the most memory."""
    taken: dict[str, list[tuple[float, float]]] = {"ask": [], "search": []}
    for number in range(rounds + 1):
        for name, runs in taken.items():
            run = process((*COMMAND, "--home", str(home), "--quiet", name, QUESTION, "--json"))
            if number:  # the first one brings the files into memory and the index up to date
                runs.append(run)
    figures: Figures = {}
    for name, runs in taken.items():
        figures[f"{name}, whole process s"] = Figure.of([seconds for seconds, _ in runs])
        figures[f"{name}, peak memory MB"] = Figure(max(memory for _, memory in runs))
    return figures


def peer(home: Path, *, rounds: int) -> Figures:
    """The same question by sentence-transformers and FAISS, as whole processes."""
    vectors = Generations(home).path() / ROWS_FILE
    with unpacked(DEFAULT_MODEL, report=lambda _: None) as (folder, _):
        command = (sys.executable, "-m", "evals.bench.peers.dense", folder, str(vectors), QUESTION)
        process(command)
        runs = [process(command) for _ in range(rounds)]
    return {
        "sentence-transformers + FAISS, whole process s": Figure.of([seconds for seconds, _ in runs]),
        "sentence-transformers + FAISS, peak memory MB": Figure(max(memory for _, memory in runs)),
    }


def questions(index: Index, count: int) -> list[str]:
    """As many different questions as the library has headings for, asked in three ways."""
    headings = [d.text[h.start : h.end].strip() for d in index.documents() if not d.explainers for h in d.headings]
    return [form.format(heading) for form in _ASKED for heading in dict.fromkeys(headings)][:count]


def warm(index: Index, *, count: int) -> Figures:
    """Searching and answering inside a process that runs already; every question is new to it."""
    asked, answerer = questions(index, count), Answerer(index)
    for text in ("warm", "the border", QUESTION):
        answerer.answer(text)
    half = len(asked) // 2
    return spread("search, warm", [seconds(partial(index.search, text, 10)) for text in asked[:half]]) | spread(
        "answer, warm", [seconds(partial(answerer.answer, text)) for text in asked[half:]]
    )


def spread(name: str, taken: Sequence[float]) -> Figures:
    """The 50th, 95th and 99th percentile of some seconds, in ms."""
    return {f"{name}, p{share} ms": Figure(1000 * percentile(taken, share / 100)) for share in SHARES}


def contended(index: Index, *, count: int) -> Figures:
    """Warm searches beside as many busy processes as there are cores, against quiet ones; new questions for each."""
    asked = questions(index, 2 * count)
    half = len(asked) // 2
    quiet = statistics.median(seconds(partial(index.search, text, 10)) for text in asked[:half])
    others = [subprocess.Popen((sys.executable, "-c", "while True: pass")) for _ in range(os.cpu_count() or 1)]
    try:
        busy = statistics.median(seconds(partial(index.search, text, 10)) for text in asked[half:])
    finally:
        for other in others:
            other.kill()
            other.wait()
    return {CONTENDED: Figure(busy / quiet)}


def building(home: Path, encoder: Encoder) -> Figures:
    """The index of the shipped library from vectors at hand, then one document changed, another and a third; in a home of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        place, shipped = Path(scratch) / "home", Path(scratch) / "library"
        shutil.copytree(LIBRARY_FOLDER, shipped)
        cache = Generations(home).root / "cache"
        if cache.is_dir():
            shutil.copytree(cache, Generations(place).root / "cache")
        library = Library(place, shipped=shipped)
        update(library, Generations(place), encoder)  # fills in what the cache has not
        built = [seconds(lambda: update(library, Generations(place), encoder, full=True)) for _ in range(BUILDS)]
        changed = []
        for brief in sorted(shipped.glob("*.md"))[:BUILDS]:
            text = brief.read_text(encoding="utf-8")
            brief.write_text(text.replace("Pakistan", "Pakistan itself", 1), encoding="utf-8")
            changed.append(seconds(lambda: update(Library(place, shipped=shipped), Generations(place), encoder)))
    return {
        "build from cached vectors s": Figure.of(built),
        "update after one changed document s": Figure.of(changed),
    }


def opening(home: Path, encoder: Encoder, *, rounds: int) -> Figures:
    """Opening the index when the files are in memory."""
    runs = [seconds(lambda: Index.open(home, encoder).close()) for _ in range(rounds)]
    return {"open ms": Figure.of(runs, scale=1000)}


def disk(home: Path) -> Figures:
    """What the home holds, in MB."""
    folders = {"model": home / "model", "serving generation": Generations(home).path()}
    return {f"{name} on disk MB": Figure(size(folder) / 1e6) for name, folder in folders.items()}


def seconds(work: Callable[[], object]) -> float:
    """How long some work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def size(folder: Path) -> int:
    """The bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
