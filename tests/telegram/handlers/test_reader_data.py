"""Reader features: groups, edits, buttons, follow-ups, commands, links, inline."""

from __future__ import annotations

import asyncio
import functools
import gc
import json
from dataclasses import replace

import pytest
from support.running.telegram_bot import DENIED, TRUCE, answer_to, buttons, data_of, running

from bot.telegram.serving.proof import PROOF_QUESTION as PROOF

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:Please use 'Bot.getUpdates'")]
ASK = "What truce was agreed in Doha?"


async def touch(api, person, message, data):
    """The message that a touched button leads to, new or edited; the touch is answered."""
    before, identifier = changes(api), api.touch(person, message, data)
    await api.until(lambda api: changes(api) > before and api.touched[identifier])
    last = next(call for call in reversed(api.calls) if call.get("arrived"))
    return last["arrived"]


def changes(api):
    return sum(bool(call.get("arrived")) for call in api.calls)


async def test_groups_are_answered_only_when_spoken_to_and_in_their_topic(api, home):
    async with running(api, home):
        api.say(7, ASK, chat=-5)
        api.say(7, "@somebody_else " + ASK, chat=-5)
        for text in (f"/ask@torkham_test_bot {ASK}", f"@torkham_test_bot {ASK}"):
            answer = await answer_to(api, 7, text, chat=-5, message_thread_id=3, is_topic_message=True)
            assert TRUCE in answer["text"]
            assert answer["message_thread_id"] == 3
        answer = await answer_to(api, 8, ASK, chat=-5, reply_to_message=answer)
        assert TRUCE in answer["text"]
        bot_message = api.message(9, f"/ask {ASK}", chat=-5)
        api.push("message", {**bot_message, "from": {**api.user(9), "is_bot": True}})
        await asyncio.sleep(0.3)
    assert len(api.sent()) == 3
    assert api.of("sendMessageDraft") == []


async def test_an_edited_question_is_answered_once_again(api, home):
    async with running(api, home):
        asked = api.say(7, "Who built the fence?")["message"]
        await api.until(lambda api: api.sent(7))
        api.edit(asked, ASK)
        await api.until(lambda api: len(api.sent(7)) == 2)
        api.edit(asked, ASK)
        await asyncio.sleep(0.3)
    assert len(api.sent(7)) == 2
    assert api.sent(7)[1]["reply_to_message"]["message_id"] == asked["message_id"]


async def test_the_source_opens_in_place_also_after_a_restart(api, home):
    async with running(api, home):
        answer = await answer_to(api, 7, ASK)
        before = answer["text"]
    async with running(api, home):
        source = await touch(api, 7, answer, data_of(answer, "s"))
        assert source["message_id"] == answer["message_id"]
        assert source["text"].startswith("[1] Summary after “Truce & <b>talks</b>”")
        assert source["text"].index(TRUCE) < source["text"].index(
            f"20 October 2025 · Taliban, Zabihullah Mujahid: {DENIED}"
        )
        assert "2025-10" not in source["text"]
        names = [button["text"] for button in buttons(source)]
        assert names == ["Dawn ↗", "Copy citation", "Share", "Other passages", "The document", "← Back", "✕"]
        copy = next(button["copy_text"]["text"] for button in buttons(source) if "copy_text" in button)
        assert copy == "“Truce & <b>talks</b>”, A. Writer, Dawn, 20 October 2025, https://www.dawn.com/news/1"
        assert buttons(source)[0]["url"] == "https://www.dawn.com/news/1"
        others = await touch(api, 7, source, data_of(source, "o"))
        assert "Truce talks" in others["text"] or "no other passages" in others["text"]
        source = await touch(api, 7, others, data_of(others, "s"))
        whole = await touch(api, 7, source, data_of(source, "k"))
        assert whole["text"].startswith("Truce talks")
        assert f"19 October 2025: {TRUCE}" in whole["text"]
        source = await touch(api, 7, whole, data_of(whole, "s"))
        assert (await touch(api, 7, source, data_of(source, "m")))["text"] == before
    assert len(api.sent(7)) == 1


async def test_buttons_of_a_deleted_answer_say_so(api, home):
    async with running(api, home) as bot:
        answer = await answer_to(api, 7, ASK)
        bot.desk.store.write("DELETE FROM answers")
        for data in (data_of(answer, "s"), "s", "zz:1", "x" * 60):
            identifier = api.touch(7, answer, data)
            await api.until(lambda api, identifier=identifier: api.touched[identifier])
    alerts = [call["p"]["text"] for call in api.of("answerCallbackQuery")]
    assert alerts == ["This answer has expired or is from an older index: please ask again."] * 4


async def test_a_source_whose_document_changed_is_shown_as_it_was(api, home):
    async with running(api, home) as bot:
        answer = await answer_to(api, 7, ASK)
        index, data = bot.desk.live._serving.index, data_of(answer, "s")
        document = replace(index.document("doha"), text="Other words.")
        index.document = lambda identifier: document
        changed = (await touch(api, 7, answer, data))["text"]
        index.document = lambda identifier: None
        gone = (await touch(api, 7, answer, data))["text"]
    assert "The document has changed since" in changed
    assert "no longer in the library" in gone
    assert TRUCE in changed
    assert TRUCE in gone


async def test_feedback_counts_once_and_only_from_the_asker(api, home):
    async with running(api, home) as bot:
        answer = await answer_to(api, 7, f"/ask {ASK}", chat=-5)
        for person in (8, 7, 7):
            identifier = api.touch(person, answer, data_of(answer, "d"))
            await api.until(lambda api, identifier=identifier: api.touched[identifier])
        assert bot.desk.readers.feedback.questions("disliked") == [ASK]
        assert bot.desk.readers.feedback.days()[0].disliked == 1
        identifier = api.touch(7, answer, data_of(answer, "u"))
        await api.until(lambda api: api.touched[identifier])
        assert bot.desk.readers.feedback.questions("disliked") == []
    assert [call["p"].get("text", "")[:10] for call in api.of("answerCallbackQuery")] == [
        "Only the p",
        "Thank you.",
        "Thank you.",
        "Thank you.",
    ]


async def test_a_conversation_continues_until_new(api, home):
    asked = []
    async with running(api, home) as bot:
        answer = bot.desk.live._serving.answerer.answer

        def watched(raw, **values):
            if raw != PROOF:
                asked.append(list(values["history"]))
            return answer(raw, **values)

        bot.desk.live._serving.answerer.answer = watched
        first = await answer_to(api, 7, ASK)
        await answer_to(api, 7, "And the Taliban?")
        await answer_to(
            api, 7, "And Kabul?", reply_to_message={k: v for k, v in first.items() if k != "reply_to_message"}
        )
        assert (await answer_to(api, 7, "/new"))["text"] == "New conversation started."
        await answer_to(api, 7, "Who built the fence?")
    assert asked == [[], [ASK], [ASK], []]


async def test_the_language_is_chosen_or_the_questions_or_telegrams(api, home):
    api.languages[8] = "ru"
    async with running(api, home):
        assert (await answer_to(api, 8, "/new"))["text"] == "Начинаем заново."
        persian = await answer_to(api, 7, "پاکستان و طالبان در دوحه بر سر چه چیزی توافق کردند؟")
        assert "کتابخانه" in persian["text"]
        menu = await answer_to(api, 7, "/language")
        assert (await touch(api, 7, menu, "l:ur"))["text"] == "ہو گیا۔"
        assert (await answer_to(api, 7, "/new"))["text"] == "ہم نئے سرے سے شروع کرتے ہیں۔"
        answer = await answer_to(api, 7, ASK)
        assert "پاکستان" in answer["text"]
        assert TRUCE in answer["text"]
        await touch(api, 7, menu, "l:auto")
        assert (await answer_to(api, 7, "/new"))["text"] == "New conversation started."


async def test_privacy_export_and_forgetting(api, home):
    async with running(api, home) as bot:
        await answer_to(api, 7, ASK)
        await answer_to(api, 8, "Who built the fence?")
        privacy = await answer_to(api, 7, "/privacy")
        assert "kept 24 hours" in privacy["text"]
        await answer_to(api, 7, "/export")
        await api.until(lambda api: api.sent(7)[-1].get("text", "").startswith("Your conversation"))
        markdown, exported = (call["p"]["document"]["content"].decode() for call in api.of("sendDocument"))
        assert f"## {ASK}" in markdown
        assert "[^1-1]: Summary after" in markdown
        assert [answer["question"] for answer in json.loads(exported)] == [ASK]
        question = await answer_to(api, 7, "/forget")
        assert (await touch(api, 7, question, "f:no"))["text"] == "Nothing was deleted."
        question = await answer_to(api, 7, "/forget")
        assert (await touch(api, 7, question, "f:yes"))["text"] == "Everything about you is deleted."
        await asyncio.sleep(0.1)
        mine, hashed = 7, bot.desk.store.keyed_hash(7)
        for table in ("people", "turns", "usage", "journal"):
            assert bot.desk.store.rows(f"SELECT * FROM {table} WHERE person = {mine}") == []
        for table in ("answers", "asked"):
            assert bot.desk.store.rows(f"SELECT * FROM {table} WHERE person = '{hashed}'") == []
        assert len(bot.desk.store.rows("SELECT * FROM answers")) == 1


async def test_forgetting_leaves_no_word_in_any_file_log_or_cache(api, home, caplog):
    words = "zebra truce of the fence in Doha"
    async with running(api, home) as bot:
        await answer_to(api, 8, "Who built the fence?")
        await answer_to(api, 7, f"What {words}?")
        api.say(7, f"/ask and {words}", chat=-5)
        await api.until(lambda api: api.sent(-5))
        await api.until(lambda api: not set(bot.desk.journal.count()) & {"new", "working", "sending"})
        asked = await answer_to(api, 7, "/forget")
        await touch(api, 7, asked, "f:yes")
        await api.until(lambda api: not set(bot.desk.journal.count()) & {"new", "working", "sending"})
        held = [path for path in home.rglob("*") if path.is_file() and b"zebra" in path.read_bytes()]
        assert held == []
        assert not bot.desk.live._repeated._made
        caches = [one for one in gc.get_objects() if isinstance(one, functools._lru_cache_wrapper)]
        remembered = [gc.get_referents(one) for one in caches]
        assert "zebra" not in repr([[each for each in them if isinstance(each, dict)] for them in remembered])
        assert bot.desk.store.rows("SELECT * FROM answers WHERE body LIKE '%fence%'")  # the other reader's
    assert "zebra" not in caplog.text


async def test_what_the_bot_cannot_read_gets_one_short_line(api, home):
    async with running(api, home):
        api.say(7, None, photo=[{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}])
        api.say(7, None, voice={"file_id": "v", "file_unique_id": "v", "duration": 1})
        api.say(8, None, rich_message={"blocks": []})
        await api.until(lambda api: len(api.sent()) == 2)
        assert (await answer_to(api, 9, "/nothing"))["text"].startswith("I do not know this command.")
        assert (await answer_to(api, 9, "/help"))["text"].count("/") >= 10
        assert "Language:" in (await answer_to(api, 9, "/settings"))["text"]
        assert (await answer_to(api, 9, "/ask"))["text"].startswith("Write the question after the command")
    assert api.sent(7)[0]["text"] == "I read text only: please write the question."
    assert api.sent(8)[0]["text"].startswith("I cannot read a message in this form")


async def test_the_menu_is_set_per_language_and_only_when_changed(api, home):
    async with running(api, home):
        await api.until(lambda api: len(api.of("setMyShortDescription")) == 5)
    assert len(api.of("setMyCommands")) == 10
    async with running(api, home):
        await api.until(lambda api: len(api.of("getMyShortDescription")) == 10)
        await asyncio.sleep(0.1)
    assert len(api.of("setMyCommands")) == 10
    assert len(api.of("setMyShortDescription")) == 5
