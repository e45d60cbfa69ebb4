"""Flushes are shared, and a write is never covered by a flush that started before it."""

from __future__ import annotations

import asyncio
import threading

import pytest

from bot.telegram.queue.store_calls import Durable

pytestmark = pytest.mark.anyio


async def test_writers_arriving_during_a_flush_share_the_next_one():
    flushes, go, begun = [], threading.Semaphore(0), asyncio.Event()
    loop = asyncio.get_running_loop()

    def flush():
        flushes.append(len(flushes))
        loop.call_soon_threadsafe(begun.set)
        assert go.acquire(timeout=60)

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


async def test_a_failed_flush_reaches_all_waiters_and_the_next_may_succeed():
    outcomes = [OSError("no room"), None]

    def flush():
        if error := outcomes.pop(0):
            raise error

    durable = Durable(flush)
    told = await asyncio.gather(durable(), durable(), return_exceptions=True)
    assert [str(error) for error in told] == ["no room", "no room"]
    await durable()
    assert outcomes == []


async def test_a_cancelled_waiter_does_not_cancel_the_flush():
    go = threading.Event()
    durable = Durable(lambda: go.wait(5) and None)
    hasty, patient = asyncio.create_task(durable()), asyncio.create_task(durable())
    await asyncio.sleep(0.05)
    hasty.cancel()
    await asyncio.sleep(0)
    go.set()
    await patient
    assert hasty.cancelled()
