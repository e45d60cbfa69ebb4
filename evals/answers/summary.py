"""The figures of an evaluation of answers, from its results: overall, by type, by language, against the goals. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evals.answers.run import Result
from evals.stats import Rate, percentile

OFF_TOPIC = ("unans_regional", "unans_general", "unans_chat_injection")
GROUP = ("hit1", "hit5", "hit10", "evidence", "sides", "refused")


@dataclass(frozen=True, slots=True)
class Goal:
    """A rate that has to be reached, or (`most`) must not be passed."""

    name: str
    rate: Rate
    bound: float
    most: bool = False

    @property
    def met(self) -> bool | None:
        """Whether it is; None where there was nothing to measure."""
        if self.rate.value is None:
            return None
        return self.rate.value <= self.bound if self.most else self.rate.value >= self.bound


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run came to. Rates carry their counts; `groups` has a row for all, each type and each language."""

    results: tuple[Result, ...]
    goals: tuple[Goal, ...]
    groups: dict[str, dict[str, dict[str, Rate]]]
    abstention: dict[str, Rate]
    checks: dict[str, Rate]
    sizes: dict[str, float]
    seconds: dict[str, float]

    @property
    def failures(self) -> list[Result]:
        """What went wrong and could have gone right, and what a person has to read."""
        return [
            r for r in self.results if (not r.right and not r.read and r.held is not False) or r.bare or not r.exact
        ]

    @property
    def missing(self) -> list[Result]:
        """The questions that nothing in the library answers."""
        return [r for r in self.results if r.held is False and not r.right]

    @property
    def to_read(self) -> list[Result]:
        """What only a person can judge: a cited correction of a wrong premise is right, going along with it is not."""
        return [r for r in self.results if r.read]


def summarise(results: Sequence[Result]) -> Summary:
    """All figures of a run."""
    answered = [r for r in results if not r.abstained]
    seconds = [r.seconds for r in results]
    return Summary(
        results=tuple(results),
        goals=tuple(_goals(results)),
        groups={
            "all": {"all": group(results)},
            "type": {name: group(rows) for name, rows in _by(results, lambda r: r.case.type)},
            "language": {name: group(rows) for name, rows in _by(results, lambda r: r.case.lang)},
        },
        abstention=abstention(results),
        checks={
            "answers with every quote exact": Rate.of(r.exact for r in results),
            "answers without a bare claim": Rate.of(not r.bare for r in answered),
            "evidence, where the library holds it": Rate.of(r.evidence for r in results if r.held),
            "both sides named, evidence or not": Rate.of(r.sides_alone for r in results),
        },
        sizes={
            "quotes an answer": _mean(r.quotes for r in answered),
            "characters an answer": _mean(r.characters for r in answered),
            "bare claims": sum(r.bare for r in results),
            "quotes dated outside the window asked about": sum(r.outside or 0 for r in results),
            "quotes in answers with a window": sum(r.quotes for r in results if r.outside is not None),
        },
        seconds={
            "p50": percentile(seconds, 0.5),
            "p95": percentile(seconds, 0.95),
            "longest": max(seconds, default=0.0),
        },
    )


def group(results: Sequence[Result]) -> dict[str, Rate]:
    """The rates of some results, by the names of GROUP."""
    return {
        "hit1": Rate.of(r.hit1 for r in results),
        "hit5": Rate.of(r.hit5 for r in results),
        "hit10": Rate.of(r.hit10 for r in results),
        "evidence": Rate.of(r.evidence for r in results),
        "sides": Rate.of(r.sides for r in results),
        "refused": Rate.of(r.abstained for r in results),
    }


def abstention(results: Sequence[Result]) -> dict[str, Rate]:
    """Precision, recall (all, and for each kind of unanswerable question), and refusals of what can be answered."""
    unanswerable = [r for r in results if not r.case.answerable]
    rates = {
        "precision": Rate.of(not r.case.answerable for r in results if r.abstained),
        "recall": Rate.of(r.abstained for r in unanswerable),
        "recall, those to be read left out": Rate.of(r.abstained for r in unanswerable if not r.read),
    }
    for name, rows in _by(unanswerable, lambda r: r.case.type):
        rates[f"recall {name}"] = Rate.of(r.abstained for r in rows)
    rates["over-refusal"] = Rate.of(r.abstained for r in results if r.case.answerable)
    return rates


def as_json(summary: Summary) -> dict[str, Any]:
    """One object; `cases` has a row for each question, by which two runs are compared."""
    return {
        "questions": len(summary.results),
        "goals": [
            {"name": g.name, **rate_json(g.rate), "bound": g.bound, "most": g.most, "met": g.met} for g in summary.goals
        ],
        "groups": {
            kind: {name: {key: rate_json(rate) for key, rate in rates.items()} for name, rates in rows.items()}
            for kind, rows in summary.groups.items()
        },
        "abstention": {name: rate_json(rate) for name, rate in summary.abstention.items()},
        "checks": {name: rate_json(rate) for name, rate in summary.checks.items()},
        "sizes": summary.sizes,
        "seconds": {name: round(value, 4) for name, value in summary.seconds.items()},
        "cases": [case_json(result) for result in summary.results],
    }


def rate_json(rate: Rate) -> dict[str, Any]:
    """A rate with its value."""
    return {"value": rate.value, **asdict(rate)}


def case_json(result: Result) -> dict[str, Any]:
    """A result as a flat row."""
    row = {name: value for name, value in asdict(result).items() if name not in {"case", "shown"}}
    case = {name: getattr(result.case, name) for name in ("id", "question", "type", "lang", "answerable", "note")}
    return {**case, **row, "right": result.right, "read": result.read, "shown": list(result.shown)}


def _goals(results: Sequence[Result]) -> Iterable[Goal]:
    def evidence(wanted: Callable[[Result], bool]) -> Rate:
        return Rate.of(r.evidence for r in results if wanted(r))

    def refused(*types: str) -> Rate:
        return Rate.of(r.abstained for r in results if r.case.type in types)

    yield Goal("evidence, English facts", evidence(lambda r: r.case.type == "factoid" and r.case.lang == "en"), 0.88)
    yield Goal("evidence, why and how", evidence(lambda r: r.case.type == "why_how"), 0.80)
    yield Goal("evidence, follow-ups", evidence(lambda r: r.case.type == "follow_up"), 0.80)
    yield Goal("evidence, other languages than English", evidence(lambda r: r.case.lang != "en"), 0.80)
    yield Goal("both sides, disputed", Rate.of(r.sides for r in results if r.case.type == "disputed"), 0.85)
    yield Goal("refused, off-topic, chat, injection", refused(*OFF_TOPIC), 0.98)
    yield Goal("refused, near-topic", refused("unans_near_topic"), 0.70)
    yield Goal("refused though answerable", Rate.of(r.abstained for r in results if r.case.answerable), 0.06, most=True)
    yield Goal("answers with every quote exact", Rate.of(r.exact for r in results), 1.0)
    yield Goal("answers with a bare claim", Rate.of(bool(r.bare) for r in results if not r.abstained), 0.0, most=True)
    yield Goal("answered within 150 ms", Rate.of(r.seconds <= 0.15 for r in results), 0.95)


def _by(results: Sequence[Result], key: Callable[[Result], str]) -> list[tuple[str, list[Result]]]:
    names = dict.fromkeys(key(result) for result in results)
    return [(name, [result for result in results if key(result) == name]) for name in names]


def _mean(values: Iterable[int]) -> float:
    every = list(values)
    return round(sum(every) / len(every), 1) if every else 0.0
