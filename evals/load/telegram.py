"""How the Telegram bot bears load: a real process over the fake Bot API, which runs in this one.

    python -m evals.load.telegram --home HOME [--questions 1000] [--users 50] [--rate 10] [--greedy 100]
    python -m evals.load.telegram --home HOME --rate 0 [--open 64] [--marks 1000 5000 10000]

    python -m evals.load.telegram --home HOME --jam

`--rate 0` hands over as fast as answers come, at most `--open` unanswered at a time, and so measures what is sustained.
`--jam` puts sixteen chats off for 25 seconds (429), lets forty readers ask for forty timelines, and tells how long one
question of another reader waits meanwhile. The home must hold an index; its settings count, its journal and its answers grow.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
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

from index.files.generations import Generations
from index.files.records import RECORDS_FILE, Records

TESTS = Path(__file__).parents[2] / "tests"
PATIENCE = 120.0  # seconds without any answer after which the run is given up
GREEDY = 10_001  # the person who asks everything at once


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run showed; latencies in seconds from the reader's message to its arrival, memory in MB.

    The latencies leave the greedy reader out; `typing_p95` is until typing is shown, where it came before the answer.
    `cpu` is the bot's processor time for each answer in ms, `memory` its resident memory by number of answers.
    """

    questions: int
    answered_once: int
    in_order: bool
    per_second: float
    p50: float
    p95: float
    p99: float
    typing_p95: float
    cpu: float
    memory: dict[int, float]
    processors: int
    busy: float


def figures(
    asked: dict[tuple[int, int], float], calls: Sequence[dict[str, Any]], cpu: float, memory: dict[int, float]
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
        p95=_share(waits, 0.95),
        p99=_share(waits, 0.99),
        typing_p95=_share(_typing(asked, arrived, calls), 0.95),
        cpu=round(1000 * cpu / len(arrived), 1),
        memory=memory,
        processors=os.cpu_count() or 0,
        busy=round(os.getloadavg()[0], 1),
    )


def _typing(
    asked: dict[tuple[int, int], float], arrived: dict[tuple[int, int], list[float]], calls: Sequence[dict[str, Any]]
) -> list[float]:
    """How long each first typing took, of readers who had one question open."""
    shown: dict[int, list[float]] = {}
    for call in calls:
        if call["method"] == "sendChatAction":
            shown.setdefault(call["p"]["chat_id"], []).append(call["at"])
    waits = []
    for (chat, message), at in asked.items():
        answered = arrived.get((chat, message), [at])[0]
        waits += [time - at for time in shown.get(chat, ()) if at <= time <= answered][:1]
    return sorted(waits)


def _share(ordered: Sequence[float], share: float) -> float:
    return round(ordered[max(0, int(len(ordered) * share) - 1)], 3) if ordered else 0.0


class Watched:
    """Counts the answers as they come, and notes the memory of the bot at some of the counts."""

    def __init__(self, api: Any, pid: int, marks: Sequence[int]) -> None:
        self._api, self._pid, self._marks = api, pid, list(marks)
        self._seen = self.answers = 0
        self.memory = {0: _memory(pid)}

    def look(self) -> int:
        """How many answers have come."""
        fresh = self._api.calls[self._seen :]
        self._seen += len(fresh)
        self.answers += sum(call["method"] == "sendMessage" for call in fresh)
        while self._marks and self.answers >= self._marks[0]:
            self.memory[self._marks.pop(0)] = _memory(self._pid)
        return self.answers

    async def until(self, wanted: int) -> None:
        """Wait until `wanted` answers have come, or none for PATIENCE seconds."""
        at, count = time.monotonic(), self.look()
        while count < wanted and time.monotonic() - at < PATIENCE:
            await asyncio.sleep(0.02)
            if self.look() != count:
                at, count = time.monotonic(), self.answers


async def load(given: argparse.Namespace) -> Figures | dict[str, float]:
    """Start a bot, let the users ask, and wait until nothing more comes."""
    api = await _fake().FakeBotApi().start()
    api.update_ids = itertools.count(time.time_ns() // 1_000_000)  # the journal of the home knows those of earlier runs
    bot = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from bot.cli import main; main()", "--home", str(given.home), "bot", "run",
        env={
            **os.environ,
            "TORKHAM_TELEGRAM_TOKEN": api.token,
            "TORKHAM_TELEGRAM_BASE_URL": api.url,
            "TORKHAM_TELEGRAM_PER_MINUTE": "1000000",
            "TORKHAM_TELEGRAM_ACTIONS_PER_MINUTE": "1000000",
            "TORKHAM_TELEGRAM_PER_DAY": "1000000",
            "TORKHAM_TELEGRAM_WAITING": "1000000",
            "TORKHAM_LOG_LEVEL": "warning",
        },
    )  # fmt: skip
    try:
        await api.until(lambda api: api.of("deleteWebhook"), 120)
        if given.jam:
            return await _jam(api, questions_of(given.home))
        return await _measure(api, bot.pid, questions_of(given.home), given)
    finally:
        if bot.returncode is None:
            bot.terminate()
        await bot.wait()
        await api.stop()


async def _measure(api: Any, pid: int, texts: Sequence[str], given: argparse.Namespace) -> Figures:
    await _warm(api, texts[0])
    asked: dict[tuple[int, int], float] = {}
    watched, worked, began = Watched(api, pid, given.marks), processor_seconds(pid), time.time()
    for number in range(given.greedy):
        message = api.say(GREEDY, texts[number % len(texts)])["message"]
        asked[GREEDY, message["message_id"]] = time.time()
    for number in range(given.questions):
        if not given.rate:
            await watched.until(len(asked) - given.open + 1)
        person = 1 + number % given.users
        message = api.say(person, texts[number % len(texts)])["message"]
        asked[person, message["message_id"]] = time.time()
        if given.rate:
            await asyncio.sleep(max(0.0, began + (number + 1) / given.rate - time.time()))
            watched.look()
    await watched.until(len(asked))
    await asyncio.sleep(0.5)
    return figures(asked, api.calls, processor_seconds(pid) - worked, {**watched.memory, len(asked): _memory(pid)})


async def _jam(api: Any, texts: Sequence[str], patience: float = 60.0) -> dict[str, float]:
    """Seconds that questions of other readers waited: beside put-off chats, and with forty timelines on top."""
    await _warm(api, texts[0])
    api.fault("sendMessage", 429, times=16, retry_after=25)
    for number in range(16):
        api.say(300 + number, texts[number % len(texts)])
    await api.until(lambda api: sum("retry after" in call.get("error", "") for call in api.calls) >= 16, patience)
    beside = await _waited(api, 400, texts[17], patience)
    for number in range(40):
        api.say(500 + number, f"/timeline {1950 + number} {2000 + number % 20}")
    timelines = [await _waited(api, 401 + number, texts[20 + number], patience) for number in range(5)]
    return {"beside_put_off_chats": round(beside, 3), "with_forty_timelines_worst_of_5": round(max(timelines), 3)}


async def _waited(api: Any, person: int, text: str, patience: float) -> float:
    """Seconds from a question to its answer."""
    began = time.time()
    api.say(person, text)
    await api.until(lambda api: api.sent(person), patience)
    arrived = (call["at"] for call in api.of("sendMessage") if call.get("arrived") and call["p"]["chat_id"] == person)
    return float(next(arrived)) - began


async def _warm(api: Any, text: str) -> None:
    api.say(10_000, text)
    await api.until(lambda api: api.sent(10_000), 60)
    api.calls.clear()


def questions_of(home: Path) -> list[str]:
    """A question about each heading of the library."""
    records = Records(Generations(home).path() / RECORDS_FILE)
    briefs = [document for document in records.documents() if not document.explainers]  # theirs are questions already
    headings = [document.text[h.start : h.end] for document in briefs for h in document.headings]
    records.close()
    return [f"What is known about {heading}?" for heading in dict.fromkeys(headings)] or ["What is the Durand Line?"]


def _memory(pid: int) -> float:
    """Resident memory of a process in MB (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


def processor_seconds(pid: int) -> float:
    """What a process has used of the processors so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _fake() -> Any:
    sys.path.append(str(TESTS))
    return importlib.import_module("support.fakes.bot_api")


def main() -> None:
    """Run it and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--rate", type=float, default=10.0)
    parser.add_argument("--open", type=int, default=64)
    parser.add_argument("--greedy", type=int, default=0)
    parser.add_argument("--jam", action="store_true")
    parser.add_argument("--marks", type=int, nargs="*", default=[])
    found = asyncio.run(load(parser.parse_args()))
    print(json.dumps(asdict(found) if isinstance(found, Figures) else found, indent=2))


if __name__ == "__main__":
    main()
