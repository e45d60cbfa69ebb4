"""The written questions: what a question is compared with, and when their vectors are not used."""

from __future__ import annotations

import json
import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from bot.answering.reading.features import NAMES as COMPARED
from bot.answering.reading.known import FILE, NAMES, STEP, Known, texts
from bot.answering.reading.reader import FOLDER, MAX_SWAPPED_PROBABILITY, of_the_same
from bot.nlp.names.gazetteer import Gazetteer
from index.normalise import normalise
from sources.events import digest
from sources.statement_questions import StatementQuestions, shipped_questions

LINE, STRIKE = "The line was agreed in 1893.", "A strike hit Khost."
WRITTEN = (
    StatementQuestions(
        "a", digest(LINE), ("When was the line agreed?", "Who drew the line?"), ("How long is the line?",)
    ),
    StatementQuestions("b", digest(STRIKE), ("What hit Khost?",)),
)
VECTORS = np.eye(4, dtype=np.float32) / STEP  # of the four questions
TURN = np.eye(4, dtype=np.float32)[::-1]  # the space's components stand the other way round


class Words:
    """An index that knows words, and embeds a question as the vector that it is given."""

    def __init__(self, vector):
        self.vector = np.array(vector, np.float32)

    def embed(self, text):
        return self.vector

    def terms(self, text):
        return normalise(text).replace("?", " ").replace(".", " ").split()

    def rarity(self, term):
        return 1.0


def question(vector, words, kind="when", normal=""):
    gazetteer = Gazetteer.load()
    return SimpleNamespace(
        asked=SimpleNamespace(lookup="", kind=kind, mentions=gazetteer.find(normal), things=frozenset()),
        index=Words(vector),
        gazetteer=gazetteer,
        words=dict.fromkeys(words, 1.0),
    )


def row(text, cosine=0.5):
    return SimpleNamespace(
        document=SimpleNamespace(text=text), sentence=SimpleNamespace(start=0, end=len(text)), text=text, cosine=cosine
    )


def test_a_statement_is_compared_with_the_nearest_question_written_for_it():
    known = Known(WRITTEN, VECTORS, TURN, np.zeros(4, np.float32))
    asked = question([0.1, 0.5, 0.5, 0.7], ["line", "agreed", "kabul"])
    (first,) = known.table(asked, [row(LINE)])
    values = dict(zip(NAMES, first.tolist(), strict=True))
    assert values["asked"] == pytest.approx(0.7)
    assert values["asked_lead"] == pytest.approx(0.2)
    assert values["asked_gap"] == 0  # nothing else in the library is nearer
    assert values["asked_words"] == pytest.approx(2 / 3)
    assert values["asked_new"] == 0
    assert values["asked_kind"] == 1
    assert known.written(asked, [row(LINE)]) == ["when was the line agreed?"]


@pytest.mark.parametrize(
    ("asked", "swapped"),
    [
        ("who leads the taliban", 1),
        ("who leads the ttp", 0),
        ("how do the taliban and the ttp differ", 0),
        ("who is the leader", 0),
        ("what does zabihullah mujahid say of the ttp", 1),
    ],
)
def test_another_group_or_person_is_not_meant(asked, swapped):
    said = "Noor Wali Mehsud has led the TTP since 2018."
    written = (StatementQuestions("a", digest(said), ("who is Noor Wali Mehsud of the Pakistani Taliban",)),)
    known = Known(written, VECTORS[:1], TURN, np.zeros(4, np.float32))
    table = known.table(question([1, 0, 0, 0], [], normal=asked), [row(said)])
    assert table[0, NAMES.index("asked_swapped")] == swapped


def test_what_is_told_of_another_is_seldom_an_answer():
    columns = len(COMPARED) + len(NAMES)
    figures = np.zeros((3, columns), np.float32)
    figures[:, len(COMPARED) + NAMES.index("asked_swapped")] = (1, 0, np.nan)
    assert of_the_same(figures, np.array([0.9, 0.9, 0.9], np.float32)) == pytest.approx(
        [MAX_SWAPPED_PROBABILITY, 0.9, 0.9]
    )


def test_a_statement_that_nobody_wrote_questions_for_is_told_apart():
    known = Known(WRITTEN, VECTORS, TURN, np.zeros(4, np.float32))
    asked = question([0.1, 0.5, 0.5, 0.7], ["line"])
    assert np.isnan(known.table(asked, [row("Another sentence.")])).all()
    assert known.written(asked, [row("Another sentence.")]) == [None]
    assert known.cosines(asked, [row("Another sentence."), row(LINE)]) == [-1.0, pytest.approx(0.7)]
    (strike,) = known.table(asked, [row(STRIKE)])
    assert np.isnan(strike[NAMES.index("asked_lead")])  # nothing was written that it only seems to answer


def test_the_nearest_statements_are_those_whose_answered_questions_are_near():
    known = Known(WRITTEN, VECTORS, TURN, np.zeros(4, np.float32))
    found = known.nearest(question([0.5, 0.7, 0.1, 0.5], []), 2)  # the third question is one that nothing answers
    assert [(each.document, pytest.approx(cosine)) for each, cosine in found] == [("a", 0.5), ("b", 0.5)]


def spoil_vectors(folder):
    (folder / FILE).write_bytes((folder / FILE).read_bytes()[:2000])


def spoil_type(folder):
    stored = dict(np.load(folder / FILE))
    np.savez(folder / FILE, **{**stored, "vectors": stored["vectors"].astype(np.float16)})


def spoil_length(folder):
    stored = dict(np.load(folder / FILE))
    np.savez(folder / FILE, **{**stored, "vectors": stored["vectors"][1:]})


def spoil_map(folder):
    stored = dict(np.load(folder / FILE))
    del stored["matrix"]
    np.savez(folder / FILE, **stored)


def spoil_questions(folder):
    about = folder / FILE.replace(".npz", ".json")
    about.write_text(json.dumps({**json.loads(about.read_text()), "questions": "0" * 64}))


def spoil_about(folder):
    (folder / FILE.replace(".npz", ".json")).unlink()


@pytest.mark.whole
@pytest.mark.parametrize("spoil", [spoil_vectors, spoil_type, spoil_length, spoil_map, spoil_questions, spoil_about])
def test_vectors_that_do_not_fit_are_not_used(tmp_path, spoil):
    folder = shutil.copytree(FOLDER, tmp_path / "weights")
    encoder = json.loads((folder / "judge.json").read_text())["about"]["encoder"]
    assert Known.open("another model", folder) is None
    assert Known.open(encoder, folder) is not None
    spoil(folder)
    assert Known.open(encoder, folder) is None


def test_the_shipped_vectors_are_of_length_one():
    known = Known.open(json.loads((FOLDER / "judge.json").read_text())["about"]["encoder"], FOLDER)
    assert known is not None
    assert len(known.vectors) == len(texts(shipped_questions()))
    assert np.linalg.norm(known.vectors, axis=1) * STEP == pytest.approx(1, abs=3 * STEP)
