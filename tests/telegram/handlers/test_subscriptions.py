"""Digests: for subscribers only, news only, at most eight lines, and cancelled by /forget."""

from __future__ import annotations

import pytest
from conftest import WordEncoder
from support.running.telegram_bot import answer_to, library, running

from bot.telegram.handlers import digest
from index.build.update import update
from index.files.generations import Generations
from sources.document import Document

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:Please use 'Bot.getUpdates'")]


async def test_news_go_to_subscribers_only(api, home):
    async with running(api, home) as bot:
        off = await answer_to(api, 7, "/digest")
        assert "At present: off." in off["text"]
        await answer_to(api, 8, "/start")
        api.touch(7, off, "g:1")
        await api.until(lambda api: bot.desk.readers.digests.of(7) == 1)
        await api.until(lambda api: "At present: daily." in off["text"])
        await answer_to(api, 7, "/language")
        bot.desk.store.write("UPDATE digests SET due = 0, language = 'ru'")
        before = len(api.sent())
        await digest.send_due(bot.desk, bot.application.bot)
        assert len(api.sent()) == before  # nothing is new
        shelf = library()
        for number in range(12):
            shelf.put(
                Document(f"water{number}", f"Water {number}", "A dam holds the water.", kind="news", published="2024")
            )
        update(shelf, Generations(home), WordEncoder())
        await api.until(lambda api: bot.desk.live.generation == "000002")
        await api.until(lambda api: len(bot.desk.readers.digests.news(1.0)) == 12)
        bot.desk.store.write("UPDATE digests SET due = 0")
        await digest.send_due(bot.desk, bot.application.bot)
        (news,) = api.sent()[before:]
        assert news["chat"]["id"] == 7
        assert news["text"].startswith("Новое в библиотеке, документов: 12")
        assert news["text"].count("Water") == 8
        await digest.send_due(bot.desk, bot.application.bot)
        assert len(api.sent()) == before + 1
        asked = await answer_to(api, 7, "/forget")
        api.touch(7, asked, "f:yes")
        await api.until(lambda api: bot.desk.readers.digests.of(7) == 0)


async def test_whoever_blocked_the_bot_gets_no_more(api, home):
    async with running(api, home) as bot:
        bot.desk.readers.digests.subscribe(7, 7, "en")
        api.blocked.add(7)
        await api.until(lambda api: bot.desk.store.write("UPDATE served SET at = 5"))
        assert bot.desk.readers.digests.news(0.0)
        bot.desk.store.write("UPDATE digests SET due = 0, since = -1")
        await digest.send_due(bot.desk, bot.application.bot)
        await api.until(lambda api: bot.desk.readers.digests.of(7) == 0)  # the bot's own task may have been first
