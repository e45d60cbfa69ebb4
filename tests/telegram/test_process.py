"""The bot as a process: killed at random moments, shut down cleanly, with no private data in its log."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import time
from pathlib import Path
from typing import Any

import pytest
from support.fakes.bot_api import TOKEN, FakeBotApi
from support.fakes.web import free_port
from support.processes.whole_bot import main

from bot.store.sqlite import Store
from bot.telegram.app import STUCK_EXIT_STATUS

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
ASK = "What truce was agreed in Doha?"
KILLS = 20


TESTS = Path(__file__).parents[1]
FORKS = multiprocessing.get_context("forkserver")
os.environ["PYTHONPATH"] = os.pathsep.join([str(TESTS), str(TESTS.parent)])  # for the fork server
FORKS.set_forkserver_preload(["support.processes.whole_bot"])


class Processes:
    """Starts bots on one home and collects their logs."""

    def __init__(self, home: Path, api: FakeBotApi, log: Path) -> None:
        self.home, self.api, self.log = home, api, log

    async def start(self, seconds: float = 0.0, **settings: Any) -> Any:
        begin = "setWebhook" if settings.get("telegram_webhook_url") else "deleteWebhook"
        started = len(self.api.of(begin))
        process = FORKS.Process(target=main, args=(self.home, self.api.url, seconds, self.log), kwargs=settings)
        process.start()
        await self.api.until(lambda api: len(api.of(begin)) > started or not process.is_alive())
        return process

    def journal(self) -> list[dict]:
        store = Store(self.home / "bot")
        rows = store.rows("SELECT update_id, state, note, body FROM journal ORDER BY update_id")
        store.close()
        return rows


@pytest.fixture
def bots(home, api, tmp_path):
    return Processes(home, api, tmp_path / "log")


async def end(process: Any, seconds: float = 60.0, *, terminate: bool = True) -> int:
    if terminate:
        process.terminate()
    until = time.monotonic() + seconds
    while process.is_alive():
        assert time.monotonic() < until, "the process does not end"
        await asyncio.sleep(0.01)
    return process.exitcode


def answers_to(api: FakeBotApi, message: dict) -> int:
    return sum(
        sent["reply_to_message"]["message_id"] == message["message_id"] for sent in api.sent(message["chat"]["id"])
    )


async def test_twenty_random_kills_lose_nothing_and_duplicate_nothing_silently(api, bots):
    dice, asked = random.Random(2026), []
    process = await bots.start(0.02)
    for _ in range(KILLS):
        asked += [api.say(person, ASK)["message"] for person in (7, 8, 9)]
        await asyncio.sleep(dice.uniform(0.0, 0.25))
        process.kill()
        await end(process, terminate=False)
        process = await bots.start(0.02)
        await api.until(lambda api, latest=tuple(asked[-3:]): all(answers_to(api, message) for message in latest))
    assert await end(process) == 0
    counts = [answers_to(api, message) for message in asked]
    doubts = sum(row["note"] == "may have been sent twice" for row in bots.journal())
    assert min(counts) == 1
    assert sum(counts) - len(asked) <= doubts
    assert max(counts) <= 2
    assert {row["state"] for row in bots.journal()} == {"done"}


async def test_killed_at_random_moments_with_a_webhook_nothing_is_lost(api, bots):
    dice, asked, port = random.Random(7), [], free_port()
    hook = {
        "telegram_webhook_url": f"http://127.0.0.1:{port}",
        "telegram_webhook_port": port,
        "telegram_webhook_secret": "x" * 40,
    }
    process = await bots.start(0.02, **hook)
    for _ in range(5):
        asked += [api.say(person, ASK)["message"] for person in (7, 8, 9)]
        await asyncio.sleep(dice.uniform(0.0, 0.25))
        process.kill()
        await end(process, terminate=False)
        process = await bots.start(0.02, **hook)
        await api.until(lambda api, latest=tuple(asked[-3:]): all(answers_to(api, message) for message in latest))
    assert await end(process) == 0
    counts = [answers_to(api, message) for message in asked]
    assert (min(counts), max(counts) <= 2) == (1, True)
    assert sum(counts) - len(asked) <= sum(row["note"] == "may have been sent twice" for row in bots.journal())
    assert api.webhook == ""


async def test_a_long_rate_limit_does_not_delay_a_clean_shutdown(api, bots):
    api.fault("sendMessage", 429, retry_after=3000)
    process = await bots.start()
    asked = api.say(7, ASK)["message"]
    await api.until(lambda api: any("retry after" in call.get("error", "") for call in api.calls))
    assert await end(process) == 0
    process = await bots.start()
    await api.until(lambda api: answers_to(api, asked))
    assert await end(process) == 0
    assert answers_to(api, asked) == 1


async def test_sigterm_finishes_running_updates_and_keeps_the_rest(api, bots):
    process = await bots.start(0.6)
    asked = [api.say(7, ASK)["message"] for _ in range(8)]
    await api.until(lambda api: api.sent(7))
    assert await end(process) == 0
    done = sum(answers_to(api, message) for message in asked)
    assert 1 <= done < 8
    process = await bots.start()
    await api.until(lambda api: all(answers_to(api, message) == 1 for message in asked))
    assert await end(process) == 0
    assert [answers_to(api, message) for message in asked] == [1] * 8
    assert all(row["note"] is None for row in bots.journal())


async def test_a_crashing_question_is_tried_twice_then_set_aside_and_the_others_are_answered(api, bots):
    process = await bots.start(0.3)
    bad = api.say(7, "die?")["message"]
    good = [api.say(person, ASK)["message"] for person in (8, 9)]
    for _ in range(2):
        assert await end(process, terminate=False) == 9
        process = await bots.start(0.1)
    await api.until(lambda api: answers_to(api, bad) and all(answers_to(api, message) for message in good))
    assert await end(process) == 0
    assert [row["state"] for row in bots.journal()] == ["aside", "done", "done"]
    assert [answers_to(api, message) for message in good] == [1, 1]


async def test_no_token_text_or_name_in_the_log_at_debug(api, bots):
    process = await bots.start()
    api.fault("sendMessage", 500)
    api.fault("sendMessage", "drop_after")
    api.fault("getUpdates", "html502")
    api.say(7, f"{ASK} zebra-word")
    api.push(
        "callback_query",
        {
            "id": "1",
            "from": api.user(7),
            "chat_instance": "1",
            "message": {"message_id": 1, "chat": api.chat(7)},
            "data": "zebra-word",
        },
    )
    api.type_inline(7, "zebra-word")
    await api.until(lambda api: len(api.sent(7)) == 2)
    assert await end(process) == 0
    log = bots.log.read_text()
    assert "is at work" in log
    for secret in (TOKEN, TOKEN.split(":")[1], "zebra-word", "U7", "truce"):
        assert secret not in log


async def test_the_watchdog_ends_a_process_whose_polling_is_stuck(api, bots):
    api.fault("getUpdates", "slow", times=9, seconds=30)
    process = await bots.start(telegram_watchdog_seconds=2)
    assert await end(process, terminate=False) == STUCK_EXIT_STATUS
    assert "no good poll for" in bots.log.read_text()


async def test_a_second_bot_on_the_same_home_is_refused(api, bots):
    process = await bots.start()
    second = await bots.start()
    assert await end(second, terminate=False) == 1
    assert "Another bot runs on this home: stop it first." in bots.log.read_text()
    assert await end(process) == 0


async def test_a_token_that_telegram_does_not_know_ends_the_process(bots, api):
    api.token = "999999999:another-token-abcdefghijklmnop"
    process = await bots.start()
    assert await end(process, terminate=False) == 1
    assert "Telegram does not know this token" in bots.log.read_text()
