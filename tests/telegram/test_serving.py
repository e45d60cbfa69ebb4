"""Everything beside the handlers: processes with timeouts, supervised tasks, the watchdog, pictures, test questions."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from support.fakes.pauses import Pauses
from support.running.telegram_bot import answer_to, running

from bot.errors import SetupError
from bot.service.worker_pool import Overdue, WorkerDied, WorkerPool
from bot.telegram.metrics import Metrics
from bot.telegram.serving import watchdog
from bot.telegram.serving.proof import PROOF_QUESTION
from bot.telegram.serving.supervisor import Supervisor

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:Please use 'Bot.getUpdates'")]
ASK = "What truce was agreed in Doha?"


def nothing():
    """An initialiser."""


def fails():
    raise OSError("no model")


def living(pool, count, seconds=60.0):
    until = time.monotonic() + seconds
    while pool.living < count:
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.fixture
def pool():
    made = WorkerPool("test", 2, nothing)
    living(made, 2)
    yield made
    made.close()


def test_a_dying_process_affects_no_other(pool):
    found = []
    neighbour = threading.Thread(target=lambda: found.append(pool.call(_slow, 2.0, seconds=30)))
    neighbour.start()
    time.sleep(0.3)
    with pytest.raises(WorkerDied):
        pool.call(os._exit, 9, seconds=30)
    neighbour.join()
    assert found == [2.0]
    living(pool, 2)
    assert pool.restarts == 1
    assert pool.call(len, "abc", seconds=30) == 3


def test_a_call_that_times_out_has_its_process_replaced(pool):
    before = set(pool.pids())
    with pytest.raises(Overdue):
        pool.call(_spin, seconds=0.5)
    living(pool, 2)
    assert len(before & set(pool.pids())) == 1
    assert pool.call(len, "abc", seconds=30) == 3


def test_an_exception_in_a_process_is_raised_here_and_ends_nothing(pool):
    with pytest.raises(ValueError, match="invalid literal"):
        pool.call(int, "x", seconds=30)
    assert pool.living == 2


def test_a_process_that_fails_to_start_does_not_count():
    made = WorkerPool("test", 1, fails)
    time.sleep(3.0)
    assert made.living == 0
    made.close()


def test_a_call_can_be_broadcast_to_every_process(pool):
    pool.everywhere(_remember)
    found = []
    threads = [threading.Thread(target=lambda: found.append(pool.call(_remembered, seconds=30))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {remembers for remembers, _ in found} == {True}
    assert len({pid for _, pid in found}) == 2


def _slow(seconds):
    time.sleep(seconds)
    return seconds


def _spin():
    while True:
        pass


_memory = []


def _remember():
    _memory.append(1)


def _remembered():
    time.sleep(1.0)
    return bool(_memory), os.getpid()


async def test_a_task_that_fails_is_started_again_and_counted(monkeypatch):
    pauses = Pauses(monkeypatch, "bot.telegram.serving.supervisor")
    metrics, runs = Metrics(), []
    tasks = Supervisor(metrics)

    async def work():
        runs.append(len(runs))
        if len(runs) == 1:
            raise RuntimeError("secret words")
        if len(runs) > 2:
            await asyncio.Event().wait()

    tasks.start("housekeeping", work)
    while not pauses.asked:
        await asyncio.sleep(0.01)
    assert list(tasks.down) == ["housekeeping"]
    pauses.go.set()
    while len(runs) < 3:
        await asyncio.sleep(0.01)
    assert tasks.down == {}
    assert 'torkham_task_restarts_total{task="housekeeping"} 2.0' in metrics.text().decode()
    await tasks.stop()


async def test_only_a_setup_error_ends_the_bot():
    tasks = Supervisor(Metrics())

    async def work():
        raise SetupError("Telegram does not know this token")

    tasks.start("source", work)
    with pytest.raises(SetupError):
        await tasks.fatal
    assert tasks.down == {"source": "ended"}
    await tasks.stop()


FROZEN = """
import re, sys, time
sys.path.insert(0, {root!r})
from bot.telegram.serving.watchdog import Watchdog
dog = Watchdog(1.0)
for _ in range(3):
    dog.beat(); time.sleep(0.3)
print("frozen", flush=True)
re.match("(a|a)*$", "a" * 60 + "b")  # holds the interpreter: no thread of this process runs any more
"""


def test_a_process_that_is_frozen_is_killed_from_outside():
    root = str(Path(__file__).parents[2])
    frozen = subprocess.Popen(
        [sys.executable, "-c", FROZEN.format(root=root)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, said = frozen.communicate(timeout=60)
    assert frozen.returncode == -signal.SIGKILL
    assert out == b"frozen\n"
    assert b"no sign of life" in said


def test_the_watchdog_goes_with_the_bot():
    read, write = os.pipe()
    os.close(write)
    watchdog.watch(os.getppid(), 60.0, read)  # returns at once: the pipe is closed
    os.close(read)


async def test_an_answer_that_times_out_is_given_up_and_reported(api, home, monkeypatch):
    go = threading.Event()
    async with running(api, home) as bot:
        live = bot.desk.live
        monkeypatch.setattr(live, "_seconds", 5)
        answerer, answer = live._serving.answerer, live._serving.answerer.answer
        stuck = {ASK}
        monkeypatch.setattr(
            answerer, "answer", lambda raw, **values: go.wait(60) if raw in stuck else answer(raw, **values)
        )
        api.say(7, ASK)
        api.say(8, "Who built the fence?")
        other = (await api.until(lambda api: api.sent(8)))[0]
        await api.until(lambda api: api.sent(7))
        await api.until(lambda api: bot.desk.journal.count() == {"aside": 1, "done": 1})
        assert bot.desk.store.rows("SELECT note FROM journal WHERE state = 'aside'") == [{"note": "took too long"}]
        stuck.add(PROOF_QUESTION)
        await bot.proof.ask()
        assert (bot.health()[0], bot.proof.hangs) == (False, True)
        go.set()
        monkeypatch.setattr(answerer, "answer", answer)
        await bot.proof.ask()
        assert bot.health()[0]
    assert api.sent(7)[0]["text"].startswith("This question could not be answered")
    assert "fence" in other["text"]


async def test_waiting_chats_and_pictures_block_nobody(api, home, monkeypatch):
    """Sixteen rate-limited chats and forty timelines: another reader is answered before any of them."""
    api.fault("sendMessage", 429, times=16, retry_after=60)
    async with running(api, home, telegram_at_once=16) as bot:
        for person in range(100, 116):
            api.say(person, ASK)
        await api.until(lambda api: sum("retry after" in call.get("error", "") for call in api.calls) == 16)
        for person in range(200, 240):
            api.say(person, f"/timeline {1900 + person} 2025")
        await api.until(lambda api: bot.desk.outgoing.pictures.waiting > 1)
        said = await answer_to(api, 7, "Who built the fence?")
        assert said["chat"]["id"] == 7
        healthy, about = bot.health()
        assert healthy
        assert about["open"] >= 16
        assert about["pictures_waiting"] > 0
        assert api.sent(100) == []
        monkeypatch.setattr("bot.telegram.app.GRACE_SECONDS", 0.1)
