"""A run of the bench as text, each figure with its goal where it has one, and its sizes as an SVG. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from evals.bench.compare import RATIO
from evals.bench.measurements import Figure, Part

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
LINES = {
    "search, warm, p50 ms": "#1b6ca8",
    "search, warm, p95 ms": "#6fa8d6",
    "answer, warm, p95 ms": "#7a5195",
    "search, whole process s": "#c0392b",
    "ask, whole process s": "#e08e79",
    "update with 1000 passages s": "#b3541e",
    "build s": "#8a6d3b",
    "memory MB": "#4f7942",
}
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 720, 380, 60, 50, 20
_DECADES = range(-1, 5)


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


def plot(results: Mapping[str, Mapping[str, Figure]]) -> str:
    """Both axes logarithmic, one line a figure; sizes as they are in `results`."""
    sizes = sorted(int(size) for size in results)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
    ]
    for decade in _DECADES:
        y = _y(10.0**decade)
        parts.append(f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH - 200}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**decade:g}</text>')
    for size in sizes:
        parts.append(f'<text x="{_x(size, sizes):.1f}" y="{_HEIGHT - 28}" text-anchor="middle">{size:,}</text>')
    parts.append(f'<text x="{(_WIDTH - 140) / 2}" y="{_HEIGHT - 8}" text-anchor="middle">passages</text>')
    for number, (name, colour) in enumerate(LINES.items()):
        points = [(_x(size, sizes), _y(results[str(size)][name].value)) for size in sizes if name in results[str(size)]]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
        parts.append(f'<text x="{_WIDTH - 190}" y="{40 + 20 * number}" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _x(size: int, sizes: Sequence[int]) -> float:
    low, high = math.log10(sizes[0]), math.log10(sizes[-1])
    share = (math.log10(size) - low) / (high - low) if high > low else 0.5
    return _LEFT + 20 + share * (_WIDTH - 200 - _LEFT - 40)


def _y(value: float) -> float:
    low, high = _DECADES[0], _DECADES[-1]
    share = (math.log10(max(value, 10.0**low)) - low) / (high - low)
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _BOTTOM - _TOP)
