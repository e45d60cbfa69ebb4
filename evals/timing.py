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

from bot.answers import Answerer
from evals.rates import percentile
from index.encoder import Encoder
from index.generations import Generations
from index.model import DEFAULT, unpacked
from index.search import Index
from index.update import update
from index.writer import VECTORS
from sources.library import SHIPPED, Library

QUESTION = "Why did Pakistan close the Torkham crossing in October 2025?"
COMMAND = (sys.executable, "-c", "from bot.cli import main; main()")
CONTENDED = "search, warm, every core busy : quiet, p50"
Figures = dict[str, float]


def process(command: Sequence[str]) -> tuple[float, float]:
    """Seconds and peak memory (MB) of a whole process; RuntimeError when it fails (3, a refusal, is none)."""
    launched = (sys.executable, "-m", "evals.launch", *command)
    seconds, status, memory = subprocess.run(launched, capture_output=True, text=True, check=True).stdout.split()
    if status not in {"0", "3"}:
        raise RuntimeError(f"{' '.join(command[:3])} … ended with status {status}")
    return float(seconds), float(memory) / 1e6


def commands(home: Path, *, rounds: int) -> Figures:
    """`ask` and `search` as whole processes: the median, and the most memory."""
    figures: Figures = {}
    for name in ("ask", "search"):
        command = (*COMMAND, "--home", str(home), "--quiet", name, QUESTION, "--json")
        process(command)  # the first one brings the files into memory and the index up to date
        runs = [process(command) for _ in range(rounds)]
        figures[f"{name}, whole process, median s"] = statistics.median(seconds for seconds, _ in runs)
        figures[f"{name}, peak memory MB"] = max(memory for _, memory in runs)
    return figures


def peer(home: Path, *, rounds: int) -> Figures:
    """The same question by sentence-transformers and FAISS, as whole processes."""
    vectors = Generations(home).path() / VECTORS
    with unpacked(DEFAULT, report=lambda _: None) as (folder, _):
        command = (sys.executable, "-m", "evals.peer", folder, str(vectors), QUESTION)
        process(command)
        runs = [process(command) for _ in range(rounds)]
    return {
        "sentence-transformers + FAISS, whole process, median s": statistics.median(seconds for seconds, _ in runs),
        "sentence-transformers + FAISS, peak memory MB": max(memory for _, memory in runs),
    }


def questions(index: Index, count: int) -> list[str]:
    """As many different questions as the library has headings for."""
    headings = [d.text[h.start : h.end].strip() for d in index.documents() for h in d.headings]
    return [f"What is known of this: {heading}?" for heading in dict.fromkeys(headings)][:count]


def warm(index: Index, *, count: int) -> Figures:
    """Searching and answering inside a process that runs already; every question is new to it."""
    asked, answerer = questions(index, count), Answerer(index)
    for text in ("warm", "the border", QUESTION):
        answerer.answer(text)
    half = len(asked) // 2
    searching = [_seconds(partial(index.search, text, 10)) for text in asked[:half]]
    answering = [_seconds(partial(answerer.answer, text)) for text in asked[half:]]
    figures = {f"search, warm, p{share} ms": 1000 * percentile(searching, share / 100) for share in (50, 95, 99)}
    figures |= {f"answer, warm, p{share} ms": 1000 * percentile(answering, share / 100) for share in (50, 95, 99)}
    return figures


def contended(index: Index, *, count: int) -> Figures:
    """Warm searches beside as many busy processes as there are cores, against quiet ones; new questions for each."""
    asked = questions(index, 2 * count)
    half = len(asked) // 2
    quiet = statistics.median(_seconds(partial(index.search, text, 10)) for text in asked[:half])
    others = [subprocess.Popen((sys.executable, "-c", "while True: pass")) for _ in range(os.cpu_count() or 1)]
    try:
        busy = statistics.median(_seconds(partial(index.search, text, 10)) for text in asked[half:])
    finally:
        for other in others:
            other.kill()
            other.wait()
    return {CONTENDED: busy / quiet}


def building(home: Path, encoder: Encoder) -> Figures:
    """The index of the shipped library from vectors at hand, then one changed document; in a home of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        place, shipped = Path(scratch) / "home", Path(scratch) / "library"
        shutil.copytree(SHIPPED, shipped)
        cache = Generations(home).root / "cache"
        if cache.is_dir():
            shutil.copytree(cache, Generations(place).root / "cache")
        library = Library(place, shipped=shipped)
        update(library, Generations(place), encoder)  # fills in what the cache has not
        figures = {
            "build from cached vectors s": _seconds(lambda: update(library, Generations(place), encoder, full=True))
        }
        brief = sorted(shipped.glob("*.md"))[0]
        text = brief.read_text(encoding="utf-8")
        brief.write_text(text.replace("Pakistan", "Pakistan itself", 1), encoding="utf-8")
        figures["update after one changed document s"] = _seconds(
            lambda: update(Library(place, shipped=shipped), Generations(place), encoder)
        )
    return figures


def opening(home: Path, encoder: Encoder, *, rounds: int) -> Figures:
    """Opening the index when the files are in memory."""
    runs = [_seconds(lambda: Index.open(home, encoder).close()) for _ in range(rounds)]
    return {"open the index, median ms": 1000 * statistics.median(runs)}


def disk(home: Path) -> Figures:
    """What the home holds, in MB."""
    folders = {"model": home / "model", "serving generation": Generations(home).path()}
    return {f"{name} on disk MB": _size(folder) / 1e6 for name, folder in folders.items()}


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
