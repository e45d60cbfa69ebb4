"""Measuring the gate: rates by hand, what is fitted, what is altered, and the second look at what was shown."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import numpy as np
import pytest
from support.fakes.scripted_llm import ScriptedServer, said
from support.made.disputed_answer import ANSWER, FIRST, SECOND
from support.made.gate_cases import PARTIES, Words, proof

from bot.answering.answer import Claim
from bot.composing.llm import LanguageModel
from bot.gate.entailment import MODEL, Reading, bound, likeness, stretch, support, support_features
from bot.settings import Settings
from evals.answers.composed import Asked, Marking, summary, wrongs
from evals.gate import perturbations as gate_changes
from evals.gate.claims import Example, area, nearest, rates, threshold_for
from evals.gate.language_bounds import bounds
from evals.gate.run import doubts, fit

READING = Reading(Words.terms, Words().rarity, Words.embed)


def test_rates_by_hand():
    given, wrong = (
        np.array([0.9, 0.8, 0.4, 0.7, 0.2, 0.1, 0.3]),
        np.array([True, True, True, False, False, False, False]),
    )
    found = rates(given, wrong, 0.5)
    assert (found.caught, found.deleted, found.precision) == (2 / 3, 1 / 4, 2 / 3)
    assert threshold_for(given, wrong, 0.25) == 0.3
    assert rates(given, wrong, 0.3).deleted == 0.25
    assert area(given, wrong) == pytest.approx(11 / 12)


def test_the_features_of_a_sentence():
    found = support_features(
        "Pakistan closed the crossing at Torkham on 5 March.",
        ["Pakistan closed the crossing.", "It was 6 March."],
        READING,
    )
    assert found["covered"] == 4 / 6  # pakist, closed, crossi, march; not torkha, 5
    assert found["nearest"] == 3 / 6
    assert (found["missing"], found["figures"], found["names"]) == (2.0, 0.0, 1.0)
    assert found["pairs"] == 2 / 5
    assert found["run"] == 2.0


def test_words_of_its_own_are_counted_in_a_row():
    passages = ["Pakistan closed the crossing."]
    assert stretch("Pakistan closed the crossing.", passages, Words.terms) == 0
    assert stretch("Pakistan, poor and proud, closed the crossing.", passages, Words.terms) == 2
    assert stretch("Pakistan closed the crossing since its allies wanted revenge.", passages, Words.terms) == 4


def test_likeness_takes_the_passages_together_where_that_is_nearer():
    passages = ["Pakistan closed it.", "The Taliban opened it."]
    both = likeness("Pakistan closed it. The Taliban opened it.", passages, Words.embed)
    assert both == pytest.approx(1.0)
    assert likeness("Pakistan closed it.", passages, Words.embed) == pytest.approx(1.0)


def test_what_is_shipped_is_what_the_gate_reads():
    model = json.loads(MODEL.read_text(encoding="utf-8"))
    assert set(model["weights"]) == set(model["means"]) == set(model["scales"])
    assert set(model["weights"]) <= set(support_features("A b.", ["A b."], READING))
    assert 0 < model["threshold"] < 1
    assert "WiCE" in model["about"]["on"]
    assert bound("ps", "en") < bound("en", "en")
    assert bound("xx", "en") == model["likeness"]["other"]
    good = support_features("Pakistan closed the crossing.", ["Pakistan closed the crossing."], READING)
    bad = support_features("India bought seven new ships.", ["Pakistan closed the crossing."], READING)
    assert support(good) > support(bad)


def test_a_fit_keeps_only_features_of_the_right_sign():
    rows = [
        Example({"covered": 0.9 - 0.8 * wrong + number / 100, "missing": -float(wrong), "length": 1.0}, label, True)
        for number in range(20)
        for wrong, label in ((0, "supported"), (1, "not_supported"))
    ]
    model = fit(rows)
    assert set(model["weights"]) == {"covered", "length"}
    assert model["stretch"] == 1
    given = doubts(model, [rows[0], rows[1], replace(rows[0], stretch=1)])
    assert given[0] < 0.5 < given[1] < given[2] == 1.0


def test_a_bound_between_languages_is_that_of_translations():
    right = np.linspace(0.8, 0.9, 101, dtype=np.float32)
    found = {("en", "en"): (right, right), ("fa", "en"): (right, right), ("prs", "en"): (right - 0.1, right)}
    made = bounds(found, 0.85)
    assert made["en-en"] == 0.85
    assert made["fa-en"] == pytest.approx(0.705, abs=1e-3)  # the lower of Persian and Dari
    assert (made["same"], made["other"]) == (0.85, made["fa-en"])


def test_the_nearest_sentences_and_the_title_are_compared():
    page = ["Title", *(f"Nothing of number {number}." for number in range(20)), "Pakistan closed the crossing."]
    chosen = nearest("Pakistan closed the crossing.", page, READING)
    assert (chosen[0], chosen[-1]) == ("Title", "Pakistan closed the crossing.")
    assert len(chosen) <= 9


STATEMENT = proof("On 5 March 2024 Pakistan said that the Taliban killed 23 soldiers.", "pakistan")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ("number_changed", "On 5 March 2024 Pakistan said that the Taliban killed 26 soldiers."),
        ("day_changed", "On 8 March 2024 Pakistan said that the Taliban killed 23 soldiers."),
        ("parties_swapped", "On 5 March 2024 the Taliban said that Pakistan killed 23 soldiers."),
        ("place_added", "On 5 March 2024 Pakistan said that the Taliban killed 23 soldiers in Kandahar."),
        ("negated_verb", "On 5 March 2024 Pakistan did not said that the Taliban killed 23 soldiers."),
        ("motive_added", "On 5 March 2024 Pakistan said that the Taliban killed 23 soldiers out of cowardly greed."),
        ("author_lost", "The Taliban killed 23 soldiers."),
    ],
)
def test_a_statement_is_made_wrong_in_one_way(change, text):
    assert getattr(gate_changes, change)(STATEMENT) == text


@pytest.mark.parametrize(
    ("text", "numbers", "found"),
    [
        (FIRST.replace(" [1]", ""), (1,), []),
        (SECOND.replace(" [2]", ""), (2,), []),
        ("Pakistan said that 99 soldiers died.", (1,), ["number 99"]),
        ("Pakistan said that Brandt died.", (1,), ["name Brandt"]),
        ("Pakistan said “never again”.", (1,), ["quotation never again"]),
        ("Pakistan said so at https://x.example.", (1,), ["form"]),
        ("23 soldiers died.", (1,), ["speaker pakistan"]),
        ("Pakistan said so.", (7,), ["cites what is not there"]),
    ],
)
def test_the_second_look_shares_no_code_with_the_gate(text, numbers, found):
    claim = Claim(text, None, None, None, numbers, "composed")
    assert list(wrongs(claim, ANSWER, PARTIES)) == found


def test_markers_are_given_to_a_model_that_cannot_cite(tmp_path):
    server = ScriptedServer(said("The Taliban mourn 58 dead. Pakistan closed nothing."))
    try:
        settings = Settings(home=tmp_path, llm_base_url=server.address, llm_model="m")
        prompt = "[1] said by: Pakistan\n<<<Pakistan closed it.>>>\n[2] said by: Taliban\n<<<The Taliban mourn.>>>"
        model = Marking(settings)
        assert isinstance(model, LanguageModel)
        text = model.complete([{"role": "user", "content": prompt}], deadline=time.monotonic() + 5, most_tokens=50)
        assert text == "The Taliban mourn 58 dead. [2]\nPakistan closed nothing. [1]\n"
    finally:
        server.stop()


def test_a_run_is_summed_up():
    rows = [
        Asked("a?", "composed", True, ("A.",), (), (), 1.0),
        Asked(
            "b?",
            "only 1 of 3 sentences passed the gate",
            False,
            ("B.",),
            ("no marker: C.", "no marker: D."),
            ("x",),
            3.0,
        ),
    ]
    made = summary(rows)
    assert (made["questions"], made["composed"], made["sentences shown"], made["sentences deleted"]) == (2, 1, 2, 2)
    assert (made["found wrong"], made["median seconds"], made["reasons"]) == (1, 2.0, {"no marker": 2})
    assert made["endings"] == {"composed": 1, "only N of N sentences passed the gate": 1}
