"""How several replicas of the Telegram bot share the work: real processes over one database and the fake Bot API.

    python -m evals.load.replicas --home HOME [--replicas 1 2 4] [--questions 600]        answers a second
    python -m evals.load.replicas --home HOME --updates 5000 [--kills 10]                 duplicates while replicas are killed
    python -m evals.load.replicas --home HOME --failover 3                                seconds until another replica takes over

The home must hold a model and an index; a database of the run's own is started, and the index moved into it.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.store.postgres import DatabaseStore

TESTS = Path(__file__).parents[2] / "tests"
TORKHAM = [sys.executable, "-c", "from bot.cli import main; main()"]
DOUBT = "may have been sent twice"
DATE_PARTS = ("What happened in", "What did Pakistan say in", "What did the Taliban say in")


class Fleet:
    """Replicas by number behind a balancer, over one database."""

    def __init__(self, api: Any, url: str, home: Path) -> None:
        self.api, self.url, self.home = api, url, home
        self.ports: list[int] = []
        self.balancer: Any = None
        self.processes: dict[int, asyncio.subprocess.Process] = {}

    async def start(self, count: int) -> None:
        """Start `count` replicas and a balancer."""
        free_port = importlib.import_module("support.fakes.web").free_port
        self.ports = [free_port() for _ in range(count)]
        self.balancer = await importlib.import_module("support.fakes.balancer").Balancer(self.ports).start()
        for number in range(count):
            await self.begin(number)

    async def begin(self, number: int) -> None:
        """Start a replica, and wait until it has set its webhook."""
        told = len(self.api.of("setWebhook"))
        given = {
            "TELEGRAM_TOKEN": self.api.token, "TELEGRAM_BASE_URL": self.api.url, "DATABASE_URL": self.url,
            "TELEGRAM_WEBHOOK_URL": self.balancer.url, "TELEGRAM_WEBHOOK_SECRET": "x" * 40,
            "TELEGRAM_WEBHOOK_PORT": str(self.ports[number]), "TELEGRAM_PER_MINUTE": "1000000",
            "TELEGRAM_PER_DAY": "1000000", "TELEGRAM_WAITING": "1000000", "TELEGRAM_PROCESSES": "0",
            "TELEGRAM_TOO_OLD_MINUTES": "600", "LOG_LEVEL": "error",
        }  # fmt: skip
        self.processes[number] = await asyncio.create_subprocess_exec(
            *TORKHAM, "--home", str(self.home), "bot", "run",
            env={**os.environ, **{f"TORKHAM_{name}": value for name, value in given.items()}},
        )  # fmt: skip
        await self.api.until(lambda api: len(api.of("setWebhook")) > told, 120)

    async def kill(self, number: int) -> None:
        """Kill a replica (SIGKILL)."""
        self.processes[number].kill()
        await self.processes[number].wait()

    async def stop(self) -> None:
        """Shut all replicas and the balancer down cleanly."""
        for process in self.processes.values():
            if process.returncode is None:
                process.terminate()
            await process.wait()
        await self.balancer.stop()


def answered(calls: Sequence[dict[str, Any]]) -> Counter[tuple[int, int]]:
    """How often each (chat, message) was answered."""
    found: Counter[tuple[int, int]] = Counter()
    for call in calls:
        message = call.get("arrived") or {}
        if call["method"] == "sendMessage" and message.get("reply_to_message"):
            found[message["chat"]["id"], message["reply_to_message"]["message_id"]] += 1
    return found


def in_order(calls: Sequence[dict[str, Any]]) -> bool:
    """Whether the first answers of each chat came in the order of the questions."""
    last: dict[int, int] = {}
    seen: set[tuple[int, int]] = set()
    for call in calls:
        message = call.get("arrived") or {}
        if call["method"] != "sendMessage" or not message.get("reply_to_message"):
            continue
        key = (message["chat"]["id"], message["reply_to_message"]["message_id"])
        if key not in seen:
            seen.add(key)
            if key[1] < last.get(key[0], 0):
                return False
            last[key[0]] = key[1]
    return True


async def rate(api: Any, fleet: Fleet, count: int, questions: int) -> dict[str, Any]:
    """Answers per second of `count` replicas, with 64 questions open at a time."""
    await fleet.start(count)
    warm = [api.say(9_000 + number, text(number))["message"] for number in range(8 * count)]
    await _until(api, warm)
    began, asked = time.monotonic(), list[dict[str, Any]]()
    done = sum(answered(api.calls).values())
    for number in range(questions):
        while number - (_count(api) - done) >= 64:
            await asyncio.sleep(0.01)
        asked.append(api.say(1 + number % 100, text(number))["message"])
    await _until(api, asked)
    seconds = time.monotonic() - began
    await fleet.stop()
    once = sum(answered(api.calls)[message["chat"]["id"], message["message_id"]] == 1 for message in asked)
    return {"replicas": count, "per_second": round(questions / seconds, 1), "once": once, "of": questions}


async def duplicates(api: Any, fleet: Fleet, updates: int, kills: int) -> dict[str, Any]:
    """Deliver updates, a third of them twice, while replicas are killed and started again."""
    dice, asked = random.Random(2026), list[dict[str, Any]]()
    await fleet.start(3)
    began, every = time.monotonic(), max(1, updates // (kills + 1))
    for number in range(updates):
        while number - len(answered(api.calls)) >= 200:
            await asyncio.sleep(0.05)
        update = api.say(1 + number % 100, text(number))
        asked.append(update["message"])
        if number % 3 == 0:
            api.push("message", update["message"], update["update_id"])
        if number % every == every - 1 and number + every <= updates:
            victim = dice.randrange(3)
            await fleet.kill(victim)
            await fleet.begin(victim)
    await _until(api, asked)
    await asyncio.sleep(1)
    seconds = time.monotonic() - began
    await fleet.stop()
    found = answered(api.calls)
    times = [found[message["chat"]["id"], message["message_id"]] for message in asked]
    return {
        "updates": updates, "brought": len(api.deliveries), "kills": kills, "lost": times.count(0),
        "twice": sum(count == 2 for count in times), "more": sum(count > 2 for count in times),
        "said": _doubts(fleet.url), "in_order": in_order(api.calls), "seconds": round(seconds),
    }  # fmt: skip


async def failover(api: Any, fleet: Fleet, rounds: int) -> dict[str, Any]:
    """Seconds from the death of a replica with questions in work until all of them are answered by another."""
    await fleet.start(2)
    await _until(api, [api.say(9_000 + number, text(number))["message"] for number in range(16)])
    took = []
    for number in range(rounds):
        asked = [api.say(1 + person, text(person))["message"] for person in range(24)]
        await asyncio.sleep(0.4)
        await fleet.kill(number % 2)
        killed = time.monotonic()
        await _until(api, asked)
        took.append(round(time.monotonic() - killed, 1))
        await fleet.begin(number % 2)
    await fleet.stop()
    return {"failover_seconds": took}


def text(number: int) -> str:
    """A question; 600 different ones."""
    return f"{DATE_PARTS[number % 3]} {1 + number % 12}/{1976 + number % 50}?"


def _count(api: Any) -> int:
    return sum(call["method"] == "sendMessage" and bool(call.get("arrived")) for call in api.calls)


async def _until(api: Any, asked: Sequence[dict[str, Any]], patience: float = 240.0) -> None:
    end, wanted = time.monotonic() + patience, {(m["chat"]["id"], m["message_id"]) for m in asked}
    while not wanted <= answered(api.calls).keys() and time.monotonic() < end:
        await asyncio.sleep(0.05)


def _doubts(url: str) -> int:
    store = DatabaseStore(url)
    row = store.row("SELECT COUNT(*) AS number FROM journal WHERE note = :note", note=DOUBT)
    store.close()
    return int(row["number"]) if row else 0


async def run(given: argparse.Namespace, url: str) -> list[dict[str, Any]]:
    """Run the chosen measurements in turn."""
    fake = importlib.import_module("support.fakes.bot_api").FakeBotApi
    found = []

    async def one(measure: Any, *numbers: int) -> None:
        api = await fake().start()
        api.update_ids = iter(range(time.time_ns() // 1_000_000, 1 << 60))
        try:
            found.append(await measure(api, Fleet(api, url, given.home), *numbers))
        finally:
            await api.stop()

    if given.updates:
        await one(duplicates, given.updates, given.kills)
    elif given.failover:
        await one(failover, given.failover)
    else:
        for count in given.replicas:
            await one(rate, count, given.questions)
    return found


def main() -> None:
    """Run it and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--replicas", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--questions", type=int, default=600)
    parser.add_argument("--updates", type=int, default=0)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--failover", type=int, default=0)
    given = parser.parse_args()
    sys.path.append(str(TESTS))
    with importlib.import_module("support.running.postgres").server() as url:
        environment = {**os.environ, "TORKHAM_DATABASE_URL": url}
        for words in (["database", "init"], ["database", "move", "--to", "postgres"]):
            subprocess.run(
                [*TORKHAM, "--home", str(given.home), *words], env=environment, check=True, stdout=sys.stderr
            )
        found = asyncio.run(run(given, url))
    print(json.dumps({"processors": os.cpu_count(), "busy": round(os.getloadavg()[0], 1), "found": found}, indent=2))


if __name__ == "__main__":
    main()
