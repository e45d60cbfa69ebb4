"""Runs of the bench: kept as JSON, compared, judged by the sense of each figure, and shown with goals."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree

import pytest

from evals.bench import run as speed
from evals.bench.compare import RATIO, changes, judged, missing, report, sense
from evals.bench.machine import State, noise, ticks
from evals.bench.measurements import Figure, Part, Run, read_run, run_json
from evals.bench.report import part_table
from sources.errors import LoadError


def run(parts, *, cores=2, date="2026-11-22T20:00:00+00:00", **versions):
    taken = {name: Part(0.5, 0.0, {key: Figure(value) for key, value in part.items()}) for name, part in parts.items()}
    return Run(date, cores, {"python": "3.11.9", **versions}, taken)


def test_a_figure_of_several_runs_is_their_median_between_the_least_and_the_most():
    assert Figure.of([3.0, 1.0, 2.0], scale=1000) == Figure(2000.0, 1000.0, 3000.0, 3)


def test_a_run_comes_back_from_its_json_with_sizes_and_peers_inside_each_other(tmp_path):
    parts = {
        "shipped": Part(0.25, 0.0, {"ask, whole process s": Figure(0.6, 0.5, 0.9, 15), "open ms": Figure(2.0)}),
        "sizes/1000": Part(1.5, 0.75, {"open ms": Figure(3.0)}),
        "sizes/10000": Part(1.0, 0.0, {"open ms": Figure(4.0)}),
        "peers/txtai": Part(1.0, 0.0, {"cold s": Figure(6.8, 6.0, 7.0, 5)}, {"txtai": "9.14.0"}),
    }
    kept = Run("2026-11-22T20:00:00+00:00", 2, {"python": "3.11.9"}, parts)
    raw = run_json(kept)
    assert raw["parts"]["sizes"]["1000"] == {"load": 1.5, "busy": 0.75, "figures": {"open ms": 3.0}}
    assert raw["parts"]["shipped"]["figures"]["ask, whole process s"] == {
        "value": 0.6,
        "min": 0.5,
        "max": 0.9,
        "runs": 15,
    }
    (tmp_path / "run.json").write_text(json.dumps(raw))
    assert read_run(tmp_path / "run.json") == kept
    assert list(kept.group("sizes")) == ["1000", "10000"]


@pytest.mark.parametrize(
    "text", ["", "[]", '{"figures": {"ask": 1}}', '{"date": "", "cores": 2, "versions": {}, "parts": {"x": 1}}']
)
def test_what_is_no_run_is_refused_with_its_name(tmp_path, text):
    (tmp_path / "old.json").write_text(text)
    with pytest.raises(LoadError, match=r"old\.json is not a run that"):
        read_run(tmp_path / "old.json")


@pytest.mark.parametrize(
    ("part", "name", "meaning"),
    [
        ("shipped", "ask, whole process s", "less"),
        ("shipped", "search, warm, every core busy : quiet, times", "less"),
        ("shipped", RATIO, "more"),
        ("shipped", "sentence-transformers + FAISS, whole process s", "none"),
        ("embedding", "passages embedded a second", "more"),
        ("embedding", "share of the int8 peak, best by best", "more"),
        ("embedding", "GFLOP/s of embedding passages", "more"),
        ("embedding", "float32 peak GFLOP/s", "none"),
        ("embedding", "int8 peak G operations/s", "none"),
        ("sizes/1000", "recall@10 of questions", "share"),
        ("sizes/1000", "lists read", "none"),
        ("sizes/1000", "memory MB", "less"),
        ("peers/torkham", "nDCG@10", "share"),
        ("peers/torkham", "cold s", "less"),
        ("peers/txtai", "cold s", "none"),
    ],
)
def test_whether_less_or_more_of_a_figure_is_better(part, name, meaning):
    assert sense(part, name) == meaning


@pytest.mark.parametrize(
    ("meaning", "before", "after", "verdict"),
    [
        ("less", 1.0, 1.2, None),
        ("less", 1.0, 1.21, "worse"),
        ("less", 1.21, 1.0, "better"),
        ("more", 12.0, 40.0, "better"),
        ("more", 40.0, 12.0, "worse"),
        ("none", 40.0, 12.0, "others"),
        ("share", 0.99, 0.98, "worse"),
        ("share", 0.98, 0.99, "better"),
        ("share", 0.988, 0.985, None),
        ("less", 0.0, 0.0, None),
        ("less", 0.0, 1.0, "worse"),
    ],
)
def test_how_much_is_a_change(meaning, before, after, verdict):
    assert judged(meaning, before, after) == verdict


def test_two_runs_are_compared_over_all_parts_and_what_is_gone_is_named():
    before = run(
        {"shipped": {"open ms": 2.0, "gone ms": 1.0}, "sizes/1000": {"build s": 3.0}, "sizes/10": {"build s": 1.0}},
        faiss="1",
    )
    after = run({"shipped": {"open ms": 3.0, "new ms": 1.0}, "sizes/1000": {"build s": 1.0}}, cores=4, faiss="2")
    found = changes(before, after)
    assert [str(change) for change in found] == [
        "worse: shipped, open ms: 2 -> 3, 1.50 times (load 0.5 -> 0.5, others 0.0 -> 0.0 cores)",
        "better: sizes/1000, build s: 3 -> 1, 3.00 times (load 0.5 -> 0.5, others 0.0 -> 0.0 cores)",
    ]
    slow = run({"sizes/1000": {"answer, warm, p99 ms": 14.0, "answer, warm, p95 ms": 14.0}})
    quick = run({"sizes/1000": {"answer, warm, p99 ms": 10.0, "answer, warm, p95 ms": 10.0}})
    assert [change.name for change in changes(quick, slow)] == ["answer, warm, p95 ms"]
    assert missing(before, after) == ["not in this run: sizes/10", "not in this run: shipped, gone ms"]
    assert report(before, after, found)[:3] == [
        "compared with the run of 2026-11-22T20:00:00+00:00:",
        "another machine: 2 cores then, 4 now",
        "another version: faiss 1 -> 2",
    ]
    (old, new) = (Run("", 2, {}, {"peers/txtai": Part(0, 0, {}, {"txtai": known})}) for known in ("9.13.0", "9.14.0"))
    assert "another version: txtai 9.13.0 -> 9.14.0" in report(old, new, [])
    assert "nothing changed by more than 1.2 times" in "\n".join(report(before, before, []))


def test_goals_are_met_or_missed_where_they_hold():
    part = Part(
        0.1,
        0.0,
        {"search, warm, p95 ms": Figure(15.5), RATIO: Figure(12.0), "ask, whole process s": Figure(0.6, 0.5, 0.7, 15)},
    )
    lines = part_table("shipped", part).splitlines()
    assert lines[0] == "shipped (load 0.1, others keep 0.0 cores busy)"
    assert lines[1].endswith("15.500  goal ≤ 15: MISSED")
    assert lines[2].endswith("12.000  goal ≥ 5: met")
    assert lines[3].endswith("0.600  0.500 to 0.700, 15 runs  goal ≤ 0.7: met")
    assert lines[1].split("goal")[0] + "goal ≤ 60: met" == part_table("sizes/1000000", part).splitlines()[1]
    assert "goal" not in part_table("sizes/1000", part)


def test_the_machine_is_quiet_or_it_is_said():
    assert ticks("cpu  100 5 20 800 50 0 5 20 7 0\ncpu0 1 1 1 1\n") == (850, 1000)
    assert noise("shipped", State(1.1, 0.1), first=True, count=2) is not None
    assert noise("sizes/1000", State(1.1, 0.1), first=False, count=2) is None  # the load is what the bench itself did
    assert noise("sizes/1000", State(1.1, 1.2), first=False, count=2) == (
        "not quiet before sizes/1000: load 1.1, others keep 1.2 of 2 cores busy"
    )


def test_a_bench_writes_its_run_and_its_plot_and_fails_when_something_got_worse(tmp_path, monkeypatch, capsys):
    taken = {"shipped": {"open ms": 2.0}, "sizes/1000": {"memory MB": 200.0}}
    monkeypatch.setattr(speed, "measured", lambda home, options: iter(run(taken).parts.items()))
    out, drawn = tmp_path / "run.json", tmp_path / "run.svg"
    assert speed.main(["--out", str(out), "--plot", str(drawn)]) == 0
    assert {"python", "faiss-cpu", "onnxruntime"} <= set(read_run(out).versions)
    assert read_run(out).parts["sizes/1000"].figures == {"memory MB": Figure(200.0)}
    assert len(ElementTree.parse(drawn).getroot().findall("{*}circle")) == 1
    capsys.readouterr()
    taken["shipped"]["open ms"] = 1.0
    assert speed.main(["--against", str(out), "--out", str(out)]) == 0
    assert "better: shipped, open ms: 2 -> 1" in capsys.readouterr().out
    taken["shipped"]["open ms"] = 4.0
    assert speed.main(["--against", str(out)]) == 1
    assert "worse: shipped, open ms: 1 -> 4, 4.00 times" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        speed.main(["--peers", str(tmp_path)])
