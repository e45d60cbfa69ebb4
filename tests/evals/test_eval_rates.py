"""The figures of the evaluation by hand: rates, intervals, McNemar, groups, goals."""

from __future__ import annotations

import json

import pytest
from scipy.stats import binomtest

from evals.answers.paired_runs import compare, read_run
from evals.answers.run import Case, Result
from evals.answers.summary import case_json, summarise
from evals.retrieval.selqa import first_rank, section
from evals.stats import Rate, interval, mcnemar, percentile
from sources.errors import LoadError


def result(identifier="q", **fields):
    about = {key: fields.pop(key) for key in ("type", "lang", "answerable", "note", "question") if key in fields}
    case = Case(identifier, about.pop("question", f"Question {identifier}?"), **about)
    defaults = {
        "abstained": False, "reason": None, "hit5": True, "hit10": True, "evidence": True, "sides": None, "exact": True,
        "bare": 0, "quotes": 2, "characters": 100, "seconds": 0.1,
    }  # fmt: skip
    return Result(case, **{**defaults, **fields})


def no(identifier, type, abstained, note=""):
    none = dict.fromkeys(("hit5", "hit10", "evidence"))
    return result(identifier, type=type, answerable=False, abstained=abstained, note=note, **none)


def test_a_rate_counts_what_is_known():
    rate = Rate.of([True, None, False, True, True])
    assert (rate.right, rate.total, rate.value) == (3, 4, 0.75)
    assert Rate.of([None]) == Rate(0, 0)
    assert Rate.of([]).value is None


def test_the_bootstrap_is_the_same_every_time_and_holds_the_mean():
    values = [True] * 30 + [False] * 10
    assert interval(values) == interval(values)
    low, high = interval(values)
    # The standard error is the root of .75 * .25 / 40 = .068, so the interval is near .75 ± .134.
    assert low == pytest.approx(0.616, abs=0.03)
    assert high == pytest.approx(0.884, abs=0.03)
    assert interval([True] * 5) == (1.0, 1.0)


def test_percentiles():
    assert percentile([1, 2, 3, 4, 5], 0.5) == 3
    assert percentile([0, 10], 0.95) == pytest.approx(9.5)
    assert percentile([], 0.5) == 0.0


def test_mcnemar_against_known_values():
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(0, 5) == pytest.approx(2 / 32)
    assert mcnemar(1, 8) == pytest.approx(2 * (1 + 9) / 512)
    assert mcnemar(10, 25) == mcnemar(25, 10) == pytest.approx(binomtest(10, 35).pvalue)
    assert mcnemar(4, 4) == 1.0


def test_a_summary_by_hand():
    summary = summarise(
        [
            result("a", seconds=0.1),
            result("b", evidence=False, hit5=False, seconds=0.2),
            result(
                "c", lang="ur", type="multilingual", abstained=True, evidence=False, reason="not_in_library", quotes=0
            ),
            result("d", type="disputed", sides=False, sides_alone=True),
            result("e", evidence=False, held=False),
            no("f", "unans_general", True),
            no("g", "unans_near_topic", False),
            no("h", "unans_near_topic", False, "wrong premise: abstaining is right"),
            no("i", "unans_near_topic", True),
        ]
    )
    goals = {goal.name: (goal.rate.right, goal.rate.total, goal.met) for goal in summary.goals}
    assert goals["evidence, English facts"] == (1, 3, False)
    assert goals["evidence, why and how"] == (0, 0, None)
    assert goals["evidence, other languages than English"] == (0, 1, False)
    assert goals["both sides, disputed"] == (0, 1, False)
    assert goals["refused, near-topic"] == (1, 3, False)
    assert goals["refused though answerable"] == (1, 5, False)
    rates = {name: (rate.right, rate.total) for name, rate in summary.abstention.items()}
    assert rates["precision"] == (2, 3)
    assert rates["recall"] == (2, 4)
    assert rates["recall, those to be read left out"] == (2, 3)
    assert rates["recall unans_general"] == (1, 1)
    assert rates["recall unans_near_topic"] == (1, 3)
    assert summary.groups["language"]["ur"]["refused"].value == 1.0
    assert [r.case.id for r in summary.failures] == ["b", "c", "d", "g"]
    assert [r.case.id for r in summary.missing] == ["e"]
    assert [r.case.id for r in summary.to_read] == ["h"]
    assert summary.sizes["quotes an answer"] == 2.0


def test_a_bare_claim_or_a_changed_quote_is_a_failure_of_a_right_answer():
    summary = summarise([result("a", bare=1), result("b", exact=False), result("c")])
    assert [r.case.id for r in summary.failures] == ["a", "b"]
    goals = {goal.name: goal.met for goal in summary.goals}
    assert not goals["answers with every quote exact"]
    assert not goals["answers with a bare claim"]


def test_two_runs_are_paired_by_question(tmp_path):
    before = [case_json(result(name, evidence=name in "ab")) for name in "abcde"]
    after = [case_json(result(name, evidence=name in "bcd")) for name in "abcdf"]
    (tmp_path / "old.json").write_text(json.dumps({"cases": before}))
    pairs = {pair.name: pair for pair in compare(read_run(tmp_path / "old.json"), after)}
    evidence = pairs["evidence"]
    assert (evidence.questions, evidence.before, evidence.after) == (4, 2, 3)
    assert (evidence.gained, evidence.lost, evidence.p) == (("c", "d"), ("a",), 1.0)
    assert "both sides" not in pairs
    with pytest.raises(LoadError, match="no question in common"):
        compare(before, [case_json(result("a", question="Another?"))])
    (tmp_path / "old.json").write_text('{"cases": 3}')
    with pytest.raises(LoadError, match="is not a run"):
        read_run(tmp_path / "old.json")


def test_a_section_has_a_statement_for_each_sentence():
    document = section("d1", [{"title": "Fort", "section": "Siege", "text": text} for text in ("One.", "Two.")])
    assert document.text == "Siege\nOne.\nTwo."
    assert [document.text[s.start : s.end] for s in document.statements] == ["One.", "Two."]


def test_the_rank_of_the_first_right_sentence():
    assert first_rank([0.1, 0.9, 0.5], (0, 1, 2), frozenset({2})) == 2
    assert first_rank([0.5, 0.5], (1, 0), frozenset({1})) == 2  # a tie keeps the order of the text
    assert first_rank([0.5], (0,), frozenset({7})) is None
