"""Telegram under stress: late replies, rate limits, and what a waiting reader sees."""

from __future__ import annotations

import asyncio
import threading

import pytest
from support.fakes.pauses import Pauses
from support.running.telegram_bot import TRUCE, answer_to, running

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:Please use 'Bot.getUpdates'")]
ASK = "What truce was agreed in Doha?"
DOUBT = "may have been sent twice"


class Held:
    """Answers held back until released."""

    def __init__(self, bot, monkeypatch):
        self.go, answerer = threading.Event(), bot.desk.live._serving.answerer
        answer = answerer.answer

        def held(*args, **values):
            assert self.go.wait(20)
            return answer(*args, **values)

        monkeypatch.setattr(answerer, "answer", held)


def notes(bot):
    return [row["note"] for row in bot.desk.store.rows("SELECT note FROM journal ORDER BY update_id")]


async def test_typing_is_shown_before_there_is_an_answer(api, home, monkeypatch):
    async with running(api, home) as bot:
        held = Held(bot, monkeypatch)
        api.say(7, ASK)
        await api.until(lambda api: api.of("sendChatAction"))
        assert api.sent(7) == []
        assert api.of("sendMessageDraft") == []
        held.go.set()
        await api.until(lambda api: api.sent(7))
    assert api.of("sendChatAction")[0]["p"] == {"chat_id": 7, "action": "typing"}


async def test_typing_goes_on_while_the_answer_takes_long(api, home, monkeypatch):
    monkeypatch.setattr("bot.telegram.handlers.typing_indicator.TYPING_SECONDS", 0.2)
    async with running(api, home) as bot:
        held = Held(bot, monkeypatch)
        api.say(7, ASK)
        await api.until(lambda api: len(api.of("sendChatAction")) >= 3)
        held.go.set()
        await api.until(lambda api: bot.desk.journal.count() == {"done": 1})
        shown = len(api.of("sendChatAction"))
        await asyncio.sleep(0.5)
    assert len(api.of("sendChatAction")) <= shown + 1


async def test_a_quick_answer_has_no_draft_a_slow_one_in_a_topic_has_one_there(api, home, monkeypatch):
    async with running(api, home) as bot:
        held = Held(bot, monkeypatch)
        held.go.set()
        monkeypatch.setattr("bot.telegram.handlers.typing_indicator.DRAFT_SECONDS", 60.0)  # however busy the machine is
        await answer_to(api, 8, "What does the fence follow?")
        assert api.of("sendMessageDraft") == []
        held.go.clear()
        monkeypatch.setattr("bot.telegram.handlers.typing_indicator.DRAFT_SECONDS", 0.3)
        update = api.say(7, ASK, message_thread_id=5, is_topic_message=True)
        await api.until(lambda api: api.of("sendMessageDraft"))
        held.go.set()
        await api.until(lambda api: api.sent(7))
        await asyncio.sleep(0.4)
    (draft,) = [call["p"] for call in api.of("sendMessageDraft")]
    assert (draft["message_thread_id"], draft["draft_id"]) == (5, update["update_id"])
    assert api.calls[-1]["method"] != "sendMessageDraft"


@pytest.mark.parametrize("method", ["sendChatAction", "sendMessageDraft"])
@pytest.mark.parametrize("kind", [429, 500, "html502", "drop", "drop_after"])
async def test_failing_progress_indicators_cost_nothing(api, home, monkeypatch, method, kind):
    monkeypatch.setattr("bot.telegram.handlers.typing_indicator.DRAFT_SECONDS", 0.05)
    api.fault(method, kind, retry_after=30)
    async with running(api, home) as bot:
        held = Held(bot, monkeypatch)
        api.say(7, ASK)
        await api.until(lambda api: api.of(method))
        held.go.set()
        await api.until(lambda api: api.sent(7))
        assert notes(bot) == [None]
    assert len(api.sent(7)) == 1


async def test_a_slow_server_delays_its_own_chat_only(api, home):
    go = asyncio.Event()
    api.fault("sendMessage", "slow", until=go)
    async with running(api, home) as bot:
        api.say(7, ASK)
        await api.until(lambda api: api.of("sendMessage"))
        await answer_to(api, 8, ASK)
        assert api.sent(7) == []
        go.set()
        await api.until(lambda api: api.sent(7))
        await api.until(lambda api: bot.desk.journal.count() == {"done": 2})
        assert notes(bot) == [None, None]
    assert [len(api.sent(person)) for person in (7, 8)] == [1, 1]


async def test_a_server_slower_than_patience_may_double_and_the_journal_says_so(api, home):
    api.fault("sendMessage", "slow", seconds=1.0)
    async with running(api, home) as bot:
        bot.application.bot.request._read_timeout = 0.4
        api.say(7, ASK)
        await api.until(lambda api: len(api.sent(7)) == 2)
        await api.until(lambda api: bot.desk.journal.count() == {"done": 1})
        assert notes(bot) == [DOUBT]
    assert len(api.sent(7)) == 2


async def test_thirty_seconds_of_429_delay_one_chat_only(api, home, monkeypatch):
    pauses = Pauses(monkeypatch, "bot.telegram.transport.retry")
    api.fault("sendMessage", 429, retry_after=30)
    async with running(api, home) as bot:
        api.say(7, ASK)
        await api.until(lambda api: pauses.asked)
        await answer_to(api, 8, ASK)
        assert api.sent(7) == []
        assert pauses.asked[0] >= 30
        pauses.go.set()
        await api.until(lambda api: api.sent(7))
        assert TRUCE in api.sent(7)[0]["text"]
        assert notes(bot) == [None, None]
        assert "torkham_retry_after_total 1.0" in bot.desk.metrics.text().decode()
    assert len(api.of("sendMessage")) == 3


async def test_polling_honours_retry_after(api, home, monkeypatch):
    pauses = Pauses(monkeypatch, "bot.telegram.transport.polling")
    api.fault("getUpdates", 429, retry_after=7)
    async with running(api, home):
        await api.until(lambda api: pauses.asked)
        assert pauses.asked == [7.0]
        pauses.go.set()
        await answer_to(api, 7, ASK)


async def test_a_failing_store_is_logged_without_text_and_waited_for(api, home, caplog):
    async with running(api, home) as bot:
        bot.desk.store.write("ALTER TABLE journal RENAME TO away")
        api.say(7, "a zebra")
        await api.until(lambda api: "The store failed (no such table: journal)" in caplog.text)
        assert api.sent(7) == []
        bot.desk.store.write("ALTER TABLE away RENAME TO journal")
        await api.until(lambda api: api.sent(7))
        assert bot.desk.journal.owed == 0
    assert "zebra" not in caplog.text
