"""A summary as one self-contained web page. Pure; everything that comes from questions and documents is escaped once, here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from evals.answers.paired_runs import Pair
from evals.answers.report_text import TITLES, faults
from evals.answers.run import Result
from evals.answers.summary import GROUP, Goal, Summary
from evals.stats import Rate

_STYLE = """
:root{color-scheme:light dark;--ink:#1b2a33;--dim:#5a6872;--paper:#fff;--line:#dfe5e9;--bar:#9cc3d8;--good:#1d7a46;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#dde5ea;--dim:#93a2ad;--paper:#14191d;--line:#2b353c;--bar:#2f5f78;--good:#6cc795;--bad:#ff8a80}}
body{font:15px/1.5 system-ui,sans-serif;max-width:76rem;margin:2rem auto;padding:0 1rem;color:var(--ink);background:var(--paper)}
h1{font-size:1.5rem;margin-bottom:.2rem}h2{margin:2.5rem 0 .6rem;font-size:1.15rem}p.dim,.dim{color:var(--dim)}
.wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
td,th{padding:.25rem .8rem .25rem 0;text-align:left;font-weight:400;border-bottom:1px solid var(--line);
 vertical-align:middle;white-space:nowrap}
thead th{color:var(--dim);font-size:.85rem}
.rate{min-width:7.5rem}.rate small{color:var(--dim);margin-left:.35rem}
.track{display:block;height:.4rem;width:6.5rem;background:var(--line);border-radius:.2rem;position:relative;margin-top:.15rem}
.fill{display:block;height:100%;background:var(--bar);border-radius:.2rem}
.span{position:absolute;top:-.12rem;height:.64rem;border:solid var(--dim);border-width:0 1px;box-sizing:border-box}
.span::after{content:"";position:absolute;left:0;right:0;top:50%;border-top:1px solid var(--dim)}
.goal{position:absolute;top:-.25rem;height:.9rem;width:2px;background:var(--bad)}
.met{color:var(--good)}.missed{color:var(--bad);font-weight:600}
details{border-bottom:1px solid var(--line);padding:.45rem 0}summary{cursor:pointer}
summary b{font-weight:600}summary .dim{font-size:.85rem;margin-left:.4rem}
details ul{margin:.4rem 0 .4rem 1rem;padding-left:.8rem}details li{margin:.25rem 0;overflow-wrap:anywhere}
"""


def page(summary: Summary, *, title: str, about: str, pairs: Sequence[Pair] = ()) -> str:
    """The page; `about` says over what and when."""
    seconds, sizes = summary.seconds, summary.sizes
    body = [
        f"<h1>{escape(title)}</h1><p class='dim'>{escape(about)}. A bar is the rate, the bracket on it the 95 % interval of a"
        " bootstrap over the questions, a red line the goal; counts stand beside every rate.</p>",
        _section("Goals", _goals(summary.goals)),
        _paired(pairs),
        *(
            _section(f"By {kind}" if kind != "all" else "All questions", _group(rows))
            for kind, rows in summary.groups.items()
        ),
        _section("Saying no", _rates(summary.abstention)),
        _section("Checks", _rates(summary.checks)),
        _section(
            "Sizes and times", _plain({**sizes, **{f"seconds, {name}": round(v, 3) for name, v in seconds.items()}})
        ),
        _listed("Failures", summary.failures, "Nothing failed."),
        _listed("Not in the library", summary.missing, "Every question that has an answer has it in the library."),
        _listed(
            "For a person to read",
            summary.to_read,
            "Nothing.",
            "Claims where the premise is wrong or the question lies beyond the library's reach: a cited correction is right,"
            " going along with the premise is not.",
        ),
    ]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style>{''.join(body)}</html>\n"
    )


def _section(title: str, body: str) -> str:
    return f"<h2>{escape(title)}</h2><div class='wide'>{body}</div>"


def _bar(rate: Rate, goal: float | None = None) -> str:
    if rate.value is None or rate.low is None or rate.high is None:
        return "<td class='rate dim'>–"
    line = f"<i class='goal' style='left:calc({goal:.1%} - 1px)'></i>" if goal is not None else ""
    title = f"{rate.right} of {rate.total}, 95 % interval {rate.low:.3f} to {rate.high:.3f}"
    return (
        f"<td class='rate' title='{title}'>{rate.value:.3f}<small>{rate.right}/{rate.total}</small>"
        f"<span class='track'><i class='fill' style='width:{rate.value:.1%}'></i>"
        f"<i class='span' style='left:{rate.low:.1%};width:{rate.high - rate.low:.1%}'></i>{line}</span>"
    )


def _interval(rate: Rate) -> str:
    return "–" if rate.low is None or rate.high is None else f"{rate.low:.2f} to {rate.high:.2f}"


def _goals(goals: Sequence[Goal]) -> str:
    marks = {True: "<td class='met'>met", False: "<td class='missed'>missed", None: "<td class='dim'>not measured"}
    rows = "".join(
        f"<tr><th>{escape(goal.name)}{_bar(goal.rate, goal.bound)}<td class='dim'>{_interval(goal.rate)}"
        f"<td>{'at most' if goal.most else 'at least'} {goal.bound:.2f}{marks[goal.met]}"
        for goal in goals
    )
    return f"<table><thead><tr><th><th>rate<th>interval<th>goal<th></thead>{rows}</table>"


def _group(rows: Mapping[str, Mapping[str, Rate]]) -> str:
    head = "".join(f"<th>{TITLES[name]}" for name in GROUP)
    body = "".join(
        f"<tr><th>{escape(label)}{''.join(_bar(rates[name]) for name in GROUP)}" for label, rates in rows.items()
    )
    return f"<table><thead><tr><th>{head}</thead>{body}</table>"


def _rates(rates: Mapping[str, Rate]) -> str:
    rows = "".join(
        f"<tr><th>{escape(name)}{_bar(rate)}<td class='dim'>{_interval(rate)}" for name, rate in rates.items()
    )
    return f"<table>{rows}</table>"


def _plain(values: Mapping[str, float]) -> str:
    return f"<table>{''.join(f'<tr><th>{escape(name)}<td>{value:g}' for name, value in values.items())}</table>"


def _paired(pairs: Sequence[Pair]) -> str:
    if not pairs:
        return ""
    rows = "".join(
        f"<tr><th>{escape(pair.name)}<td>{pair.before}<td>{pair.after}<td>{pair.questions}<td>{pair.p:.3f}"
        f"<td style='white-space:normal'>{escape(' '.join(pair.gained)) or '–'}"
        f"<td style='white-space:normal'>{escape(' '.join(pair.lost)) or '–'}"
        for pair in pairs
    )
    head = "<thead><tr><th><th>before<th>after<th>of<th>p<th>gained<th>lost</thead>"
    return _section("Against the earlier run (McNemar's exact test)", f"<table>{head}{rows}</table>")


def _listed(title: str, results: Sequence[Result], none: str, note: str = "") -> str:
    head = f"<h2>{escape(title)} ({len(results)})</h2>" + (f"<p class='dim'>{escape(note)}</p>" if note else "")
    return head + ("".join(_case(result) for result in results) or f"<p>{escape(none)}</p>")


def _case(result: Result) -> str:
    case = result.case
    shown = "".join(f"<li dir='auto'>{escape(text)}" for text in result.shown) or "<li class='dim'>Nothing was shown."
    before = "".join(f"<p class='dim' dir='auto'>before: {escape(text)}</p>" for text in case.history)
    note = f"<p class='dim'>{escape(case.note)}</p>" if case.note else ""
    return (
        f"<details><summary><b>{escape(case.id)}</b> <bdi>{escape(case.question)}</bdi>"
        f"<span class='dim'>{escape(case.type)}, {escape(case.lang)}: {escape(faults(result))}</span></summary>"
        f"{before}{note}<ul>{shown}</ul></details>"
    )
