"""Whether a question asks how things stand now."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest

from bot.nlp.names.gazetteer import Gazetteer
from bot.nlp.sparse import WithVector
from bot.question.input import normal_form
from bot.question.present import asks_for_now

OTHER = SimpleNamespace(encoder=SimpleNamespace(fingerprint="another"))


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer.load()


@pytest.mark.parametrize(
    ("question", "now"),
    [
        ("is torkham open", True),
        ("WHO LEADS THE TTP", True),
        ("does pakistan support the taliban", True),
        ("why cant afghan trucks go to pakistan", True),
        ("کیا طورخم اب کھلا ہے", True),
        ("Кто сейчас возглавляет ТТП?", True),
        ("did pakistan support the taliban in 1996", False),
        ("when was torkham closed in 2017", False),
        ("what happened in urumqi", False),
        ("Почему убили Мансура?", False),
    ],
)
def test_the_words_tell_without_the_encoder(gazetteer, question, now):
    text = normal_form(question)
    assert asks_for_now(text, gazetteer.find(text), OTHER, text) is now


def test_words_and_vector_are_added(tmp_path):
    path = tmp_path / "told.json"
    vector = {"encoder": "one", "weights": [2.0, -2.0], "intercept": -0.5, "least": 1.0}
    path.write_text(json.dumps({"weights": {"now": 1.0}, "intercept": -0.2, "least": 0.5, "vector": vector}))
    told = WithVector.open(path)
    assert told.encoder == "one"
    assert told.holds({"now", "unknown"})
    assert not told.holds({"then"})
    one, other = np.array([[1.0, 0.0]], np.float32), np.array([0.0, 1.0], np.float32)
    assert told.holds({"then"}, one)
    assert not told.holds({"now"}, other)
