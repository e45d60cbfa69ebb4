"""Fuzzing questions: what is asked, what counts as wrong."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from bot.answering.answerer import Answerer
from bot.errors import QuestionError
from bot.question.input import read_question
from evals.fuzz import questions
from evals.fuzz.questions import ASKED, complaint, mutated


def refusal(asked: str) -> str | None:
    try:
        read_question(asked)
    except QuestionError as error:
        return str(error)
    return None


def test_mutated_questions_are_read_or_refused_in_one_line():
    chance = random.Random(5)
    refused = [said for _ in range(2000) if (said := refusal(mutated(chance.choice(ASKED), chance)))]
    assert 10 < len(refused) < 1000
    assert all("\n" not in said and len(said) < 200 for said in refused)


@pytest.fixture
def answerer(index):
    return Answerer(index)


def test_what_is_wrong_is_counted(answerer, monkeypatch):
    told, longest, wrong = questions.fuzz(answerer, 20, random.Random(1))
    assert wrong == []
    assert told > 5
    assert 0 < longest < questions.HANG_SECONDS

    def broken(*_: object, **__: object) -> None:
        raise ValueError("no")

    monkeypatch.setattr(answerer, "answer", broken)
    assert questions.fuzz(answerer, 1, random.Random(1))[2][0].startswith("ValueError: no: ")


def test_a_quotation_has_to_stand_in_its_document(answerer):
    answer = answerer.answer("fence")
    assert complaint(answer, answerer) is None
    assert answer.citations
    changed = replace(answer.citations[0], quote="never written")
    assert complaint(replace(answer, citations=(changed,)), answerer) == f"no exact quotation of {changed.document_id}"
