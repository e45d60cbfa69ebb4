"""How the Telegram bot bears load: a real process over the fake Bot API, which runs in this one.

    python -m evals.telegram_load --home HOME [--questions 1000] [--users 50] [--rate 10] [--greedy 100]

`--rate 0` hands over everything at once and so measures what is sustained. The home must hold an index.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import itertools
import json
import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FAKE = Path(__file__).parent.parent / "tests" / "fake_bot_api.py"
PATIENCE = 120.0  # seconds without any answer after which the run is given up
GREEDY = 10_001  # the person who asks everything at once


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run showed; latencies in seconds from the reader's message to its arrival, memory in MB."""

    questions: int
    answered_once: int
    in_order: bool
    per_second: float
    p50: float
    p95: float
    p99: float
    memory_before: float
    memory_after: float
    processors: int


def figures(
    asked: dict[tuple[int, int], float], calls: Sequence[dict[str, Any]], memory: tuple[float, float]
) -> Figures:
    """The figures out of what was asked (chat and message -> when) and the calls that the fake received."""
    arrived: dict[tuple[int, int], list[float]] = {}
    order: dict[int, list[int]] = {}
    for call in calls:
        message = call.get("arrived") or {}
        answered = (message.get("reply_to_message") or {}).get("message_id")
        if call["method"] == "sendMessage" and answered:
            arrived.setdefault((message["chat"]["id"], answered), []).append(call["at"])
            order.setdefault(message["chat"]["id"], []).append(answered)
    waits = sorted(times[0] - asked[key] for key, times in arrived.items() if key in asked and key[0] != GREEDY)
    last = max(times[0] for times in arrived.values())
    return Figures(
        questions=len(asked),
        answered_once=sum(len(arrived.get(key, ())) == 1 for key in asked),
        in_order=all(numbers == sorted(numbers) for numbers in order.values()),
        per_second=round(len(arrived) / (last - min(asked.values())), 1),
        p50=round(statistics.median(waits), 3),
        p95=round(waits[int(len(waits) * 0.95) - 1], 3),
        p99=round(waits[int(len(waits) * 0.99) - 1], 3),
        memory_before=memory[0],
        memory_after=memory[1],
        processors=os.cpu_count() or 0,
    )


async def load(home: Path, questions: int, users: int, rate: float, greedy: int) -> Figures:
    """Start a bot, let the users ask, and wait until nothing more comes."""
    api = await _fake().FakeBotApi().start()
    api.update_ids = itertools.count(time.time_ns() // 1_000_000)  # the journal of the home knows those of earlier runs
    bot = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from bot.cli import main; main()", "--home", str(home), "bot", "run",
        env={
            **os.environ,
            "TORKHAM_TELEGRAM_TOKEN": api.token,
            "TORKHAM_TELEGRAM_BASE_URL": api.url,
            "TORKHAM_TELEGRAM_PER_MINUTE": "1000000",
            "TORKHAM_TELEGRAM_PER_DAY": "1000000",
            "TORKHAM_TELEGRAM_WAITING": "1000000",
            "TORKHAM_LOG_LEVEL": "warning",
        },
    )  # fmt: skip
    try:
        await api.until(lambda api: api.of("deleteWebhook"), 120)
        return await _measure(api, bot.pid, _texts(home), questions, users, rate, greedy)
    finally:
        if bot.returncode is None:
            bot.terminate()
        await bot.wait()
        await api.stop()


async def _measure(
    api: Any, pid: int, texts: Sequence[str], questions: int, users: int, rate: float, greedy: int
) -> Figures:
    await _warm(api, texts[0])
    asked: dict[tuple[int, int], float] = {}
    before, began = _memory(pid), time.time()
    for number in range(greedy):
        message = api.say(GREEDY, texts[number % len(texts)])["message"]
        asked[GREEDY, message["message_id"]] = time.time()
    for number in range(questions):
        person = 1 + number % users
        message = api.say(person, texts[number % len(texts)])["message"]
        asked[person, message["message_id"]] = time.time()
        if rate:
            await asyncio.sleep(max(0.0, began + (number + 1) / rate - time.time()))
    await _all_in(api, len(asked))
    await asyncio.sleep(0.5)
    return figures(asked, api.calls, (before, _memory(pid)))


async def _warm(api: Any, text: str) -> None:
    api.say(10_000, text)
    await api.until(lambda api: api.sent(10_000), 60)
    api.calls.clear()


async def _all_in(api: Any, wanted: int) -> None:
    seen, at = 0, time.monotonic()
    while seen < wanted and time.monotonic() - at < PATIENCE:
        await asyncio.sleep(0.2)
        count = sum(call["method"] == "sendMessage" for call in api.calls)
        if count != seen:
            seen, at = count, time.monotonic()


def _texts(home: Path) -> list[str]:
    """A question about each heading of the library."""
    from index.generations import Generations
    from index.records import Records
    from index.writer import RECORDS

    records = Records(Generations(home).path() / RECORDS)
    headings = [document.text[h.start : h.end] for document in records.documents() for h in document.headings]
    records.close()
    return [f"What is known about {heading}?" for heading in dict.fromkeys(headings)] or ["What is the Durand Line?"]


def _memory(pid: int) -> float:
    """Resident memory of a process in MB (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


def _fake() -> Any:
    spec = importlib.util.spec_from_file_location("fake_bot_api", FAKE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Run it and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--rate", type=float, default=10.0)
    parser.add_argument("--greedy", type=int, default=0)
    given = parser.parse_args()
    found = asyncio.run(load(given.home, given.questions, given.users, given.rate, given.greedy))
    print(json.dumps(asdict(found), indent=2))


if __name__ == "__main__":
    main()
