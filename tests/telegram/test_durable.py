"""Flushes are shared, and none is taken for one that began before what it should cover was written."""

from __future__ import annotations

import asyncio
import threading

import pytest

from bot.telegram.queue.group_commit import Durable

pytestmark = pytest.mark.anyio


async def test_whoever_comes_during_a_flush_waits_for_the_next_and_all_share_it():
    flushes, go, begun = [], threading.Semaphore(0), asyncio.Event()
    loop = asyncio.get_running_loop()

    def flush():
        flushes.append(len(flushes))
        loop.call_soon_threadsafe(begun.set)
        assert go.acquire(timeout=5)

    durable = Durable(flush)
    first = asyncio.create_task(durable())
    await begun.wait()
    others = [asyncio.create_task(durable()) for _ in range(5)]
    await asyncio.sleep(0.05)
    assert len(flushes) == 1
    go.release()
    await first
    assert not any(task.done() for task in others)
    go.release()
    await asyncio.gather(*others)
    assert len(flushes) == 2


async def test_a_flush_that_fails_is_told_to_all_and_the_next_may_succeed():
    outcomes = [OSError("no room"), None]

    def flush():
        if error := outcomes.pop(0):
            raise error

    durable = Durable(flush)
    told = await asyncio.gather(durable(), durable(), return_exceptions=True)
    assert [str(error) for error in told] == ["no room", "no room"]
    await durable()
    assert outcomes == []


async def test_who_gives_up_takes_the_flush_from_nobody():
    go = threading.Event()
    durable = Durable(lambda: go.wait(5) and None)
    hasty, patient = asyncio.create_task(durable()), asyncio.create_task(durable())
    await asyncio.sleep(0.05)
    hasty.cancel()
    await asyncio.sleep(0)
    go.set()
    await patient
    assert hasty.cancelled()
