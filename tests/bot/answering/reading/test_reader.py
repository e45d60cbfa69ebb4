"""The reader: what it does without its model, how trees and spans are read, and that case and politeness do not decide."""

from __future__ import annotations

import json
import shutil
from datetime import date

import numpy as np
import pytest

from bot.answering.reading.features import NAMES
from bot.answering.reading.reader import FOLDER, Reader, _span, by_cosine, pair
from bot.answering.reading.support import Support, damage
from bot.answering.reading.trees import Trees
from bot.nlp.names.gazetteer import Gazetteer
from bot.nlp.weighing import Weighing
from bot.question.input import normal_form
from bot.question.query import understand
from index.encoder import TokenStates
from sources.files import sha256


class Fits:
    """An encoder that claims to be the one that the reader was trained on."""

    name = "fits"

    def __init__(self):
        self.fingerprint = json.loads((FOLDER / "judge.json").read_text())["about"]["encoder"]


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(FOLDER, tmp_path / "weights")


def test_the_shipped_weights_belong_together():
    about = json.loads((FOLDER / "judge.json").read_text())["about"]
    assert about["digest"] == sha256(FOLDER / "reader.onnx")
    assert Reader.open(Fits()).reads
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 25 * 2**20


def damage_missing(folder):
    (folder / "reader.onnx").unlink()


def damage_truncated(folder):
    (folder / "reader.onnx").write_bytes((folder / "reader.onnx").read_bytes()[:1000])


def damage_trees(folder):
    (folder / "judge.json").write_text("{}")


def damage_no_trees(folder):
    (folder / "judge.json").unlink()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (damage_missing, "reader.onnx is missing"),
        (damage_truncated, "reader.onnx is damaged"),
        (damage_trees, "judge.json is missing or damaged"),
        (damage_no_trees, "judge.json is missing or damaged"),
    ],
)
def test_damaged_weights_are_said_and_it_goes_on_without(folder, damage, said):
    damage(folder)
    opened = Reader.open(Fits(), folder=folder)
    assert not opened.reads
    assert said in opened.about["without"]
    assert 0 < opened.bounds("strict").answer < 1


class Stateful:
    has_states = True


def test_the_support_model_is_as_it_was_written():
    assert damage() is None
    assert Support.open(Stateful()) is not None


@pytest.mark.parametrize(
    ("name", "spoil", "said"),
    [
        ("support.onnx", lambda path: path.unlink(), "support.onnx is missing"),
        ("support.onnx", lambda path: path.write_bytes(path.read_bytes()[:-1] + b"\0"), "support.onnx is damaged"),
        ("support.onnx.sha256", lambda path: path.unlink(), "support.onnx.sha256 is missing"),
        ("support.onnx.sha256", lambda path: path.write_bytes(b"\xff"), "support.onnx is damaged"),
        ("support.onnx.sha256", lambda path: path.write_bytes(b""), "support.onnx is damaged"),
    ],
)
def test_a_damaged_support_model_is_named_and_not_used(folder, name, spoil, said):
    spoil(folder / name)
    assert said in damage(folder)
    assert Support.open(Stateful(), folder=folder) is None


def test_another_encoder_and_the_setting_do_without_it(encoder):
    assert "another model than words" in Reader.open(encoder).about["without"]
    assert "TORKHAM_READER=off" in Reader.open(Fits(), off=True).about["without"]


def test_the_ways_of_answering_are_in_order():
    opened = Reader.open(Fits())
    strict, balanced, generous = (opened.bounds(how) for how in ("strict", "balanced", "generous"))
    assert strict.answer >= balanced.answer >= generous.answer
    assert strict.show >= balanced.show >= generous.show


def test_trees_are_walked_as_they_were_fitted():
    tree = {
        "names": ["a", "b"],
        "feature": [[0, 1, 0, 0, 0]],
        "threshold": [[0.5, 2.0, 0, 0, 0]],
        "left": [[1, 3, 2, 3, 4]],
        "right": [[2, 4, 2, 3, 4]],
        "value": [[0, 0, 1.0, -1.0, 3.0]],
        "start": 0.0,
        "depth": 2,
    }
    found = Trees.read(tree)(np.array([[0.9, 0], [0.1, 1], [0.1, 5]], np.float32))
    assert found == pytest.approx(1 / (1 + np.exp([-1.0, 1.0, -3.0])), abs=1e-6)


def test_a_weighing_is_a_logistic_regression():
    weighing = Weighing((2.0, -1.0), (1.0, 0.0), (2.0, 1.0), 0.5)
    assert weighing([3.0, 0.5]) == pytest.approx(1 / (1 + np.exp(-2.0)))


def test_the_cosine_alone_ranks_by_cosine():
    table = np.zeros((2, len(NAMES)), np.float32)
    table[:, NAMES.index("cosine")] = [0.95, 0.8]
    first, second = by_cosine(table)
    assert first > 0.9 > 0.1 > second


def states(ids, rows):
    return TokenStates(np.array(ids), np.array(rows, np.float32), np.array([(i, i + 1) for i in range(len(ids))]))


def test_a_pair_marks_what_both_texts_have():
    made = pair(states([0, 7, 8, 2], np.eye(4)), states([0, 8, 9, 2], np.eye(4)[::-1]))
    assert made["states"].shape == (1, 8, 4)
    assert made["segment"].tolist() == [[0, 0, 0, 0, 1, 1, 1, 1]]
    assert made["met"].tolist() == [[0, 0, 1, 0, 0, 1, 0, 0]]
    assert made["near"].tolist() == [[1.0] * 8]


def test_a_span_begins_and_ends_where_the_logits_say():
    logits = np.full((5, 2), -5.0, np.float32)
    logits[2, 0] = logits[3, 1] = 5.0
    slices = np.array([(0, 0), (0, 2), (3, 5), (6, 9), (0, 0)])
    assert _span(logits, slices) == (3, 9)
    assert _span(logits[:1], slices[:1]) is None


FORMS = [
    "Why did Pakistan close Torkham?",
    "WHY DID PAKISTAN CLOSE TORKHAM?",
    "why did pakistan close torkham",
    "Please tell me: why did Pakistan close Torkham?",
    "why did Pakistan close Torkham ???",
    "  Why did  Pakistan close Torkham.",
]


def test_wording_does_not_change_what_is_looked_up():
    gazetteer = Gazetteer.load()
    read = [
        understand(form, gazetteer=gazetteer, known=lambda _: True, languages=("en",), today=date(2026, 11, 28))
        for form in FORMS
    ]
    assert {(asked.normal, asked.lookup, asked.words, asked.kind, asked.time) for asked in read} == {
        (read[0].normal, read[0].lookup, read[0].words, read[0].kind, read[0].time)
    }
    assert normal_form("Скажите, пожалуйста, кто такой Омар?") == "кто такой омар?"
    assert normal_form("please") == "please?"
