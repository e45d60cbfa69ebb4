"""Every way proposes whole answers, each once; the judge chooses among them, and refuses where none is good enough."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from support.fakes import word_reader
from support.made.briefs import strikes

from bot.answering.answerer import Answerer
from bot.answering.choose import Choice
from bot.answering.explainers import Match
from bot.answering.reading.trees import Trees
from bot.answering.ways import judge
from bot.answering.ways.figures import NAMES, SORTS, Shown, figures
from bot.answering.ways.judge import WholeJudge
from bot.answering.ways.proposals import Offers, together
from bot.nlp.linear import Linear
from index.build.update import update
from index.files.generations import Generations
from index.search import Index
from sources.briefs.parser import parse
from sources.parties import shipped_parties

BRIEF = strikes(
    "2022-04-16 · Taliban, Zabihullah Mujahid:** On 16 April 2022 the Taliban said a strike in Khost killed 47 people. [^dawn]",
    "2022-04-17 · Pakistan, Foreign Office:** On 17 April 2022 Pakistan spoke of a strike on the TTP. [^dawn]",
    "2022-05-02 · agreed:** On 2 May 2022 the governor of Khost opened a hospital. [^dawn]",
)
QUESTION = "Which strike in Khost killed people?"
TODAY = date(2026, 11, 28)
ENCODER = SimpleNamespace(fingerprint="another")


@pytest.fixture
def answerer(home, shelf, encoder, monkeypatch):
    word_reader.use(monkeypatch)
    shelf.put(parse(BRIEF, "strikes", file="strikes.md", parties=shipped_parties()))
    update(shelf, Generations(home), encoder)
    return Answerer(Index.open(home, encoder))


def offered(answerer, question=QUESTION):
    return answerer.offers(question, today=TODAY)


def texts(proposal):
    return [each.candidate.text for each in proposal.choice.shown]


def test_statements_are_proposed_alone_and_together_each_answer_once(answerer):
    _, offers = offered(answerer)
    shown = [texts(each) for each in offers.proposals]
    assert any(len(each) == 1 and "killed 47" in each[0] for each in shown)
    assert any(len(each) > 1 and "killed 47" in each[0] for each in shown)
    assert len({each.key for each in offers.proposals}) == len(offers.proposals)


def test_an_explainer_is_proposed_whole_in_part_and_behind_the_likeliest_statement(answerer, monkeypatch):
    asking, _ = offered(answerer)
    by_text = {each.candidate.text: each.candidate for each in asking.judged.readings}
    killed = next(row for text, row in by_text.items() if "killed 47" in text)
    hospital = next(row for text, row in by_text.items() if "hospital" in text)
    match = Match(killed.document, None, (hospital, killed), None)  # type: ignore[arg-type]
    monkeypatch.setattr(answerer.explainers, "likeliest", lambda *_: [(match, 0.9)])
    _, offers = offered(answerer)
    whole = next(each for each in offers.proposals if each.way == "explainer")
    assert texts(whole) == [hospital.text, killed.text]
    extracts = [texts(each) for each in offers.proposals if each.way == "extract"]
    assert [killed.text] in extracts
    assert offers.explained == 0.9


def test_two_explainers_are_offered_and_an_unlikely_one_is_not(answerer, monkeypatch):
    asking, _ = offered(answerer)
    killed, spoke, hospital = (
        next(each.candidate for each in asking.judged.readings if word in each.candidate.text)
        for word in ("killed 47", "spoke of", "hospital")
    )
    likely = [((killed, spoke), 0.8), ((spoke, killed), 0.4), ((hospital, killed), 0.3)]
    matches = [(Match(killed.document, None, rows, None), sure) for rows, sure in likely]  # type: ignore[arg-type]
    monkeypatch.setattr(answerer.explainers, "likeliest", lambda *_: matches)
    _, offers = offered(answerer)
    whole = {each.explained: texts(each) for each in offers.proposals if each.way == "explainer"}
    assert whole == {0.8: [killed.text, spoke.text], 0.4: [spoke.text, killed.text]}
    assert all(each.explained == 0 for each in offers.proposals if each.way == "statements")
    monkeypatch.setattr(answerer.explainers, "likeliest", lambda *_: [(matches[0][0], 0.1)])
    assert not any(each.way == "explainer" for each in offered(answerer)[1].proposals)


def test_every_part_of_a_question_is_answered(answerer):
    asking, offers = offered(answerer, "Who opened the hospital in Khost and how many people did the strike kill?")
    assert len(asking.parts) == 2
    parts = next(each for each in offers.proposals if each.way == "parts")
    assert {"hospital" in text for text in texts(parts)} == {True, False}
    assert len(parts.parts) == 2


def test_a_part_without_an_answer_is_named(answerer):
    asking, _ = offered(answerer, "Who opened the hospital in Khost and how many people did the strike kill?")
    first = asking.parts[0].judged.readings[0]
    merged = together(asking, [Choice((first,)), Choice()], 6)
    assert (merged.shown, merged.missing) == ((first,), asking.parts[1].asked.question)


def test_parts_that_are_answered_in_nearly_the_same_words_are_told_once(answerer, monkeypatch):
    asking, _ = offered(answerer, "Who opened the hospital in Khost and how many people did the strike kill?")
    first, other, *_ = asking.judged.readings
    statement = replace(other.candidate.statement, party=first.candidate.party)
    again = replace(other, candidate=replace(other.candidate, statement=statement))
    assert together(asking, [Choice((first,)), Choice((again,))], 6).shown == (first, again)
    monkeypatch.setattr(type(asking.question.index), "likeness", lambda self, one, others: np.array([0.93]))
    merged = together(asking, [Choice((first,)), Choice((again,))], 6)
    assert (merged.shown, merged.missing) == ((first,), None)


def test_figures_of_an_answer(answerer):
    asking, offers = offered(answerer)
    table = figures(asking, offers, None)
    assert table.shape == (len(offers.proposals), len(NAMES))
    alone = next(at for at, each in enumerate(offers.proposals) if len(each.choice.shown) == 1)
    row = dict(zip(NAMES, table[alone].tolist(), strict=True))
    best = asking.judged.readings[0]
    assert row["way_statements"] == 1
    assert row["shown_claims"] == 1
    assert row["shown_first"] == pytest.approx(best.answers)
    assert row["shown_lead"] == pytest.approx(0)
    assert math.isnan(row["shown_then"])
    assert math.isnan(row["shown_like"])
    assert row["shown_alone"] == 1  # one side's word and no other


def test_figures_of_what_an_answer_leaves_out(answerer):
    asking, offers = offered(answerer, "Who opened the hospital in Khost and how many people did the strike kill?")
    rows = [dict(zip(NAMES, row.tolist(), strict=True)) for row in figures(asking, offers, None)]
    ways = [each.way for each in offers.proposals]
    alone = rows[next(at for at, each in enumerate(offers.proposals) if len(each.choice.shown) == 1)]
    both = rows[ways.index("parts")]
    assert alone["shown_covered"] < both["shown_covered"]  # one part is not answered
    assert alone["shown_left_out"] > 0
    assert both["asked_parts"] == 2


def test_figures_of_a_party_that_is_not_heard(answerer):
    asking, offers = offered(answerer, "What did Pakistan and the Taliban say of the strike in Khost?")
    by_parties = {
        frozenset(reading.candidate.party for reading in each.choice.shown): dict(zip(NAMES, row.tolist(), strict=True))
        for each, row in zip(offers.proposals, figures(asking, offers, None), strict=True)
    }
    one = by_parties[frozenset({"taliban"})]
    assert one["shown_unheard"] == 1
    assert one["shown_other_side"] > 0
    two = next(row for parties, row in by_parties.items() if {"taliban", "pakistan"} <= parties)
    assert (two["shown_unheard"], two["shown_other_side"]) == (0, 0)


def test_the_sort_of_a_question_is_known_with_the_encoder_that_it_was_fitted_on(answerer):
    asking, offers = offered(answerer)
    none = dict(zip(NAMES, figures(asking, offers, None)[0].tolist(), strict=True))
    assert math.isnan(none["sort_fact"])
    size = answerer.index.embed(QUESTION).size
    zeros = np.zeros((len(SORTS), size), np.float32)
    even = Linear(SORTS, zeros, np.zeros(len(SORTS), np.float32), (0.5,) * len(SORTS))
    row = dict(zip(NAMES, figures(asking, offers, even)[0].tolist(), strict=True))
    assert [row[f"sort_{sort}"] for sort in SORTS] == [0.5] * len(SORTS)


class Fixed:
    """Trees that give the proposals their worth in turn."""

    def __init__(self, *worth):
        self.worth = np.array(worth, np.float32)

    def __call__(self, table):
        return self.worth[: len(table)]


def test_the_best_answer_is_shown_and_none_that_is_worth_too_little(answerer):
    asking, offers = offered(answerer)
    two = Offers(offers.proposals[:2], 0.0)
    assert WholeJudge(Fixed(0.3, 0.6), 0.5).best(asking, two) == two.proposals[1].choice  # type: ignore[arg-type]
    assert WholeJudge(Fixed(0.3, 0.4), 0.5).best(asking, two) == Choice()  # type: ignore[arg-type]
    assert WholeJudge(Fixed(), 0.0).best(asking, Offers([], 0.0)) == Choice()  # type: ignore[arg-type]


@pytest.mark.parametrize(("lead", "both"), [(0.05, True), (0.2, False)])
def test_both_sides_go_first_where_they_are_asked_for(answerer, monkeypatch, lead, both):
    asking, offers = offered(answerer)
    two = Offers(offers.proposals[:2], 0.0)
    table = np.zeros((2, len(NAMES)), np.float32)
    table[:, NAMES.index("sort_disputed")], table[1, NAMES.index("shown_acting")] = 0.6, 2
    monkeypatch.setattr(judge, "figures", lambda *given: table)
    best = WholeJudge(Fixed(0.6, 0.6 - lead), 0.5).best(asking, two)  # type: ignore[arg-type]
    assert best == two.proposals[int(both)].choice


def test_the_shipped_judge_opens_and_a_damaged_one_does_not(tmp_path):
    least = [WholeJudge.open(how, ENCODER).least for how in ("strict", "balanced", "generous")]  # type: ignore[union-attr]
    assert least == sorted(least, reverse=True)
    assert WholeJudge.open("balanced", ENCODER, tmp_path) is None
    (tmp_path / judge.FILE).write_text('{"about": {}}', encoding="utf-8")
    assert WholeJudge.open("balanced", ENCODER, tmp_path) is None
    raw = json.loads((judge.FOLDER / judge.FILE).read_text(encoding="utf-8"))
    raw["trees"]["names"] = raw["trees"]["names"][1:]  # fitted on other figures
    (tmp_path / judge.FILE).write_text(json.dumps(raw), encoding="utf-8")
    assert WholeJudge.open("balanced", ENCODER, tmp_path) is None


def test_the_shipped_judge_prefers_what_answers():
    trees = Trees.read(json.loads((judge.FOLDER / judge.FILE).read_text(encoding="utf-8"))["trees"])
    row = dict.fromkeys(NAMES, 0.0) | {
        f"shown_{name}": math.nan for name in ("then", "like", "like_then", "like_first")
    }
    sure = row | {"way_statements": 1, "shown_claims": 1, "shown_first": 0.9, "shown_mean": 0.9, "shown_least": 0.9}
    sure |= {"found_best": 0.9, "found_answerable": 0.98, "shown_share": 0.9, "shown_named": 1, "shown_worst": 0.9}
    unsure = (
        sure
        | {"found_answerable": 0.05}
        | {"shown_first": 0.03, "shown_mean": 0.03, "shown_least": 0.03, "found_best": 0.03}
    )
    table = np.array([list(sure.values()), list(unsure.values())], np.float32)
    worth = trees(table)
    assert worth[0] > 2 * worth[1]


def test_what_follows_an_answer_is_nothing_that_was_shown(answerer):
    first = answerer.answer(QUESTION, today=TODAY)
    rest = answerer.answer(QUESTION, skip=len(first.claims), today=TODAY)
    assert not {each.text for each in first.claims} & {each.text for each in rest.claims}


def test_what_follows_says_nothing_again_in_other_words(answerer, monkeypatch):
    asking, _ = offered(answerer)
    told, other, *_ = asking.judged.readings
    monkeypatch.setattr(type(asking.question.index), "likeness", lambda self, one, others: np.array([0.93]))
    neutral = replace(
        other, candidate=replace(other.candidate, statement=replace(other.candidate.statement, party="agreed"))
    )
    again = replace(asking.judged, readings=(told, neutral))
    monkeypatch.setitem(asking.__dict__, "judged", again)
    assert answerer._ways.further(asking, [told], 6) == ()


def test_the_ways_are_columns_of_the_figures():
    assert NAMES[0] == "way_statements"
    assert f"shown_{Shown._fields[-1]}" == NAMES[-1]
    assert len(set(NAMES)) == len(NAMES)
