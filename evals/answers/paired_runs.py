"""Two runs over the same questions, paired: what each one alone got right, and whether that can be chance."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.stats import mcnemar
from sources.errors import LoadError

OUTCOMES = {"right": "right", "evidence": "evidence", "sides": "both sides", "hit5": "hit@5", "hit10": "hit@10"}


@dataclass(frozen=True, slots=True)
class Pair:
    """One outcome over the questions that both runs have; `p` is McNemar's, exact and two-sided."""

    name: str
    questions: int
    before: int
    after: int
    gained: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def p(self) -> float:
        """How likely a difference of this size is by chance."""
        return mcnemar(len(self.gained), len(self.lost))


def read_run(path: Path) -> list[dict[str, Any]]:
    """The rows of a run that `torkham eval answers --json` wrote; LoadError when it is none."""
    try:
        cases: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cases"]
        if not all({"id", "question"} <= case.keys() for case in cases):
            raise ValueError("a case has no id or no question")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise LoadError(f"{path} is not a run that `torkham eval answers --json` wrote: {error!r}.") from error
    return cases


def compare(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[Pair]:
    """Every outcome of the questions that both runs have, matched by id and wording; LoadError when there are none."""
    old = {(case["id"], case["question"]): case for case in before}
    both = [(old[key], case) for case in after if (key := (case["id"], case["question"])) in old]
    if not both:
        raise LoadError("The two runs have no question in common: compare runs over the same file.")
    pairs = []
    for field, name in OUTCOMES.items():
        known = [(a, b) for a, b in both if a.get(field) is not None and b.get(field) is not None]
        if known:
            pairs.append(
                Pair(
                    name,
                    len(known),
                    sum(bool(a[field]) for a, _ in known),
                    sum(bool(b[field]) for _, b in known),
                    tuple(b["id"] for a, b in known if b[field] and not a[field]),
                    tuple(b["id"] for a, b in known if a[field] and not b[field]),
                )
            )
    return pairs


def pairs_json(pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """The comparison as JSON."""
    return [
        {
            "outcome": pair.name,
            "questions": pair.questions,
            "before": pair.before,
            "after": pair.after,
            "gained": list(pair.gained),
            "lost": list(pair.lost),
            "p": pair.p,
        }
        for pair in pairs
    ]
