"""Features of newer Bot API versions, on servers with and without them."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest
from support.running.telegram_bot import answer_to, buttons, data_of, running

from bot.answering.answer import Answer, Citation, Claim
from bot.errors import ModelError
from bot.telegram.views.phrases import phrases
from bot.telegram.views.tables import table_of_sides
from index.types import Scope
from sources.parties import shipped_parties

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:Please use 'Bot.getUpdates'")]
ASK = "What truce was agreed in Doha?"
GROUP = -100


def alone(api):
    """The messages visible to one member of the group only."""
    return [sent for sent in api.sent(GROUP) if "ephemeral_message_id" in sent]


async def test_a_source_of_someone_elses_answer_is_shown_only_to_the_asker(api, home):
    async with running(api, home):
        mine = await answer_to(api, 7, f"/ask {ASK}", chat=GROUP)
        touch = api.touch(8, mine, data_of(mine, "s"))
        await api.until(lambda api: alone(api) and api.touched[touch])
        (shown,) = alone(api)
        assert shown["receiver_user"] == {"receiver_user_id": 8, "callback_query_id": touch}
        assert shown["text"].startswith("[1] Summary after")
        assert not [button for button in buttons(shown) if button.get("callback_data")]
        assert not api.of("answerCallbackQuery")[-1]["p"].get("show_alert")
        assert mine["text"].startswith("19 October 2025: ")


@pytest.mark.parametrize("knows_the_method", [True, False])
async def test_a_server_without_ephemeral_messages_leaks_nothing(api, home, knows_the_method):
    """A server that has the method but ignores the parameter sends to all: the message is deleted, and no other is
    tried.
    """
    api.ephemeral = False
    if knows_the_method:
        refuse = type(api).m_deleteEphemeralMessage
        api.m_deleteEphemeralMessage = lambda p: refuse(SimpleNamespace(ephemeral=True), p)
    async with running(api, home):
        mine = await answer_to(api, 7, f"/ask {ASK}", chat=GROUP)
        for person in (8, 9):
            touch = api.touch(person, mine, data_of(mine, "s"))
            await api.until(lambda api, touch=touch: api.touched[touch])
            alert = api.of("answerCallbackQuery")[-1]["p"]
            assert (alert["show_alert"], alert["text"].startswith("“Truce")) == (True, True)
    assert len(api.of("deleteMessage")) == int(knows_the_method)
    assert [message["message_id"] for chat, message in api.messages.items() if chat[0] == GROUP and message["from"]["is_bot"]] == [mine["message_id"]]  # fmt: skip
    assert len(api.of("deleteEphemeralMessage")) == 1


class Endless:
    """A language model that continues until the reader is gone."""

    def __init__(self):
        self.ended = threading.Event()

    def answer(self, answerer, question, *, shown, **_):
        try:
            for _ in range(600):
                time.sleep(0.05)
                shown(Claim("A sentence of a model.", None, None, None, (), "composed"))
        except ModelError:
            self.ended.set()
        return SimpleNamespace(trace=SimpleNamespace(answer=answerer.answer(question)))


async def test_a_reader_who_stops_a_model_gets_the_answer_without_it(api, home, monkeypatch):
    monkeypatch.setattr("bot.telegram.handlers.typing_indicator.DRAFT_SECONDS", 0.05)
    async with running(api, home) as bot:
        model, bot.source._incoming._stops = Endless(), True
        bot.desk.live._composing = model
        asked = api.say(7, ASK)
        await api.until(lambda api: any("model" in call["p"]["text"] for call in api.of("sendMessageDraft")))
        draft = api.of("sendMessageDraft")[-1]["p"]
        assert (draft["draft_id"], draft["can_stop"]) == (asked["update_id"], True)
        api.stop_draft(8, draft["draft_id"])  # somebody else's
        api.stop_draft(7, draft["draft_id"] + 1000)
        await api.until(lambda api: bot.desk.journal.count().get("done", 0) == 2)
        assert api.sent(7) == []
        api.stop_draft(7, draft["draft_id"])
        (answer,) = await api.until(lambda api: api.sent(7))
        assert "truce" in answer["text"]
        assert "A sentence of a model." not in answer["text"]
        await api.until(lambda api: model.ended.is_set())
        assert bot.desk.in_flight.stopping == {}


async def test_stop_updates_are_requested_only_if_a_model_composes(api, home):
    async with running(api, home) as bot:
        await answer_to(api, 7, ASK)
        assert "stopped_message_generation" not in bot.source._incoming.kinds
        bot.source._incoming._stops = True
        assert "stopped_message_generation" in bot.source._incoming.kinds
    assert all("can_stop" not in call["p"] for call in api.of("sendMessageDraft"))


PARTIES = shipped_parties()


def disputed(*parties):
    """An answer with a claim of each party, each with a source."""
    claims = tuple(
        Claim(f"{party} & <co> say so.", party, None, "2025-10-19", (number,))
        for number, party in enumerate(parties, 1)
    )
    citations = tuple(
        Citation(number, "brief", "d", "x", "en", "T", "Dawn", None, "2025-10-20", "https://e.org", None, 0, 9, "Its words.", ())
        for number, _ in enumerate(parties, 1)
    )  # fmt: skip
    return Answer("Q?", "Q?", Scope(), "en", claims=claims, citations=citations, disputed=True)


def test_two_sides_are_shown_in_a_table():
    made = table_of_sides(disputed("pakistan", "taliban", "taliban"), PARTIES, phrases("en"))
    html = made.html
    assert not made.right_to_left
    assert table_of_sides(disputed("pakistan", "taliban"), PARTIES, phrases("ur")).right_to_left
    assert html.startswith(
        "<p>The parties disagree:</p><table><tr><th><b>Pakistan</b></th><th><b>Taliban</b></th></tr><tr><td>"
    )
    assert html.count("<tr>") == 3
    assert "<td></td><td>" in html
    assert "pakistan &amp; &lt;co&gt; say so." in html
    assert html.endswith("</p></details>")
    assert table_of_sides(disputed("pakistan", "taliban", "india"), PARTIES, phrases("en")) is None
    assert table_of_sides(disputed("pakistan"), PARTIES, phrases("en")) is None


async def wants_tables(api, person):
    """Touch the button of `/settings`."""
    settings = await answer_to(api, person, "/settings")
    api.touch(person, settings, data_of(settings, "t"))
    await api.until(lambda api: api.of("editMessageText"))


async def say_disputed(bot, monkeypatch):
    async def answer(*given, **values):
        return disputed("pakistan", "taliban")

    monkeypatch.setattr(bot.desk.live, "answer", answer)


@pytest.mark.parametrize("rich", ["all", "no edits", None])
async def test_tables_are_opt_in_and_need_server_support(api, home, monkeypatch, rich):
    api.rich = rich
    async with running(api, home) as bot:
        await say_disputed(bot, monkeypatch)
        assert "text" in await answer_to(api, 8, "Who said what?")
        assert api.of("sendRichMessage") == []
        await wants_tables(api, 7)
        first = await answer_to(api, 7, "Who said what?")
        await answer_to(api, 7, "Who said it?")
        assert ("rich_message" in first) == (rich is not None)
        assert [len(buttons(first)), len(api.of("sendRichMessage"))] == [5, 1 if rich is None else 2]
        before = len(api.sent(7))
        api.touch(7, first, data_of(first, "s"))
        if rich == "no edits":
            await api.until(lambda api: len(api.sent(7)) > before)
            assert api.sent(7)[-1]["text"].startswith("[1] ")
        else:
            await api.until(lambda api: (first.get("text") or "").startswith("[1] "))
