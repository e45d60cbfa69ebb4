"""Answers out of processes of their own: the same answers, and a process that dies takes none with it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from bot.answers import Answerer
from bot.settings import Settings
from bot.telegram.answer_processes import AnswerProcesses
from index.generations import Generations
from index.model import open_encoder
from index.search import Index
from index.update import update
from sources.library import Library

ROOT = Path(__file__).parent.parent
QUESTION = "When did Pakistan recognise the Taliban government?"


@pytest.fixture(scope="module")
def opened():
    """The home of the tests with the real model, and its index."""
    home = Path(os.environ.get("TEST_HOME") or ROOT / ".cache" / "home")
    encoder = open_encoder("multilingual-e5-small", home, report=lambda line: None)
    update(Library(home), Generations(home), encoder)
    index = Index.open(home, encoder)
    yield home, index
    index.close()


@pytest.mark.model
@pytest.mark.slow
def test_a_process_answers_as_the_bot_would_and_one_that_dies_is_replaced(opened):
    home, index = opened
    here = Answerer(index).answer(QUESTION)
    processes = AnswerProcesses(Settings(home=home, telegram_processes=1))
    there = processes.answer(index.manifest.generation, QUESTION, (), None)
    assert there.claims == here.claims
    assert there.citations == here.citations
    (pid,) = processes._pool._processes
    os.kill(pid, signal.SIGKILL)
    again = processes.answer(index.manifest.generation, QUESTION, (), None)
    assert again.claims == here.claims
    assert pid not in processes._pool._processes
    processes.close()
