"""Answers out of processes of their own: the same answers, and a process that dies takes none with it."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest
from support.fakes import word_reader
from support.running import shipped
from support.running.telegram_bot import library, workspace

from bot.answering.answerer import Answerer
from bot.answering.quotes.check import check_quote
from bot.errors import QuestionError
from bot.service.answer_processes import AnswerProcesses, _Process
from bot.service.answering import Ask
from bot.settings import Settings
from bot.workspace import Workspace
from index.build.update import update
from index.model.prepare import open_encoder
from index.search import Index
from index.types import Scope
from sources.document import Document
from sources.parties import shipped_parties

ROOT = Path(__file__).parents[2]
QUESTION = "When did Pakistan recognise the Taliban government?"


@pytest.fixture(scope="module")
def opened():
    """The home of the tests with the real model, and its index."""
    home = shipped.indexed()
    encoder = open_encoder("multilingual-e5-small", home, report=lambda line: None)
    index = Index.open(home, encoder)
    yield home, index
    index.close()


@pytest.mark.model
@pytest.mark.slow
def test_a_process_answers_as_the_bot_would_and_one_that_dies_is_replaced(opened):
    home, index = opened
    here = Answerer(index).answer(QUESTION)
    processes = AnswerProcesses(Settings(home=home), 1, 30.0)
    there = processes.answer(index.manifest.generation, Ask(QUESTION))
    assert there.claims == here.claims
    assert there.citations == here.citations
    (pid,) = processes.pids()
    os.kill(pid, signal.SIGKILL)
    again = processes.answer(index.manifest.generation, Ask(QUESTION))
    assert again.claims == here.claims
    assert pid not in processes.pids()
    count = processes.compute(index.manifest.generation, _milestones, Scope())
    assert count == _milestones(Answerer(index), Scope()) > 50
    with pytest.raises(QuestionError):
        processes.compute(index.manifest.generation, check_quote, shipped_parties(), "too few")
    processes.close()


def _milestones(answerer, scope):
    return len(answerer.lists.timeline("", None, scope))


def test_an_index_is_not_closed_while_it_is_read_ahead_nor_opened_twice(home, monkeypatch):
    """SQLite ends a process that reads from a connection which another thread has closed."""
    work, closed, going, read = workspace(home), [], threading.Event(), threading.Event()
    monkeypatch.setattr(Workspace, "generations", work.generations)
    encoder = work.encoder()
    monkeypatch.setattr(Workspace, "encoder", lambda self: encoder)
    monkeypatch.setattr(Index, "close", lambda self: closed.append(self.manifest.generation))
    word_reader.use(monkeypatch)

    def reading(self, answerer, *, questions=False):
        going.set()
        assert read.wait(20)

    monkeypatch.setattr(Workspace, "read_ahead", reading)
    process = _Process(Settings(home=home))
    first = process.answerer("")
    ahead = threading.Thread(target=process.read_ahead)
    ahead.start()
    assert going.wait(20)
    assert process.answerer("000001") is first
    shelf = library()
    shelf.put(Document("new", "New", "New water."))
    update(shelf, work.generations, encoder)
    second = process.answerer("000002")
    assert second.index.manifest.generation == "000002"
    assert closed == []
    read.set()
    ahead.join(20)
    assert closed == ["000001"]
    update(library(), work.generations, encoder)
    process.answerer("000003")
    assert closed == ["000001", "000002"]
