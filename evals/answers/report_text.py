"""A summary as lines for the terminal. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.rendering import clean
from evals.answers.paired_runs import Pair
from evals.answers.run import Result
from evals.answers.summary import GROUP, Summary
from evals.stats import Rate

TITLES = {
    "hit1": "hit@1",
    "hit5": "hit@5",
    "hit10": "hit@10",
    "evidence": "evidence",
    "sides": "both sides",
    "refused": "refused",
}


def lines(summary: Summary, pairs: Sequence[Pair] = ()) -> Iterator[str]:
    """Everything, the failures last."""
    yield f"{len(summary.results)} questions; rates with their counts and the 95 % interval of a bootstrap over questions"
    yield ""
    for goal in summary.goals:
        mark = {True: "met", False: "MISSED", None: "–"}[goal.met]
        yield f"{goal.name:40} {rate(goal.rate):34} goal {'≤' if goal.most else '≥'} {goal.bound:.2f}  {mark}"
    for rows in summary.groups.values():
        yield ""
        yield f"{'':22}" + "".join(f"{TITLES[name]:>16}" for name in GROUP)
        for label, rates in rows.items():
            yield f"{label:22}" + "".join(f"{short(rates[name]):>16}" for name in GROUP)
    yield ""
    for name, value in {**summary.abstention, **summary.checks}.items():
        yield f"{name:40} {rate(value)}"
    for name, size in summary.sizes.items():
        yield f"{name:48} {size:g}"
    yield "seconds " + ", ".join(f"{name} {value:.3f}" for name, value in summary.seconds.items())
    yield from _paired(pairs)
    yield from _listed("Failures", summary.failures)
    yield from _listed("Not in the library", summary.missing)
    yield from _listed(
        "For a person to read (a cited correction is right, going along with the premise is not)", summary.to_read
    )


def rate(value: Rate) -> str:
    """`0.895 (51 of 57) [0.81, 0.96]`."""
    if value.value is None or value.low is None or value.high is None:
        return "–"
    return f"{value.value:.3f} ({value.right} of {value.total}) [{value.low:.2f}, {value.high:.2f}]"


def short(value: Rate) -> str:
    """`0.895 51/57`."""
    return "–" if value.value is None else f"{value.value:.3f} {value.right}/{value.total}"


def faults(result: Result) -> str:
    """What went wrong, in words."""
    found = []
    if result.case.answerable and result.abstained:
        found.append(f"refused ({result.reason})")
    elif result.evidence is False:
        found.append("evidence not shown" + ("" if result.hit10 else ", not among the first ten passages"))
    elif result.sides is False:
        found.append("a side is missing")
    if not result.case.answerable and not result.abstained:
        found.append("answered")
    found += ["a claim is bare"] if result.bare else []
    found += [] if result.exact else ["a quote is not exact"]
    return "; ".join(found)


def _paired(pairs: Sequence[Pair]) -> Iterator[str]:
    if pairs:
        yield ""
        yield "Against the earlier run (McNemar's exact test)"
    for pair in pairs:
        yield (
            f"{pair.name:12} {pair.before} -> {pair.after} of {pair.questions}, p = {pair.p:.3f};"
            f" gained {' '.join(pair.gained) or 'none'}; lost {' '.join(pair.lost) or 'none'}"
        )


def _listed(title: str, results: Sequence[Result]) -> Iterator[str]:
    if not results:
        return
    yield ""
    yield f"{title}: {len(results)}"
    for result in results:
        yield f"{clean(result.case.id)} [{result.case.type}, {result.case.lang}] {clean(result.case.question)}"
        yield f"    {faults(result)}"
        for text in result.shown:
            yield "    · " + clean(text).replace("\n", " ")
