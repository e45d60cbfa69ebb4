"""The library in Telegram: browsed, linked to, drawn, and found from any other chat."""

from __future__ import annotations

import pytest
from support.running.telegram_bot import DENIED, TRUCE, answer_to, buttons, data_of, running

from bot.telegram.views.library import key_of

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:Please use 'Bot.getUpdates'")]
ASK = "What truce was agreed in Doha?"


async def touch(api, person, message, data):
    """The message that a touched button leads to, new or edited; the touch is answered."""
    before, identifier = changes(api), api.touch(person, message, data)
    await api.until(lambda api: changes(api) > before and api.touched[identifier])
    return next(call for call in reversed(api.calls) if call.get("arrived"))["arrived"]


def changes(api):
    return sum(bool(call.get("arrived")) for call in api.calls)


async def test_start_shows_what_the_library_covers_and_three_examples_to_touch(api, home):
    async with running(api, home):
        welcome = await answer_to(api, 7, "/start")
        assert "The library holds 3 documents and covers March 2017 to October 2025." in welcome["text"]
        assert [button["callback_data"] for button in buttons(welcome)] == ["q:0", "q:1", "q:2"]
        answer = await touch(api, 7, welcome, "q:1")
    assert TRUCE in answer["text"]  # to “What was agreed in Doha in October 2025?”


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


async def test_browsing_the_library(api, home):
    async with running(api, home):
        intro = await answer_to(api, 7, "/sources")
        assert [button["text"] for button in buttons(intro)] == ["Subject", "Year", "Party", "Language", "✕"]
        for data, wanted in (
            ("b:s::0", "Border and Durand Line (1)"),
            ("b:s:talks:0", "Truce talks"),
            ("b:y::0", "2025 (1)"),
            ("b:y:2017:0", 'The fence <i>& "more"</i>'),
            ("b:p::0", "Pakistan (1)"),
            ("b:p:taliban:0", "Truce talks"),
            ("b:l::0", "English (3)"),
            ("b:l:en:0", "Refugees"),
        ):
            page = await touch(api, 7, intro, data)
            assert wanted in [button["text"] for button in buttons(page)]
        opened = await touch(api, 7, page, data_of(page, "k"))
        assert opened["message_id"] == intro["message_id"]
        assert (await touch(api, 7, opened, data_of(opened, "b")))["text"] == "Language: English"
        api.touch(7, opened, "x")
        await api.until(lambda api: api.of("deleteMessage"))
        latest = await answer_to(api, 7, "/latest")
    assert latest["text"].index(DENIED) < latest["text"].index(TRUCE)
    assert "20 October 2025 · Taliban, Zabihullah Mujahid:" in latest["text"]


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
        await api.until(lambda api: len(api.sent(7)) == 2)
        api.say(8, "/timeline ۲۰۲۵")
        await api.until(lambda api: len(api.sent(8)) == 2)
        assert (await answer_to(api, 7, "/timeline yesterday"))["text"].startswith("Write a period")
        assert (await answer_to(api, 7, "/timeline 1900 1901"))["text"] == "Nothing found."
        assert (await answer_to(api, 7, "/timeline zebra 2025"))["text"] == "Nothing found."
        api.say(9, "/timeline Doha truce 2025")
        await api.until(lambda api: len(api.sent(9)) == 2)
    first, second, _ = (call["p"]["photo"]["content"] for call in api.of("sendPhoto"))
    assert first.startswith(b"\x89PNG")
    assert second == first
    assert api.of("sendChatAction")[0]["p"]["action"] == "upload_photo"
    assert api.sent(7)[0]["caption"] == "2 dated events, October 2025"
    assert api.sent(7)[1]["text"].startswith(f"1. 19 October 2025: {TRUCE} · Dawn\n\n2. ")
    assert TRUCE in api.sent(9)[1]["text"]
    assert api.sent(9)[0]["caption"] == "1 dated events, October 2025"


async def test_check_and_a_forwarded_message_say_whether_the_library_holds_the_words(api, home):
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "Somebody"}
    async with running(api, home):
        held = await answer_to(api, 7, "/check The truce was broken by a strike on the border")
        api.say(8, TRUCE.replace("Doha", "Istanbul"), forward_origin=origin)
        (altered,) = await api.until(lambda api: api.sent(8))
        assert (await answer_to(api, 9, "/check"))["text"].startswith("Write the words after the command")
    assert held["text"].startswith("The library holds these words:")
    assert "Summarised from" in held["text"]
    assert altered["text"].startswith("The library has it differently:")
    assert "“Istanbul” is “Doha” in the source" in altered["text"]
