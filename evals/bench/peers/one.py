"""One peer in its own environment: builds its index, or answers questions from it; figures as one JSON line.

PYTHON evals/bench/peers/one.py PEER build|ask MODEL FOLDER CORPUS.jsonl QUESTIONS.jsonl

PEER is a module beside this file; with no more than one question `ask` is what a cold start costs.
"""

from __future__ import annotations

import importlib
import json
import statistics
import sys
import time
from importlib.metadata import version
from pathlib import Path


def main(arguments: list[str]) -> None:
    """Build or ask."""
    peer, what, model, place, corpus, questions = arguments
    sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[3])]
    module, folder = importlib.import_module(peer), Path(place)
    started = time.perf_counter()  # a peer imports its packages inside its functions, so that this is counted
    if what == "build":
        rows = _lines(corpus)
        module.build(model, folder, [str(row["id"]) for row in rows], [str(row["text"]) for row in rows])
        result: dict[str, object] = {"build s": time.perf_counter() - started, "versions": _versions(peer)}
    else:
        asked, found, taken = _lines(questions), {}, []
        search = module.opened(model, folder)
        for row in asked:
            begun = time.perf_counter()
            found[str(row["id"])] = search(str(row["text"]), 10)
            taken.append(1000 * (time.perf_counter() - begun))
        result = {"warm ms": statistics.median(taken[len(taken) // 5 :]), "found": found}
    print(json.dumps({**result, "memory MB": _peak()}))


def _versions(peer: str) -> dict[str, str]:
    """What the peer's file of requirements names, as it is installed; this project has none."""
    path = Path(__file__).with_name(f"{peer.removeprefix('with_')}.txt")
    lines = path.read_text(encoding="utf-8").split() if path.exists() else ["torkham"]
    return {name: version(name) for name in (line.split("==")[0] for line in lines)}


def _peak() -> float:
    """The most memory of this process, MB; that of the one that started it is not counted in."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) * 1024 / 1e6 for line in status.splitlines() if line.startswith("VmHWM:"))


def _lines(path: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main(sys.argv[1:])
