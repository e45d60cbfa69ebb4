"""What changed between two runs of the bench: worse, better, or the machine's and the others' own. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from evals.bench.measurements import Run

CLEARLY = 1.2  # times as much, or as little, from which a figure has changed
RARELY = 1.5  # the same for a 99th percentile, which hangs on two of 200 questions
SHARE = 0.005  # by which a recall or an nDCG, 0..1, has changed
RATIO = "sentence-transformers + FAISS : search, times"
_SHARES = ("recall@10", "nDCG@10")
_MORE = ("a second", "share of the", "GFLOP/s of embedding", RATIO)
_MACHINE = ("peak G", "GFLOP a passage", "tokens a passage", "lists read")
_USUAL = "sentence-transformers + FAISS"
Sense = Literal["less", "more", "share", "none"]
Verdict = Literal["worse", "better", "others"]


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that is clearly another; `noise` is what is known of both machines before the part."""

    part: str
    name: str
    verdict: Verdict
    before: float
    after: float
    noise: str

    @property
    def factor(self) -> float:
        """How many times as large the larger of the two is."""
        low, high = sorted((self.before, self.after))
        return high / low if low > 0 else float("inf")

    def __str__(self) -> str:
        place = f"{self.part}, {self.name}: {self.before:.4g} -> {self.after:.4g}"
        return f"{self.verdict}: {place}, {self.factor:.2f} times ({self.noise})"


def sense(part: str, name: str) -> Sense:
    """Whether less or more of a figure is better; "share": more, in steps of SHARE; "none": it is not ours to judge."""
    if part.startswith("peers/") and part != "peers/torkham":
        return "none"
    if any(word in name for word in _SHARES):
        return "share"
    if any(word in name for word in _MORE):
        return "more"
    if name.startswith(_USUAL) or any(word in name for word in _MACHINE):
        return "none"
    return "less"


def changes(before: Run, after: Run) -> list[Change]:
    """Every figure that both runs have and that is clearly another, as the later run has them in order."""
    return [change for name in after.parts if name in before.parts for change in _of_part(name, before, after)]


def _of_part(part: str, before: Run, after: Run) -> Iterator[Change]:
    old, new = before.parts[part], after.parts[part]
    noise = f"load {old.load:.1f} -> {new.load:.1f}, others {old.busy:.1f} -> {new.busy:.1f} cores"
    for name, figure in new.figures.items():
        if name in old.figures:
            past = old.figures[name].value
            if verdict := judged(sense(part, name), past, figure.value, RARELY if "p99" in name else CLEARLY):
                yield Change(part, name, verdict, past, figure.value, noise)


def judged(meaning: Sense, before: float, after: float, clearly: float = CLEARLY) -> Verdict | None:
    """What a change of one figure means; None where it is none, `clearly` times as much being one."""
    if meaning == "share":
        if abs(after - before) <= SHARE:
            return None
        return "better" if after > before else "worse"
    low, high = sorted((before, after))
    if high <= 0 or high <= clearly * low:
        return None
    if meaning == "none":
        return "others"
    return "better" if (after > before) == (meaning == "more") else "worse"


def missing(before: Run, after: Run) -> list[str]:
    """What an earlier run had and this one has not: whole parts, and figures of parts that both have."""
    lines = [f"not in this run: {part}" for part in before.parts if part not in after.parts]
    for part, old in before.parts.items():
        if part in after.parts:
            lines += [
                f"not in this run: {part}, {name}" for name in old.figures if name not in after.parts[part].figures
            ]
    return lines


def report(before: Run, after: Run, found: Sequence[Change]) -> list[str]:
    """The comparison as lines: what got worse first, then what got better, the others, and what cannot be compared."""
    lines = [f"compared with the run of {before.date}:"]
    if before.cores != after.cores:
        lines.append(f"another machine: {before.cores} cores then, {after.cores} now")
    pairs = [(before.versions, after.versions)]
    pairs += [
        (before.parts[name].versions, part.versions) for name, part in after.parts.items() if name in before.parts
    ]
    lines += dict.fromkeys(line for old, new in pairs for line in _versions(old, new))
    for verdict in ("worse", "better", "others"):
        lines += [str(change) for change in found if change.verdict == verdict]
    if not found:
        steps = f"{CLEARLY} times (99th percentiles: {RARELY})"
        lines.append(f"nothing changed by more than {steps}, no recall or nDCG by more than {SHARE}")
    return [*lines, *missing(before, after)]


def _versions(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            yield f"another version: {name} {before.get(name)} -> {after.get(name)}"
