"""A store that fails at any single call loses nothing, leaves no reader without a reply, and /healthz reports it."""

from __future__ import annotations

import threading

import pytest
from support.running.telegram_bot import answer_to, data_of, running

from bot.errors import StoreError
from bot.store.sqlite import Store

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:Please use 'Bot.getUpdates'")]
ASK = "What truce was agreed in Doha?"
PATIENCE = 60


class Faults:
    """Makes store calls fail by number, counted from when it is armed."""

    def __init__(self, monkeypatch):
        self.calls, self.failed, self.failing, self._lock = 0, 0, frozenset(), threading.Lock()
        for name in ("rows", "write", "write_many"):
            monkeypatch.setattr(Store, name, self._wrapped(getattr(Store, name)))

    def arm(self, *failing):
        self.calls, self.failing = 0, frozenset(failing)

    def _wrapped(self, call):
        def counted(store, *args, **values):
            if (
                threading.current_thread() is threading.main_thread()
            ):  # the test's own looks: the bot calls beside its loop
                return call(store, *args, **values)
            with self._lock:
                self.calls += 1
                number = self.calls
            if number in self.failing:
                self.failed += 1
                raise StoreError("The store failed (injected).")
            return call(store, *args, **values)

        return counted


@pytest.fixture
def faults(monkeypatch):
    monkeypatch.setattr("bot.telegram.app.RETRY_SECONDS", 0.05)
    monkeypatch.setattr("bot.telegram.app.RENEW_SECONDS", 0.05)
    monkeypatch.setattr("bot.telegram.queue.queue.LOOK_SECONDS", 0.05)
    return Faults(monkeypatch)


async def question(api, person, answer):
    return api.say(person, "Who built the fence?")


async def source(api, person, answer):
    return api.touch(person, answer, data_of(answer, "s"))


FLOWS = {
    "question": question,
    "source": source,
    "verdict": lambda api, person, answer: _touch(api, person, answer, data_of(answer, "d")),
    "start": lambda api, person, answer: _say(api, person, "/start"),
    "new": lambda api, person, answer: _say(api, person, "/new"),
    "sources": lambda api, person, answer: _say(api, person, "/sources"),
    "latest": lambda api, person, answer: _say(api, person, "/latest"),
    "settings": lambda api, person, answer: _say(api, person, "/settings"),
    "digest": lambda api, person, answer: _touch(api, person, answer, "g:1"),
    "language": lambda api, person, answer: _touch(api, person, answer, "l:ur"),
    "export": lambda api, person, answer: _say(api, person, "/export"),
    "forget": lambda api, person, answer: _touch(api, person, answer, "f:yes"),
}


async def _say(api, person, text):
    return api.say(person, text)


async def _touch(api, person, answer, data):
    return api.touch(person, answer, data)


def finished(bot):
    return not set(bot.desk.journal.count()) & {"new", "working", "sending"} and not bot.desk.journal.owed


@pytest.mark.slow
@pytest.mark.parametrize("flow", FLOWS)
async def test_each_store_call_of_a_flow_may_fail_once(api, home, faults, flow, record_property):
    """Call by call: the flow ends as it would have, two other chats are answered meanwhile, and the failure is
    counted.
    """
    survived = 0
    settings = dict.fromkeys(("telegram_per_minute", "telegram_per_day", "telegram_actions_per_minute"), 10**6)
    async with running(api, home, **settings) as bot:
        number, calls = 0, 1
        while number < calls:
            number += 1
            person, other, third = 1000 + number, 5000 + number, 9000 + number
            answer = await answer_to(api, person, ASK)
            await api.until(lambda api: finished(bot), PATIENCE)
            faults.arm(number)
            await FLOWS[flow](api, person, answer)
            api.say(other, ASK)
            api.say(third, "/latest")
            await api.until(lambda api, other=other, third=third: api.sent(other) and api.sent(third), PATIENCE)
            await api.until(lambda api: finished(bot), PATIENCE)
            calls = min(faults.calls, 24)  # after that the queue polls again and again
            faults.arm()
            healthy, about = bot.health()
            assert (healthy, about["store_answers"]) == (True, True)
            assert about["store_failures"] == faults.failed
            for sent in api.sent(person):
                assert "Something went wrong" not in sent.get("text", "")
            if flow == "question":
                assert len([sent for sent in api.sent(person) if "fence" in sent["text"]]) in {1, 2}
            if flow == "forget":
                hashed = bot.desk.store.keyed_hash(person)
                assert bot.desk.store.rows(f"SELECT * FROM answers WHERE person = '{hashed}'") == []
            survived += 1
        record_property(f"{flow}: calls at which a failure was survived", survived)
        assert survived == number > 3
        assert "queue" not in bot.tasks.down


async def test_a_temporary_store_failure_is_waited_out_and_reported_by_health(api, home, faults):
    async with running(api, home) as bot:
        await answer_to(api, 7, ASK)
        await api.until(lambda api: finished(bot))
        faults.arm(*range(1, 400))
        asked = [api.say(person, ASK)["message"] for person in (7, 8)]
        await api.until(lambda api: bot.desk.stored.failing)
        healthy, about = bot.health()
        assert (healthy, about["store_answers"]) == (False, False)
        assert len(api.sent()) == 1
        faults.arm()
        await api.until(lambda api: len(api.sent()) == 3, PATIENCE)
        await api.until(lambda api: finished(bot) and bot.health()[0], PATIENCE)
        answered = {sent["reply_to_message"]["message_id"] for sent in api.sent()[1:]}
        assert answered == {message["message_id"] for message in asked}


async def test_an_unwritable_final_state_is_retried_and_reported(api, home, faults, monkeypatch):
    async with running(api, home) as bot:
        monkeypatch.setattr("bot.telegram.app.RENEW_SECONDS", 60)
        write = Store.write

        def full(store, statement, **values):
            if "'done'" in statement or values.get("state") == "done":
                raise StoreError("The store failed (no room).")
            return write(store, statement, **values)

        monkeypatch.setattr(Store, "write", full)
        await answer_to(api, 7, ASK)
        await api.until(lambda api: bot.desk.journal.owed == 1)
        healthy, about = bot.health()
        assert (healthy, about["owed_to_the_store"]) == (False, 1)
        monkeypatch.setattr(Store, "write", write)
        bot.desk.journal.renew()
        assert finished(bot)
    assert len(api.sent(7)) == 1


async def test_a_button_whose_action_failed_is_retried(api, home, faults, monkeypatch):
    """The retry is no second touch: `/forget` that met a full disk succeeds in the end."""
    async with running(api, home) as bot:
        answer = await answer_to(api, 7, ASK)
        await api.until(lambda api: finished(bot))
        forget, failures = bot.desk.readers.answers.forget, iter([StoreError("The store failed (injected).")])

        def once(person):
            for failure in failures:
                raise failure
            forget(person)

        monkeypatch.setattr(bot.desk.readers.answers, "forget", once)
        api.touch(7, answer, "f:yes")
        await api.until(lambda api: api.of("editMessageText"))
        await api.until(lambda api: finished(bot))
        assert bot.desk.store.rows("SELECT * FROM answers") == []


async def test_a_retried_question_counts_once(api, home, faults, monkeypatch):
    async with running(api, home, telegram_per_minute=1) as bot:
        save, failures = bot.desk.readers.answers.save, iter([StoreError("The store failed (injected).")] * 3)

        def later(*args, **values):
            for failure in failures:
                raise failure
            return save(*args, **values)

        monkeypatch.setattr(bot.desk.readers.answers, "save", later)
        answer = await answer_to(api, 7, ASK)
        assert "truce" in answer["text"]
        await api.until(lambda api: finished(bot))
    assert len(api.sent(7)) == 1
