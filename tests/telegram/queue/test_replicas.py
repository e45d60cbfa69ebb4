"""Several replicas on one database: each update is answered once, in order, whichever replica dies."""

from __future__ import annotations

import asyncio
import random

import pytest
from support.running.postgres import own_server
from support.running.replicas import DOUBT, Replicas, counts, in_order, prepared

from index.postgres.connection import Database

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
ASK = "What truce was agreed in Doha?"


@pytest.fixture
def bots(api, postgres, tmp_path):
    return Replicas(api, prepared(postgres), tmp_path)


@pytest.fixture
def polling(api, postgres, tmp_path):
    return Replicas(api, prepared(postgres), tmp_path, polling=True)


async def until_answered(api, asked, seconds=60):
    await api.until(lambda api: min(counts(api, asked), default=1), seconds)


def doubts(bots):
    return sum(row["note"] == DOUBT for row in bots.journal())


def states(bots):
    return {(row["state"], row["body"], row["owner"]) for row in bots.journal()}


async def test_each_update_is_answered_once_and_in_order(api, bots):
    await bots.start(2, 0.01)
    asked = [api.say(1 + number % 10, ASK)["message"] for number in range(60)]
    await until_answered(api, asked)
    assert await bots.stop() == [0, 0]
    assert counts(api, asked) == [1] * 60
    assert in_order(api)
    assert states(bots) == {("done", None, None)}
    assert doubts(bots) == 0
    assert min(bots.balancer.by_port.values()) > 20
    assert api.webhook  # the survivors continue


async def test_300_updates_with_duplicates_while_replicas_are_killed(api, bots):
    dice, asked = random.Random(2026), []
    await bots.start(3, 0.005)
    for number in range(300):
        update = api.say(1 + number % 12, ASK)
        asked.append(update["message"])
        if number % 3 == 0:  # as Telegram does when a confirmation is lost
            api.push("message", update["message"], update["update_id"])
        if number % 60 == 59:
            victim = dice.randrange(3)
            await bots.kill(victim)
            await bots.begin(victim, 0.005)
        await asyncio.sleep(0.01)
    await until_answered(api, asked, 120)
    await asyncio.sleep(0.5)
    assert await bots.stop() == [0, 0, 0]
    assert min(counts(api, asked)) == 1
    assert max(counts(api, asked)) <= 2
    assert sum(counts(api, asked)) - 300 <= doubts(bots) <= 5 * 16
    assert in_order(api)
    assert states(bots) == {("done", None, None)}


async def test_the_work_of_a_dead_replica_is_taken_over_when_its_lease_ends(api, bots):
    await bots.start(2, 1.0)
    bots.balancer.ports = [bots.ports[0]]
    asked = [api.say(person, ASK)["message"] for person in (7, 7, 8)]
    await api.until(lambda api: {call["p"]["chat_id"] for call in api.of("sendChatAction")} == {7, 8})
    await bots.kill(0)
    await until_answered(api, asked, 40)
    assert counts(api, asked) == [1, 1, 1]
    assert in_order(api)
    await bots.stop()


async def test_a_crashing_question_is_set_aside_and_affects_no_other(api, bots):
    await bots.start(2, 0.3)
    good = [api.say(person, ASK)["message"] for person in (8, 9)]
    bad = api.say(7, "die?")["message"]
    for _ in range(2):
        await api.until(lambda api: not all(p.is_alive() for p in bots.processes.values()))
        dead = next(number for number, process in bots.processes.items() if not process.is_alive())
        assert await bots.ended(dead) == 9
        await bots.begin(dead, 0.05)
    await until_answered(api, [bad, *good], 60)
    assert sorted(row["state"] for row in bots.journal()) == ["aside", "done", "done"]
    assert min(counts(api, good)) == 1
    assert await bots.stop() == [0, 0]


async def test_one_replica_polls_and_another_takes_over_when_it_dies(api, polling):
    await polling.start(2, 0.01)
    asked = [api.say(7, ASK)["message"]]
    await until_answered(api, asked)
    leader = next(number for number in (0, 1) if "this replica polls" in polling.logs(number))
    assert "this replica polls" not in polling.logs(1 - leader)
    await api.until(lambda api: states(polling) == {("done", None, None)})
    await polling.kill(leader)
    asked += [api.say(person, ASK)["message"] for person in (7, 8)]
    await until_answered(api, asked, 30)
    assert counts(api, asked) == [1, 1, 1]
    assert "this replica polls" in polling.logs(1 - leader)
    assert await polling.ended_in_order(1 - leader) == 0


async def test_a_leader_that_loses_its_connection_steps_down(api, polling):
    await polling.start(2)
    await until_answered(api, [api.say(7, ASK)["message"]])
    database = Database(polling.url)
    for _ in range(3):
        asked = [api.say(person, ASK)["message"] for person in (7, 8)]
        database.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        await until_answered(api, asked, 40)
        assert counts(api, asked) == [1, 1]
    database.close()
    assert await polling.stop() == [0, 0]


async def test_the_database_killed_and_started_again_loses_nothing(api, tmp_path):
    with own_server() as (url, kill, start):
        bots = Replicas(api, prepared(url), tmp_path)
        await bots.start(2, 0.02)
        asked = []
        for _ in range(2):
            asked += [api.say(1 + number % 6, ASK)["message"] for number in range(18)]
            await asyncio.sleep(0.3)
            kill()
            await asyncio.sleep(1.0)
            asked += [api.say(person, ASK)["message"] for person in (1, 7)]
            start()
            await until_answered(api, asked, 90)
        await asyncio.sleep(3)
        assert await bots.stop() == [0, 0]
        assert min(counts(api, asked)) == 1
        assert sum(counts(api, asked)) - len(asked) <= doubts(bots)
        assert max(counts(api, asked)) <= 2
        assert states(bots) == {("done", None, None)}


async def test_a_slow_database_makes_nobody_answer_twice(api, bots):
    await bots.start(2)
    database = Database(bots.url, timeout=30)
    asked = [api.say(1 + number % 4, ASK)["message"] for number in range(12)]
    for _ in range(3):
        with database.transaction() as transaction:  # everybody waits for these rows
            transaction.rows("SELECT 1 FROM journal FOR UPDATE")
            await asyncio.sleep(1.5)
    await until_answered(api, asked, 60)
    assert await bots.stop() == [0, 0]
    assert counts(api, asked) == [1] * 12
    assert in_order(api)
    database.close()


async def test_limits_count_across_replicas(api, postgres, tmp_path):
    bots = Replicas(api, prepared(postgres), tmp_path, telegram_per_minute=5)
    await bots.start(2)
    asked = [api.say(7, ASK)["message"] for _ in range(9)]
    await api.until(lambda api: len(api.sent(7)) == 6)
    await api.until(lambda api: not [row for row in bots.journal() if row["state"] != "done"])
    assert await bots.stop() == [0, 0]
    assert counts(api, asked) == [1] * 6 + [0] * 3  # five answers and one refusal, shown once
    assert min(bots.balancer.by_port.values()) >= 3


async def test_a_clean_shutdown_hands_over_at_once(api, bots):
    await bots.start(2, 0.4)
    bots.balancer.ports = [bots.ports[0]]
    asked = [api.say(person, ASK)["message"] for _ in range(4) for person in (7, 8, 9)]
    await api.until(lambda api: api.sent())
    bots.processes[0].terminate()
    assert await bots.ended(0) == 0
    bots.balancer.ports = [bots.ports[1]]
    await until_answered(api, asked, 30)
    assert counts(api, asked) == [1] * 12
    assert doubts(bots) == 0
    assert in_order(api)
    assert await bots.stop() == [0, 0]
