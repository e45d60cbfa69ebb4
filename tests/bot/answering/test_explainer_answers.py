"""Every heading and every wording of the shipped explainers is answered by its own explainer, whole and in order."""

from __future__ import annotations

from datetime import date

import pytest

from bot.answering.explainers import Explainers
from bot.nlp.names.gazetteer import Gazetteer
from bot.question.query import understand
from index.build.update import update
from index.files.generations import Generations
from index.search import Index
from index.types import Scope
from sources.briefs.explainers import questions, statements_of
from sources.collection.library import Library

pytestmark = pytest.mark.whole


@pytest.fixture
def explainers(tmp_path, encoder, shelf):
    encoder.window = 512  # that of the real model: no statement is cut
    shelf.documents = {}
    library = Library(tmp_path / "home")
    for entry in library.scan():
        if entry.path.parent.name == "explainers":
            shelf.put(library.load(entry))
    home = tmp_path / "home"
    update(shelf, Generations(home), encoder)
    index = Index.open(home, encoder)
    yield index, Explainers(index, Gazetteer.load(), None)
    index.close()


def test_every_wording_gets_its_explainer(explainers):
    index, found = explainers
    documents = {document.id: document for document in index.explainers()}
    gazetteer, wrong = Gazetteer.load(), []
    for each in questions(documents.values()):
        asked = understand(
            each.text, gazetteer=gazetteer, known=lambda _: True, languages=("en",), today=date(2026, 11, 28)
        )
        document = documents[each.document_id]
        wanted = [document.text[s.start : s.end] for s in statements_of(document, document.explainers[each.index])]
        shown = found.worded(asked)
        if [row.document.text[row.sentence.start : row.sentence.end] for row in shown] != wanted:
            wrong.append(each.text)
    assert wrong == []


def test_a_scope_or_other_words_ask_for_something_else(explainers):
    index, found = explainers
    document = index.explainers()[0]
    question = document.explainers[0].question

    def asked(text, scope=None):
        given = {
            "gazetteer": Gazetteer.load(),
            "known": lambda _: True,
            "languages": ("en",),
            "today": date(2026, 11, 28),
        }
        return understand(text, scope=scope, **given)

    assert found.worded(asked(question))
    assert not found.worded(asked(question, Scope(since="2025-01-01")))
    assert not found.worded(asked("Who won the football cup?"))


def test_every_question_that_a_refusal_offers_is_answered(explainers):
    _, found = explainers

    def read(text):
        return understand(
            text, gazetteer=Gazetteer.load(), known=lambda _: True, languages=("en",), today=date(2026, 11, 28)
        )

    refused = (
        "What does an ambassador to the Taliban earn?",
        "Сколько получает посол талибов?",
        "طالبان سفیر کی تنخواہ؟",
    )
    for question in refused:
        offered = found.near(read(question), 3)
        assert offered, question
        assert all(found.worded(read(each)) for each in offered), offered
