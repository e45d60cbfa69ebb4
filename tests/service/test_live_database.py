"""The serving index on a database: a new generation is notified, and found by polling if the notification is lost."""

from __future__ import annotations

import asyncio
import time

import pytest
from conftest import WordEncoder
from support.running.postgres import ready

from bot.service.live_index import LiveIndex
from index.build.update import update
from index.postgres.generations import DatabaseGenerations
from sources.document import Document

pytestmark = pytest.mark.anyio


@pytest.fixture
async def serving(postgres, shelf):
    database = ready(postgres)
    generations = DatabaseGenerations(database)
    update(shelf, generations, WordEncoder())
    live = LiveIndex(DatabaseGenerations(database), WordEncoder())
    yield live, generations, shelf
    assert await live.end()
    database.close()


async def serves(live, generation, seconds=15.0):
    until = time.monotonic() + seconds
    while live.generation != generation:
        assert time.monotonic() < until, f"{live.generation} still serves"
        live.look()
        await asyncio.sleep(0.05)


async def test_a_new_generation_is_notified(serving):
    live, generations, shelf = serving
    assert live.generation == "000001"
    shelf.put(Document("trade", "Trade", "The trade went on by truck.", published="2024"))
    update(shelf, generations, WordEncoder())
    await serves(live, "000002")
    assert "trade" in live.documents
    assert (await live.search("trade", 1))[0].passage.document_id == "trade"


async def test_it_is_found_when_the_connection_that_listened_was_cut(serving):
    live, generations, shelf = serving
    await asyncio.sleep(0.3)
    generations.database.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE 'SELECT generation%'"
    )
    shelf.put(Document("trade", "Trade", "The trade went on by truck.", published="2024"))
    update(shelf, generations, WordEncoder())
    await serves(live, "000002", 20.0)


async def test_a_rollback_is_followed_as_well(serving):
    live, generations, shelf = serving
    shelf.put(Document("trade", "Trade", "The trade went on by truck.", published="2024"))
    update(shelf, generations, WordEncoder())
    await serves(live, "000002")
    generations.rollback()
    await serves(live, "000001")
