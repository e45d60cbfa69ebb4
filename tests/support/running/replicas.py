"""Several whole bots over one database and one fake Bot API."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import time
from collections import Counter
from pathlib import Path
from typing import Any

from conftest import WordEncoder
from support.fakes.balancer import Balancer
from support.fakes.bot_api import FakeBotApi
from support.fakes.web import free_port
from support.processes.whole_bot import main
from support.running.postgres import empty_schema
from support.running.telegram_bot import library

from bot.store import setup as store_setup
from bot.store.postgres import DatabaseStore
from index.build.update import update
from index.postgres.connection import Database
from index.postgres.generations import DatabaseGenerations
from index.postgres.setup import init

TESTS = Path(__file__).parents[2]
FORKS = multiprocessing.get_context("forkserver")
os.environ["PYTHONPATH"] = os.pathsep.join([str(TESTS), str(TESTS.parent)])  # for the fork server
FORKS.set_forkserver_preload(["support.processes.whole_bot"])
DOUBT = "may have been sent twice"


def prepared(postgres: str) -> str:
    """The URL of a new schema with the index of `library()` and an empty store."""
    url = empty_schema(postgres)
    database = Database(url)
    init(database)
    store_setup.init(database)
    update(library(), DatabaseGenerations(database), WordEncoder())
    database.close()
    return url


class Replicas:
    """Bots by their number; with ports they are told of updates by webhook, else one of them polls."""

    def __init__(self, api: FakeBotApi, url: str, folder: Path, *, polling: bool = False, **settings: Any) -> None:
        self.api, self.url, self.folder, self.settings = api, url, folder, settings
        self.polling, self.processes, self.ports = polling, dict[int, Any](), dict[int, int]()
        self.balancer: Balancer | None = None

    async def start(self, count: int, seconds: float = 0.0) -> None:
        if not self.polling:
            self.ports = {number: free_port() for number in range(count)}
            self.balancer = await Balancer(list(self.ports.values())).start()
        await asyncio.gather(*(self.begin(number, seconds) for number in range(count)))

    async def begin(self, number: int, seconds: float = 0.0) -> None:
        settings = {"database_url": self.url, "telegram_per_minute": 1000, **self.settings}
        if self.balancer is not None:
            settings |= {
                "telegram_webhook_url": self.balancer.url,
                "telegram_webhook_secret": "x" * 40,
                "telegram_webhook_port": self.ports[number],
            }
        begun = "deleteWebhook" if self.polling else "setWebhook"
        process = FORKS.Process(
            target=main, args=(self.folder / f"home{number}", self.api.url, seconds, self.log(number)), kwargs=settings
        )
        before = len(self.api.of(begun))
        process.start()
        self.processes[number] = process
        await self.api.until(lambda api: len(api.of(begun)) > before or not process.is_alive())
        assert process.is_alive(), self.logs(number)

    def log(self, number: int) -> Path:
        return self.folder / f"log{number}"

    def logs(self, number: int) -> str:
        return self.log(number).read_text() if self.log(number).exists() else ""

    async def ended_in_order(self, number: int) -> int:
        self.processes[number].terminate()
        return await self.ended(number)

    async def kill(self, number: int) -> None:
        self.processes[number].kill()
        await self.ended(number)

    async def ended(self, number: int, seconds: float = 60.0) -> int:
        until = time.monotonic() + seconds
        while self.processes[number].is_alive():
            assert time.monotonic() < until, "the process does not end"
            await asyncio.sleep(0.01)
        return self.processes[number].exitcode

    async def stop(self) -> list[int]:
        for process in self.processes.values():
            process.terminate()
        codes = [await self.ended(number) for number in self.processes]
        if self.balancer is not None:
            await self.balancer.stop()
        return codes

    def journal(self) -> list[dict[str, Any]]:
        store = DatabaseStore(self.url)
        try:
            return store.rows("SELECT update_id, state, note, body, owner, attempts FROM journal ORDER BY update_id")
        finally:
            store.close()


def counts(api: FakeBotApi, asked: list[dict[str, Any]]) -> list[int]:
    """How often each of the messages was answered."""
    found = Counter((m["chat"]["id"], (m.get("reply_to_message") or {}).get("message_id")) for m in api.sent())
    return [found[message["chat"]["id"], message["message_id"]] for message in asked]


def in_order(api: FakeBotApi) -> bool:
    """Whether the first answers in each chat came in the order of their questions."""
    order: dict[int, list[int]] = {}
    for message in api.sent():
        answered = order.setdefault(message["chat"]["id"], [])
        number = (message.get("reply_to_message") or {}).get("message_id")
        if number and number not in answered:
            answered.append(number)
    return all(numbers == sorted(numbers) for numbers in order.values())
