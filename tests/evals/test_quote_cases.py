"""The quotation check over its sixty cases, with the shipped library and the real model."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from support.running import shipped

from bot.answering.answerer import Answerer
from evals.quotes.run import WANTED, cases, checked
from index.model.prepare import open_encoder
from index.model.reference import DEFAULT_MODEL
from index.search import Index
from sources.parties import shipped_parties

ROOT = Path(__file__).parents[2]


def test_there_are_cases_of_each_kind():
    counts = Counter(case["kind"] for case in cases())
    assert counts.keys() == WANTED.keys()
    assert {counts[kind] for kind in ("exact", "altered", "never", "paraphrase")} == {20}


@pytest.mark.model
@pytest.mark.slow
def test_no_altered_words_pass_as_said():
    home = shipped.indexed()
    answerer = Answerer(Index.open(home, open_encoder(DEFAULT_MODEL, home, report=print)))
    results = checked(answerer, shipped_parties())
    changed = {"altered", "changed", "paraphrase"}
    assert [case["id"] for case, check in results if case["kind"] in changed and check.verdict == "said"] == []
    right = Counter(case["kind"] for case, check in results if check.verdict == WANTED[case["kind"]])
    assert min(right["exact"], right["never"]) >= 18
