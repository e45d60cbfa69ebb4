"""A run of the bench: its figures in parts, with what the machine was doing before each, as JSON and back."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sources.errors import LoadError


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, its unit in its name; of several runs the median, with the least and the most of them."""

    value: float
    low: float | None = None
    high: float | None = None
    runs: int = 1

    @classmethod
    def of(cls, values: Sequence[float], *, scale: float = 1.0) -> Figure:
        """The median of some runs, each times `scale`."""
        scaled = [scale * value for value in values]
        return cls(statistics.median(scaled), min(scaled), max(scaled), len(scaled))


Figures = dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Part:
    """Figures taken together; before them the load average and the cores that other processes kept busy."""

    load: float
    busy: float
    figures: Mapping[str, Figure]
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """All parts of a run by name: shipped, embedding, sizes/1000, peers/txtai."""

    date: str
    cores: int
    versions: Mapping[str, str]
    parts: Mapping[str, Part]

    def group(self, name: str) -> dict[str, Part]:
        """The parts below a name, `sizes` say, without it."""
        return {part.removeprefix(f"{name}/"): self.parts[part] for part in self.parts if part.startswith(f"{name}/")}


def run_json(run: Run) -> dict[str, Any]:
    """A run as JSON, `sizes/1000` being 1000 inside sizes."""
    parts: dict[str, Any] = {}
    for name, part in run.parts.items():
        *groups, last = name.split("/")
        place = parts
        for group in groups:
            place = place.setdefault(group, {})
        place[last] = {"load": part.load, "busy": part.busy, "figures": figures_json(part.figures)}
        if part.versions:
            place[last]["versions"] = dict(part.versions)
    return {"date": run.date, "cores": run.cores, "versions": dict(run.versions), "parts": parts}


def figures_json(figures: Mapping[str, Figure]) -> dict[str, Any]:
    """Figures as JSON: a number, or the median of some runs with the least and the most."""
    return {name: _figure_json(figure) for name, figure in figures.items()}


def _figure_json(figure: Figure) -> Any:
    if figure.runs == 1:
        return figure.value
    known = {"value": figure.value, "min": figure.low, "max": figure.high, "runs": figure.runs}
    return {name: value for name, value in known.items() if value is not None}


def read_figures(raw: Mapping[str, Any]) -> Figures:
    """What `figures_json` made; ValueError, TypeError or KeyError for anything else."""
    return {name: _figure(value) for name, value in raw.items()}


def _figure(raw: Any) -> Figure:
    if isinstance(raw, dict):
        return Figure(float(raw["value"]), raw.get("min"), raw.get("max"), int(raw["runs"]))
    return Figure(float(raw))


def read_run(path: Path) -> Run:
    """An earlier run; LoadError when it is none."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        parts = _parts(raw["parts"], "")
        return Run(str(raw["date"]), int(raw["cores"]), dict(raw["versions"]), parts)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise LoadError(f"{path} is not a run that `python -m evals.bench.run --out` wrote: {error!r}.") from error


def _parts(raw: Mapping[str, Any], above: str) -> dict[str, Part]:
    parts: dict[str, Part] = {}
    for name, value in raw.items():
        if "figures" in value:
            figures, versions = read_figures(value["figures"]), dict(value.get("versions", {}))
            parts[above + name] = Part(float(value["load"]), float(value["busy"]), figures, versions)
        else:
            parts |= _parts(value, f"{above}{name}/")
    return parts
