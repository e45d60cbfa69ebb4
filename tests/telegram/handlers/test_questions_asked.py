"""Questions in Telegram: answered with their sources, once, in order, whatever breaks."""

from __future__ import annotations

import asyncio
import json
import time

import numpy as np
import pytest
from conftest import WordEncoder
from support.fakes import word_lists
from support.fakes.pauses import Pauses
from support.made.briefs import strikes
from support.running.telegram_bot import TRUCE, answer_to, buttons, data_of, library, running

from bot.answering.answer import Answer, Citation
from bot.answering.events.ask_back import OpenReference
from bot.nlp.linear import Linear
from bot.telegram.handlers import questions as asking
from bot.telegram.handlers.questions import next_questions
from index.build.update import update
from index.files.generations import Generations
from index.types import Scope
from sources.briefs.parser import parse
from sources.document import Document, Explainer, Heading, Variant
from sources.parties import shipped_parties

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:Please use 'Bot.getUpdates'")]
ASK = "What truce was agreed in Doha?"


async def test_a_question_is_answered_with_its_sources(api, home):
    async with running(api, home):
        asked = api.say(7, "What truce was agreed in Doha?")["message"]
        (answer,) = await api.until(lambda api: api.sent(7))
    assert answer["text"].startswith(f"19 October 2025: {TRUCE} [1]")
    assert answer["text"].endswith("Summarised from\n[1] Dawn, 20 October 2025: Truce & <b>talks</b>")
    assert answer["reply_to_message"]["message_id"] == asked["message_id"]
    html = api.of("sendMessage")[0]["p"]["text"]
    assert "<blockquote expandable><b>Summarised from</b>" in html
    assert 'href="https://www.dawn.com/news/1"' in html
    assert [button["text"] for button in buttons(answer)] == ["[1]", "👍", "👎", "More"]
    assert api.of("sendChatAction")[0]["at"] <= api.of("sendMessage")[0]["at"]


async def test_what_the_library_lacks_is_said_and_kept_for_the_operator(api, home):
    async with running(api, home) as bot:
        api.say(7, "Where is the best pizza in Islamabad?")
        (answer,) = await api.until(lambda api: api.sent(7))
        await api.until(lambda api: bot.desk.journal.count().get("done") == 1)
    assert answer["text"].split("\n")[0].endswith((".", "sources."))
    assert "Pakistan:" not in answer["text"].split("\n")[0]


async def test_a_chat_keeps_its_order_and_every_question_has_one_answer(api, home):
    async with running(api, home, telegram_per_minute=99):
        asked = [api.say(person, ASK)["message"] for _ in range(4) for person in (7, 8, 9)]
        await api.until(lambda api: len(api.sent()) == 12)
        await asyncio.sleep(0.1)
    for person in (7, 8, 9):
        order = [message["reply_to_message"]["message_id"] for message in api.sent(person)]
        assert order == [message["message_id"] for message in asked if message["chat"]["id"] == person]


async def test_the_same_update_again_is_one_answer_the_same_text_again_is_two(api, home):
    async with running(api, home):
        update = api.say(7, ASK)
        await api.until(lambda api: api.sent(7))
        api.push("message", update["message"], update["update_id"])
        api.push("message", update["message"])
        await api.until(lambda api: len(api.sent(7)) == 2)
        await asyncio.sleep(0.2)
    assert len(api.sent(7)) == 2


async def test_refused_markup_is_sent_again_as_plain_text(api, home):
    api.fault("sendMessage", 400, description="Bad Request: can't parse entities: strange")
    async with running(api, home):
        api.say(7, ASK)
        (answer,) = await api.until(lambda api: api.sent(7))
    assert TRUCE in answer["text"]
    assert "parse_mode" not in api.of("sendMessage")[1]["p"]


@pytest.mark.parametrize("kind", [500, "html502", "drop"])
async def test_server_errors_cost_time_not_answers(api, home, kind):
    api.fault("sendMessage", kind, times=2)
    async with running(api, home):
        api.say(7, ASK)
        await api.until(lambda api: api.sent(7))
        await asyncio.sleep(0.3)
    assert len(api.sent(7)) == 1


async def test_a_connection_that_breaks_after_sending_may_double_and_says_so(api, home):
    api.fault("sendMessage", "drop_after")
    async with running(api, home) as bot:
        api.say(7, ASK)
        await api.until(lambda api: len(api.sent(7)) == 2)
        await asyncio.sleep(0.3)
        assert [row["note"] for row in bot.desk.store.rows("SELECT note FROM journal")] == ["may have been sent twice"]
    assert len(api.sent(7)) == 2


async def test_a_rate_limited_chat_does_not_delay_the_others(api, home, monkeypatch):
    pauses = Pauses(monkeypatch, "bot.telegram.transport.retry")
    api.fault("sendMessage", 429, retry_after=3)
    async with running(api, home):
        api.say(7, ASK)
        await api.until(lambda api: pauses.asked)
        api.say(8, ASK)
        await api.until(lambda api: api.sent(8))
        assert api.sent(7) == []  # it still waits
        assert pauses.asked[0] >= 3.0
        pauses.go.set()
        await api.until(lambda api: api.sent(7))


async def test_a_long_outage_of_telegram_loses_no_answer(api, home, monkeypatch):
    monkeypatch.setattr("bot.telegram.transport.retry.MAX_ATTEMPTS", 1)
    monkeypatch.setattr("bot.telegram.app.RETRY_SECONDS", 0.2)
    api.fault("sendMessage", 500, times=3)
    async with running(api, home):
        api.say(7, ASK)
        await api.until(lambda api: api.sent(7))
        await asyncio.sleep(0.3)
    assert len(api.sent(7)) == 1


async def test_a_reader_who_blocked_the_bot_is_noted_and_harms_nobody(api, home):
    api.blocked.add(7)
    async with running(api, home) as bot:
        api.say(7, ASK)
        api.say(8, ASK)
        await api.until(lambda api: api.sent(8))
        await api.until(lambda api: bot.desk.store.rows("SELECT * FROM people WHERE blocked > 0 AND person = 7"))
        await api.until(lambda api: bot.desk.journal.count() == {"done": 2})


async def test_an_update_that_cannot_be_read_is_set_aside(api, home):
    async with running(api, home) as bot:
        api.push(
            "callback_query",
            {
                "id": "1",
                "from": api.user(7),
                "chat_instance": "1",
                "message": {"message_id": 1, "chat": api.chat(7)},
                "data": "d",
            },
        )
        api.push("something_new", {"chat": 1})
        api.say(8, ASK)
        await api.until(lambda api: api.sent(8))
        assert bot.desk.journal.count().get("aside") == 1


@pytest.mark.parametrize("kind", ["html502", "drop", 500, 409])
async def test_polling_recovers(api, home, kind):
    api.fault("getUpdates", kind, times=2)
    async with running(api, home):
        api.say(7, ASK)
        await api.until(lambda api: api.sent(7))


async def test_the_text_of_a_question_leaves_the_journal_with_the_answer(api, home):
    async with running(api, home) as bot:
        api.say(7, ASK)
        await api.until(lambda api: bot.desk.journal.count().get("done") == 1)
        assert bot.desk.store.rows("SELECT body, person FROM journal") == [{"body": None, "person": None}]


async def test_an_error_is_a_sentence_with_a_number(api, home, monkeypatch, caplog):
    def broken(*_args, **_values):
        raise RuntimeError("secret words of a question")

    monkeypatch.setattr(asking, "answer_blocks", broken)
    async with running(api, home) as bot:
        api.say(7, ASK)
        (answer,) = await api.until(lambda api: api.sent(7))
        await api.until(lambda api: bot.desk.journal.count().get("done") == 1)
    assert answer["text"].startswith("Something went wrong; the operator can find it under the number ")
    assert answer["text"].split("number ")[1][:8] in caplog.text
    assert "secret words" not in caplog.text


async def test_an_old_question_gets_an_apology(api, home):
    async with running(api, home):
        api.push("message", {**api.message(7, ASK), "date": int(time.time()) - 700})
        (answer,) = await api.until(lambda api: api.sent(7))
    assert answer["text"] == "I was away when you asked this. Please ask again if it still matters."


@pytest.mark.parametrize(
    ("text", "said"), [("?", "There is no question in this"), ("x" * 2001, "The question is too long: at most 2000")]
)
async def test_what_is_no_question(api, home, text, said):
    async with running(api, home):
        api.say(7, text)
        (answer,) = await api.until(lambda api: api.sent(7))
    assert answer["text"].startswith(said)


async def test_a_draft_comes_after_a_second_and_only_in_private(api, home, monkeypatch):
    async with running(api, home) as bot:
        answer = bot.desk.live._serving.answerer.answer

        def slowly(*args, **values):
            time.sleep(1.3)
            return answer(*args, **values)

        monkeypatch.setattr(bot.desk.live._serving.answerer, "answer", slowly)
        api.say(7, ASK)
        api.say(8, f"/ask {ASK}", chat=-5)
        await api.until(lambda api: len(api.sent()) == 2)
    drafts = api.of("sendMessageDraft")
    assert [(draft["p"]["chat_id"], draft["p"]["text"]) for draft in drafts] == [(7, "Searching the library …")]


async def test_a_killed_send_resumes_where_it_was(api, home):
    """Messages a process handed over are not sent again; one in flight is, and the journal records it."""
    async with running(api, home) as bot:
        update = api.say(7, ASK)
        await api.until(lambda api: bot.desk.journal.count().get("done") == 1)
        answer = bot.desk.store.rows("SELECT id FROM answers")[0]["id"]
    for part, more in ((1, 0), (0, 1)):
        async with running(api, home) as bot:
            before = len(api.sent(7))
            bot.desk.store.write(
                "UPDATE journal SET state = 'sending', attempts = 1, answer = :a, part = :p, body = :b",
                a=answer,
                p=part,
                b=json.dumps(update),
            )
        async with running(api, home) as bot:
            await api.until(lambda api: bot.desk.journal.count() == {"done": 1})
            assert len(api.sent(7)) == before + more


async def test_a_question_that_ends_the_process_twice_is_set_aside(api, home):
    async with running(api, home) as bot:
        pass
    async with running(api, home) as bot:
        update = {"update_id": 99, "message": api.message(7, ASK)}
        bot.desk.journal.take([update])
        bot.desk.store.write("UPDATE journal SET state = 'working', attempts = 2, body = :b", b=json.dumps(update))
    async with running(api, home) as bot:
        (answer,) = await api.until(lambda api: api.sent(7))
        await api.until(lambda api: bot.desk.journal.count() == {"aside": 1})
    assert answer["text"].startswith("This question could not be answered")


def explainers():
    """An explainer file with three questions, two of them about one subject."""
    questions = ("What was agreed at Doha?", "What is a PoR card in Pakistan?", "Who signed the Doha agreement?")
    wordings = (Variant("ur", "دوحہ معاہدے پر کس نے دستخط کیے؟"),)
    text, headings, made = "", [], []
    for number, question in enumerate(questions):
        start = len(text)
        headings.append(Heading(start, start + len(question), 2))
        text += f"{question}\nIt was so.\n"
        made.append(Explainer(question, wordings if number == 2 else (), start, len(text)))
    return Document("e", "E", text, kind="explainer", headings=tuple(headings), explainers=tuple(made))


@pytest.mark.parametrize(("language", "offered"), [("en", "Who signed the Doha agreement?"), ("ur", "دوحہ معاہدے پر کس نے دستخط کیے؟")])  # fmt: skip
def test_an_explainer_is_followed_by_related_questions_in_the_readers_language(language, offered):
    document = explainers()
    citation = Citation(
        1, "brief", "e", document.digest, "en", "E", None, None, None, None, None, 26, 36, "It was so.", ()
    )
    answer = Answer("Q?", "Q?", Scope(), language, claims=(), citations=(citation,))
    assert next_questions(answer, {"e": document}) == (offered,)


async def test_a_question_on_a_button_is_answered_in_the_language_of_the_answer_above(api, home, monkeypatch):
    asked = []

    async def answer(question, history, language, *_, **__):
        asked.append((question, language))
        return Answer(question, question, Scope(), language, reason="not_in_library", suggestions=("Who built it?",))

    async with running(api, home) as bot:
        monkeypatch.setattr(bot.desk.live, "answer", answer)
        refused = await answer_to(api, 7, "دوحہ میں کیا طے پایا تھا؟")
        api.touch(7, refused, data_of(refused, "n"))
        await api.until(lambda api: len(api.sent(7)) == 2)
    assert [language for _, language in asked] == ["ur", "ur"]
    assert asked[1][0] == "Who built it?"


async def test_a_touched_choice_of_an_open_question_is_answered(api, home, monkeypatch):
    word_lists.use(monkeypatch)
    told = (
        "2022-04-16 · agreed:** On 16 April 2022 a strike hit Khost. [^dawn]",
        "2024-12-24 · agreed:** On 24 December 2024 a strike hit Barmal. [^dawn]",
    )
    shelf, encoder = library(), WordEncoder()
    shelf.put(parse(strikes(*told, covers="2022-04/2024-12"), "strikes", file="strikes.md", parties=shipped_parties()))
    update(shelf, Generations(home), encoder)
    # a model that takes every question for open: what narrows a question is told without it
    weights = np.zeros((1, encoder.dimension), np.float32)
    takes_all_for_open = OpenReference(Linear(("open",), weights, np.ones(1, np.float32), (0.5,)))
    async with running(api, home) as bot:
        bot.desk.live._serving.answerer._is_open = takes_all_for_open
        asked_back = await answer_to(api, 7, "tell me about the strike")
        choices = [button for button in buttons(asked_back) if button["callback_data"].startswith("w:")]
        _, barmal, khost = (button["callback_data"] for button in choices)
        answers = []
        for choice in (khost, barmal):
            before, touched = len(api.sent(7)), api.touch(7, asked_back, choice)
            await api.until(
                lambda api, before=before, touched=touched: len(api.sent(7)) > before and api.touched[touched]
            )
            answers.append(api.sent(7)[-1]["text"])
        again = api.touch(7, asked_back, khost)
        await api.until(lambda api: api.touched[again])
        await api.until(lambda api: bot.desk.journal.count() == {"done": 4})
    assert [button["text"] for button in choices] == [
        "20 October 2025: The truce was broken by a strike on…",
        "24 December 2024: A strike hit Barmal.",
        "16 April 2022: A strike hit Khost.",
    ]
    assert "On 16 April 2022 a strike hit Khost. [1]" in answers[0]
    assert "Barmal" not in answers[0]
    assert "On 24 December 2024 a strike hit Barmal. [1]" in answers[1]
    assert "Khost" not in answers[1]
    assert len(api.sent(7)) == 3  # a second touch of the same button answers nothing
