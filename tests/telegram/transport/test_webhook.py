"""The webhook: only Telegram is admitted, and nothing is confirmed that is not in the journal."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from support.fakes.web import free_port
from support.running.telegram_bot import TRUCE, answer_to, running

from bot.errors import SetupError, StoreError
from bot.settings import Settings
from bot.telegram.secrets import read_webhook_secret
from bot.telegram.transport.webhook import MAX_UPDATE_BYTES, SECRET_HEADER, Webhook, path_of

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:Please use 'Bot.getUpdates'")]
ASK = "What truce was agreed in Doha?"
SECRET = "a-secret-of-at-least-thirty-two-characters"


def hooked(api, home, port):
    return running(
        api,
        home,
        telegram_webhook_url=f"http://127.0.0.1:{port}/",
        telegram_webhook_secret=SECRET,
        telegram_webhook_port=port,
    )


async def test_updates_come_by_webhook_and_are_answered_once(api, home):
    async with hooked(api, home, port := free_port()):
        asked = [api.say(person, ASK)["message"] for _ in range(2) for person in (7, 8)]
        await api.until(lambda api: len(api.sent()) == 4)
        assert TRUCE in api.sent(7)[0]["text"]
        told = api.of("setWebhook")[0]["p"]
        assert told["url"] == f"http://127.0.0.1:{port}/{path_of(SECRET)}"
        assert told["secret_token"] == SECRET
        assert "inline_query" in told["allowed_updates"]
    assert [status for _, status in api.deliveries] == [200] * 4
    for person in (7, 8):
        order = [message["reply_to_message"]["message_id"] for message in api.sent(person)]
        assert order == [message["message_id"] for message in asked if message["chat"]["id"] == person]
    assert api.webhook == ""
    assert api.queue == []


async def test_updates_missed_while_down_are_delivered_later(api, home):
    port = free_port()
    async with hooked(api, home, port):
        await answer_to(api, 7, ASK)
    api.say(7, ASK)
    async with hooked(api, home, port):
        await api.until(lambda api: len(api.sent(7)) == 2)
    assert len(api.sent(7)) == 2


async def test_only_requests_with_the_secret_are_admitted(api, home):
    async with hooked(api, home, port := free_port()) as bot, aiohttp.ClientSession() as session:
        update, path = {"update_id": 1, "message": api.message(7, ASK)}, path_of(SECRET)

        async def bring(path=path, secret=SECRET, **body):
            headers = {SECRET_HEADER: secret} if secret else {}
            async with session.post(
                f"http://127.0.0.1:{port}/{path}", headers=headers, **(body or {"json": update})
            ) as a:
                return a.status

        await api.until(lambda api: api.of("setWebhook"))
        assert await bring(secret=None) == 401
        assert await bring(secret=SECRET[:-1]) == 401
        assert await bring(secret="ü" * 40) == 401
        assert await bring("") == 404
        assert await bring("webhook") == 404
        assert await bring(data=b"x" * (MAX_UPDATE_BYTES + 1)) == 413
        assert await bring(data=b"{") == 400
        assert await bring(json=[1]) == 400
        assert await bring(json={"update_id": "1"}) == 400
        assert bot.desk.journal.count() == {}
        assert [await bring(), await bring()] == [200, 200]
        await api.until(lambda api: api.sent(7))
        await asyncio.sleep(0.2)
    assert len(api.sent(7)) == 1


async def test_an_unstored_update_is_not_confirmed_and_is_delivered_again(api, home, monkeypatch):
    async with hooked(api, home, free_port()) as bot:
        await answer_to(api, 7, ASK)
        take, failures = bot.desk.journal.take, iter([1, 2])

        def full(updates):
            if next(failures, None):
                raise StoreError("the disk is full")
            return take(updates)

        monkeypatch.setattr(bot.desk.journal, "take", full)
        number = api.say(8, ASK)["update_id"]
        await api.until(lambda api: api.sent(8))
        await asyncio.sleep(0.2)
    assert [status for one, status in api.deliveries if one == number] == [503, 503, 200]
    assert len(api.sent(8)) == 1


async def test_a_webhook_changed_by_others_is_set_again(api, home, monkeypatch):
    monkeypatch.setattr("bot.telegram.transport.webhook.LOOK_SECONDS", 0.1)
    async with hooked(api, home, free_port()):
        await answer_to(api, 7, ASK)
        api.webhook = "https://example.org/another"
        await api.until(lambda api: len(api.of("setWebhook")) == 2)
        await answer_to(api, 7, ASK)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "A webhook needs a secret"),
        ({"telegram_webhook_secret": "short"}, "must be 32 to 256"),
        ({"telegram_webhook_secret": "ü" * 40}, "must be 32 to 256"),
        ({"telegram_webhook_secret": SECRET}, "must begin with https://"),
    ],
)
def test_invalid_settings_are_reported(tmp_path, settings, said):
    with pytest.raises(SetupError, match=said) as wrong:
        Webhook(None, None, None, Settings(home=tmp_path, telegram_webhook_url="http://example.org", **settings))
    assert "short" not in str(wrong.value)


def test_the_secret_comes_from_a_file_that_others_cannot_read(tmp_path):
    path = tmp_path / "secret"
    path.write_text(SECRET + "\n")
    path.chmod(0o640)
    settings = Settings(home=tmp_path, telegram_webhook_secret_file=str(path))
    with pytest.raises(SetupError, match="can be read by others"):
        read_webhook_secret(settings)
    path.chmod(0o600)
    assert read_webhook_secret(settings) == SECRET
