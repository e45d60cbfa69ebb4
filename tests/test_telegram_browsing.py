"""The library in Telegram: browsed, linked to, drawn, and found from any other chat."""

from __future__ import annotations

import pytest
from telegram_bot import DENIED, TRUCE, answer_to, buttons, data_of, running

from bot.telegram.library_view import key_of

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:Please use 'Bot.getUpdates'")]
ASK = "What truce was agreed in Doha?"


async def touch(api, person, message, data):
    """The message that a touched button leads to; the button is answered."""
    before, identifier = len(api.sent()), api.touch(person, message, data)
    await api.until(lambda api: len(api.sent()) > before and api.touched[identifier])
    return api.sent()[-1]


async def test_start_shows_what_the_library_covers_and_three_examples_to_touch(api, home):
    async with running(api, home):
        welcome = await answer_to(api, 7, "/start")
        assert "The library holds 3 documents and reports on March 2017 to October 2025." in welcome["text"]
        assert [button["callback_data"] for button in buttons(welcome)] == ["q:0", "q:1", "q:2"]
        answer = await touch(api, 7, welcome, "q:1")
    assert "Doha" in answer["text"]


async def test_links_to_a_document_and_to_an_answer(api, home):
    async with running(api, home):
        await answer_to(api, 7, ASK)
        key = data_of(api.sent(7)[0], "s").split(":")[1]
        assert (await answer_to(api, 8, f"/start d_{key_of('fence')}"))["text"].startswith("The fence <i>&")
        shown = await answer_to(api, 8, f"/start a_{key}")
        assert shown["text"].startswith(ASK)
        assert TRUCE in shown["text"]
        for payload in ("d_zz", "a_zz", "d_", "a_' OR 1=1"):
            gone = await answer_to(api, 8, f"/start {payload}")
            assert "library" in gone["text"] or "expired" in gone["text"]


async def test_leafing_through_the_library(api, home):
    async with running(api, home):
        intro = await answer_to(api, 7, "/sources")
        assert [button["text"] for button in buttons(intro)] == ["Topic", "Year", "Party"]
        for data, wanted in (
            ("b:t::0", "Truce talks"),
            ("b:y::0", "2025"),
            ("b:y:2017:0", 'The fence <i>& "more"</i>'),
            ("b:p::0", "Pakistan"),
            ("b:p:taliban:0", "Truce talks"),
        ):
            identifier = api.touch(7, intro, data)
            await api.until(lambda api, identifier=identifier: api.touched[identifier])
            await api.until(lambda api, wanted=wanted: wanted in [button["text"] for button in buttons(intro)])
        latest = await answer_to(api, 7, "/latest")
    assert latest["text"].index(DENIED) < latest["text"].index(TRUCE)


async def test_inline_answers_the_last_of_a_burst_with_passages(api, home):
    async with running(api, home):
        burst = [api.type_inline(7, text) for text in ("fen", "fence", "the fence")]
        await api.until(lambda api: api.inline[burst[-1]])
        empty = api.type_inline(7, "")
        await api.until(lambda api: api.inline[empty])
    assert [api.inline[identifier] is not None for identifier in burst] == [False, False, True]
    first = api.inline[burst[-1]]["results"][0]
    assert first["title"].startswith("The fence <i>&")
    assert "The fence &lt;i&gt;&amp;" in first["input_message_content"]["message_text"]
    assert api.inline[burst[-1]]["button"]["start_parameter"] == "ask"
    assert api.inline[empty]["results"] == []


async def test_the_timeline_is_a_picture_and_a_text(api, home):
    async with running(api, home):
        api.say(7, "/timeline 2025")
        await api.until(lambda api: len(api.sent(7)) == 2, 20)
        assert (await answer_to(api, 7, "/timeline yesterday"))["text"].startswith("Write the years")
        assert (await answer_to(api, 7, "/timeline 1900 1901"))["text"] == "Nothing found."
    assert api.of("sendPhoto")[0]["p"]["photo"]["content"].startswith(b"\x89PNG")
    assert api.sent(7)[0]["caption"] == "2 dated events, October 2025 to October 2025"
    assert TRUCE in api.sent(7)[1]["text"]
