"""A run of the bench as text, each figure with its goal where it has one. Pure."""

from __future__ import annotations

from evals.bench.compare import RATIO
from evals.bench.figures import Figure, Part

MOST = {
    "ask, whole process s": 0.7,
    "search, warm, every core busy : quiet, times": 3.0,
    "search, warm, p95 ms": 15.0,
    "answer, warm, p95 ms": 150.0,
}  # of the shipped library
MOST_AT_A_MILLION = {
    "open ms": 200.0, "memory MB": 1500.0, "update with 1000 passages s": 60.0, "search, warm, p50 ms": 25.0,
    "search, warm, p95 ms": 60.0,
}  # fmt: skip
LEAST = {RATIO: 5.0}
LEAST_AT_A_MILLION = {"recall@10 of questions": 0.98}


def part_table(name: str, part: Part) -> str:
    """One part: a line for each figure, with the least and the most of several runs."""
    lines = [f"{name} (load {part.load:.1f}, others keep {part.busy:.1f} cores busy)"]
    lines += [f"  {key} {value}" for key, value in part.versions.items()]
    for title, figure in part.figures.items():
        spread = "" if figure.low is None else f"  {figure.low:.3f} to {figure.high:.3f}, {figure.runs} runs"
        lines.append(f"  {title:56} {figure.value:10.3f}{spread}{_goal(name, title, figure)}")
    return "\n".join(lines)


def _goal(part: str, title: str, figure: Figure) -> str:
    most = {"shipped": MOST, "sizes/1000000": MOST_AT_A_MILLION}.get(part, {}).get(title)
    least = {"shipped": LEAST, "sizes/1000000": LEAST_AT_A_MILLION}.get(part, {}).get(title)
    if most is not None:
        return f"  goal ≤ {most:g}: {'met' if figure.value <= most else 'MISSED'}"
    if least is not None:
        return f"  goal ≥ {least:g}: {'met' if figure.value >= least else 'MISSED'}"
    return ""
