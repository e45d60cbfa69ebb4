"""The serving index of the bot: closed by the last thread that works on it, texts read only when they are asked for."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import tracemalloc
from pathlib import Path

import pytest

from bot.service.live_index import LiveIndex, outline
from bot.service.worker_pool import Overdue
from index.build.update import update
from index.files.generations import Generations
from sources.document import Document, Statement

pytestmark = pytest.mark.anyio


@pytest.fixture
async def live(home, shelf, encoder):
    update(shelf, Generations(home), encoder)
    opened = LiveIndex(home, encoder)
    yield opened
    await opened.end()


class Work:
    """Work on an index that goes on when it is let go."""

    def __init__(self):
        self.begun, self.go, self.done = threading.Event(), threading.Event(), threading.Event()
        self.found = None

    def __call__(self, serving):
        self.begun.set()
        self.go.wait(20)
        try:
            self.found = [hit.passage.document_id for hit in serving.index.search("the fence", 1)]
        except Exception as error:
            self.found = error
        self.done.set()


async def cancelled(live, work):
    task = asyncio.create_task(live.call(work))
    await asyncio.to_thread(work.begun.wait, 20)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancelled_question_keeps_its_generation_open_until_its_thread_is_done(live, home, shelf, encoder):
    work = Work()
    await cancelled(live, work)
    shelf.put(Document("new", "New", "New water."))
    update(shelf, Generations(home), encoder)
    await live.settled()
    assert live.generation == "000002"
    work.go.set()
    await asyncio.to_thread(work.done.wait, 20)
    assert work.found == ["fence"]


async def test_the_bot_ends_while_a_question_is_computed(live, monkeypatch):
    monkeypatch.setattr("bot.service.live_index.CLOSING_SECONDS", 0.05)
    work = Work()
    await cancelled(live, work)
    assert not await live.end()
    work.go.set()
    await asyncio.to_thread(work.done.wait, 20)
    assert work.found == ["fence"]


async def test_what_was_cancelled_before_its_turn_does_not_keep_a_generation_open(home, shelf, encoder, monkeypatch):
    update(shelf, Generations(home), encoder)
    live = LiveIndex(home, encoder)
    closed, works = threading.Event(), [Work() for _ in range(4)]
    close = live._serving.index.close
    live._serving.index.close = lambda: (close(), closed.set())
    waiting = [asyncio.create_task(live.call(work)) for work in (*works, Work(), Work())]
    for work in works:
        await asyncio.to_thread(work.begun.wait, 20)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    monkeypatch.setattr("bot.service.live_index.CLOSING_SECONDS", 20)
    ending = asyncio.create_task(live.end())
    await asyncio.sleep(0.05)
    assert not closed.is_set()
    for work in works:
        work.go.set()
    assert await ending
    assert closed.is_set()


class DeadProcesses:
    """Answering processes of which none lives."""

    living, count = 0, 2

    def close(self):
        pass


async def test_without_living_processes_an_answer_has_its_timeout(home, shelf, encoder):
    update(shelf, Generations(home), encoder)
    live = LiveIndex(home, encoder, processes=DeadProcesses(), seconds=0.05)
    go = threading.Event()
    with pytest.raises(Overdue):
        await live.compute(lambda answerer: go.wait(60))
    go.set()
    await live.end()


async def test_a_failing_question_does_not_keep_a_generation_open(live):
    def failing(serving):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await live.call(failing)
    assert live._serving.users == 0


STUCK = """
import concurrent.futures, sys, threading
from bot.cli import main as command
begun = threading.Event()
def stuck():
    begun.set()
    threading.Event().wait()
def run(words):
    concurrent.futures.ThreadPoolExecutor(1).submit(stuck)
    begun.wait()
    return 7
sys.modules["bot.cli.main"].run = run
sys.argv = ["torkham", "doctor"]
command()
"""


def test_a_thread_that_never_ends_does_not_hold_back_the_exit():
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", STUCK], cwd=root, timeout=60).returncode == 7


async def test_texts_are_read_when_they_are_asked_for(live, home):
    assert {document.text for document in live.documents.values()} == {""}
    assert live.documents["fence"].title == "The fence"
    whole = await live.document("fence")
    assert whole is not None
    assert whole.text == "Pakistan built a fence. The fence follows the border."
    assert await live.document("nowhere") is None


def test_the_outline_of_a_brief_is_the_brief():
    brief = Document("b", "B", "On 1 May it began.", kind="brief", statements=(Statement(0, 18),))
    assert outline(brief) is brief


def test_outlines_are_small_however_long_the_texts_are():
    def documents(count):
        for number in range(count):
            text = f"{number} " * 1000
            yield Document(f"d{number}", f"Title {number}", text, kind="news", publisher="Dawn", published="2020-01-02")

    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept = {document.id: outline(document) for document in documents(2000)}
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert used / len(kept) < 700  # bytes; the texts have 5,000
