"""Rated answers are read as they were rated, recognised among what is proposed, and counted as an editor would."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.nlp.names.gazetteer import Gazetteer
from bot.nlp.sparse import Sparse
from evals.fitting import reader_data, whole_answers
from evals.fitting.questions.parts import example, measured
from evals.fitting.whole_answers import Rated, Rows, grades, least_worth, read
from sources.statement_questions import shipped_questions

DATA = Path(whole_answers.__file__).with_name("whole_answers.jsonl")


def rows(ratings, *, held=True):
    rated = Rated("q", "en", "Question?", (), held, {})
    return Rows(rated, np.zeros((len(ratings), 1), np.float32), list(ratings), ["statements"] * len(ratings))


def test_a_line_is_a_question_with_rated_answers(tmp_path):
    line = {"id": "a", "lang": "en", "question": "Who?", "history": ["When?"], "held": True}
    line["answers"] = [{"rating": 4, "statements": [["brief", "0a"], ["brief", "0b"]]}]
    path = tmp_path / "rated.jsonl"
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    (rated,) = read([path])
    path.write_text(json.dumps({**line, "taught": True}) + "\n" + json.dumps(line) + "\n", encoding="utf-8")
    assert read([path]) == [rated]  # the reader was taught the other
    assert rated.history == ("When?",)
    assert rated.ratings == {(("brief", "0a"), ("brief", "0b")): 4}


@pytest.mark.whole
def test_the_shipped_ratings_are_of_answers_from_the_library():
    everything = list(reader_data.rows(DATA))
    assert len({raw["id"] for raw in everything}) == len(everything) > 3000
    rated = read([DATA])
    assert {each.id for each in rated} == {raw["id"] for raw in everything if not raw.get("taught")}
    assert all(0 <= rating <= 4 for each in rated for rating in each.ratings.values())
    told = {each.digest for each in shipped_questions()}
    shown = {said for each in rated for own in each.ratings for _, said in own}
    assert len(shown & told) > 0.8 * len(
        shown
    )  # explainers' statements, for which nobody wrote questions, are the others


def test_no_question_is_judged_by_trees_that_were_fitted_on_it(monkeypatch):
    taught = []

    def fitted(rows):
        taught.append({row.rated.id for row in rows})
        return {"trees": []}

    monkeypatch.setattr(whole_answers, "fitted", fitted)
    monkeypatch.setattr(whole_answers.Trees, "read", lambda raw: lambda figures: np.zeros(len(figures)))
    names = "abcdefgh"
    whole_answers.crossed([replace(rows([4]), rated=Rated(name, "en", "Question?", (), True, {})) for name in names])
    left_out = [set(names) - each for each in taught]
    assert sorted(map(sorted, left_out)) == [["a", "g"], ["b", "h"], ["c"], ["d"], ["e"], ["f"]]


@pytest.mark.parametrize(
    ("ratings", "worth", "held", "expected"),
    [
        ([4, 0], [0.9, 0.1], True, "good"),
        ([3, 4], [0.9, 0.1], True, "good"),
        ([4, 2], [0.1, 0.9], True, "poor"),
        ([4, 1], [0.1, 0.9], True, "wrong"),
        ([4], [0.1], True, "refused though held"),
        ([0], [0.1], False, "rightly refused"),
        ([0], [0.9], False, "answered though not held"),
    ],
)
def test_how_what_would_be_shown_is_graded(ratings, worth, held, expected):
    assert grades([rows(ratings, held=held)], [np.array(worth)], 0.5) == Counter([expected])


def test_the_least_worth_refuses_so_many_of_the_questions_with_a_good_answer():
    good = [rows([4]) for _ in range(101)]
    least = least_worth([*good, rows([1])], [*(np.array([at / 100]) for at in range(101)), np.array([0.0])])
    assert least == pytest.approx(whole_answers.REFUSED, abs=0.001)


@pytest.mark.whole
def test_where_a_marked_question_is_divided():
    gazetteer = Gazetteer.load()
    two = example("en", "Please tell me who leads the TTP || and where he lives?", gazetteer)
    (cut,) = two.cuts
    assert two.row[cut].text == "and"
    one = example("en", "who leads the TTP?", gazetteer)
    assert one.cuts == frozenset()

    class Never:
        gap = Sparse({}, 0.0, 0.5)

        def likely(self, row, at):
            return 0.0

    assert measured([two, one], [Never(), Never()]) == {  # type: ignore[list-item]
        "precision": 0.0, "recall": 0.0, "several right": 0.0, "one right": 1.0,
    }  # fmt: skip
