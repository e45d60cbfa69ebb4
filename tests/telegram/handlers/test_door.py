"""The door: what a stranger, a blocked reader, a reader, a group and an admin get for every kind of update and every
command.
"""

from __future__ import annotations

import asyncio
import itertools

import pytest
from support.running.telegram_bot import answer_to, buttons, data_of, running

from bot.telegram.routes import COMMANDS
from bot.telegram.views.library import key_of

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:Please use 'Bot.getUpdates'")]
ASK = "What truce was agreed in Doha?"
CLOSED = "This bot is not open to everybody."
READER, STRANGER, BLOCKED, ADMIN, GROUP, OTHER_GROUP = 7, 8, 9, 1, -5, -6
ACCESS = {
    "telegram_access": "allowlist", "telegram_users": (READER, BLOCKED), "telegram_groups": (GROUP,),
    "telegram_admins": (ADMIN,), "telegram_blocked": (BLOCKED,), "telegram_actions_per_minute": 1000,
    "telegram_group_per_minute": 1000, "telegram_per_minute": 1000,
}  # fmt: skip
BUTTONS = [
    "q:0",
    "b:s::0",
    "b:y:2025:0",
    f"k:{key_of('doha')}:0",
    "x",
    "l:ur",
    "t:1",
    "f:yes",
    "g:1",
    "a:abc:yes",
    "e:abc:title",
]
OF_ANSWER = ["s:{}:1:0", "o:{}:1:0", "m:{}:0", "n:{}:0", "w:{}:0", "u:{}", "d:{}"]
LEAKS = ("truce", "Truce", "fence", "Pakistan", "Dawn", "documents")


def everything(api, person, answer, chat=None):
    """Every command, with and without arguments, and every other kind of message."""
    deep = [f"d_{key_of('doha')}", f"a_{answer}", "forget", "export", "digest"]
    words = {"start": ["", *deep], "ask": ["", ASK], "timeline": ["", "2025"], "addsource": ["", "https://example.org"]}
    for name in COMMANDS:
        for argument in words.get(name, [""]):
            yield lambda name=name, argument=argument: api.say(
                person, f"/{name}@torkham_test_bot {argument}".strip(), chat
            )
    yield lambda: api.say(person, f"@torkham_test_bot {ASK}", chat)
    yield lambda: api.say(person, ASK, chat)
    photo = {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]}
    mention = [{"type": "mention", "offset": 0, "length": 17}]
    yield lambda: api.say(person, None, chat, caption=f"@torkham_test_bot {ASK}", caption_entities=mention, **photo)
    yield lambda: api.say(person, None, chat, voice={"file_id": "v", "file_unique_id": "v", "duration": 1})
    yield lambda: api.edit(api.message(person, "old", chat), f"@torkham_test_bot {ASK}")
    yield lambda: api.push("channel_post", api.message(person, f"/ask {ASK}", chat))
    yield lambda: api.push("edited_channel_post", api.message(person, f"/ask {ASK}", chat))
    yield lambda: api.push(
        "guest_message", {**api.message(person, f"@torkham_test_bot {ASK}", chat), "guest_query_id": "g1"}
    )
    yield lambda: api.push("stopped_message_generation", {"chat": api.chat(person), "draft_id": 1})
    join = {"chat": api.chat(chat or -7), "from": api.user(person), "date": 1, "user_chat_id": person}
    yield lambda: api.push("chat_join_request", join)
    member = {"user": api.me, "status": "member"}
    change = {**join, "old_chat_member": {"user": api.me, "status": "left"}, "new_chat_member": member}
    yield lambda: api.push("my_chat_member", change)


async def settled(api, bot):
    """Wait until the bot has received everything and is idle."""
    last = max((update["update_id"] for update in api.queue), default=0)
    taken = lambda: not last or bot.desk.store.row("SELECT 1 AS there FROM journal WHERE update_id = :id", id=last)  # noqa: E731
    await api.until(lambda api: taken() and not set(bot.desk.journal.count()) & {"new", "working", "sending"})


@pytest.mark.parametrize(
    ("person", "chat"), [(STRANGER, None), (BLOCKED, None), (STRANGER, OTHER_GROUP), (BLOCKED, GROUP)]
)
async def test_a_refused_visitor_learns_only_that(api, home, person, chat):
    async with running(api, home, **ACCESS) as bot:
        message = await answer_to(api, READER, ASK)
        answer = data_of(message, "s").split(":")[1]
        before = len(api.calls)
        for send in everything(api, person, answer, chat):
            send()
        mine = {**message, "chat": api.chat(chat or person)}
        api.messages[mine["chat"]["id"], mine["message_id"]] = mine
        touches = [api.touch(person, mine, data.format(answer)) for data in (*BUTTONS, *OF_ANSWER)]
        typed = api.type_inline(person, "fence")
        await api.until(lambda api: all(api.touched[touch] for touch in touches) and api.inline[typed])
        await settled(api, bot)
        calls = [call for call in api.calls[before:] if call.get("ok")]
        assert len(bot.desk.store.rows("SELECT * FROM answers")) == 1
        assert bot.desk.store.rows(f"SELECT * FROM usage WHERE person = {person}") == []
    told = [call["p"]["text"] for call in calls if call["method"] == "sendMessage"]
    assert told == [CLOSED]  # once a minute, and nothing else
    assert {call["p"].get("text") for call in calls if call["method"] == "answerCallbackQuery"} == {CLOSED}
    assert api.inline[typed]["results"] == []
    assert api.inline[typed]["is_personal"]
    known = {"sendMessage", "answerCallbackQuery", "answerInlineQuery"}
    assert {call["method"] for call in calls if not call["method"].startswith(("getMy", "setMy"))} == known


@pytest.mark.parametrize(("person", "chat"), [(READER, None), (STRANGER, GROUP), (ADMIN, None), (ADMIN, OTHER_GROUP)])
async def test_an_admitted_visitor_gets_an_answer_to_everything_meant_for_the_bot(api, home, person, chat):
    async with running(api, home, **ACCESS) as bot:
        message = await answer_to(api, READER, ASK)
        answer = data_of(message, "s").split(":")[1]
        for send in itertools.islice(everything(api, person, answer, chat), len(COMMANDS)):
            before = len(api.sent())
            send()
            await api.until(lambda api, before=before: len(api.sent()) > before)
        await settled(api, bot)
    texts = [sent.get("text") or sent.get("caption") or "" for sent in api.sent()]
    assert CLOSED not in texts
    assert any(leak in text for text in texts for leak in LEAKS)


async def test_nobody_but_an_admin_in_private_gets_what_is_for_admins(api, home):
    async with running(api, home, **ACCESS):
        for person, chat, served in (
            (READER, None, False),
            (STRANGER, GROUP, False),
            (ADMIN, GROUP, False),
            (ADMIN, None, True),
        ):
            for command in ("stats", "unanswered"):
                said = await answer_to(api, person, f"/{command}@torkham_test_bot", chat=chat)
                assert (said["text"] == "This is for admins, in a private chat.") is not served


async def test_in_a_group_a_button_acts_for_whoever_touches_it_or_not_at_all(api, home):
    async with running(api, home, telegram_per_minute=99) as bot:
        mine = await answer_to(api, 7, f"/ask {ASK}", chat=GROUP)
        text = mine["text"]
        api.ephemeral = False
        touch = api.touch(8, mine, data_of(mine, "s"))
        await api.until(lambda api: api.touched[touch])
        assert mine["text"] == text  # nobody's answer is replaced by another's source
        alert = api.of("answerCallbackQuery")[-1]["p"]
        assert (alert["show_alert"], alert["text"].startswith("“Truce")) == (True, True)
        for command in ("forget", "export", "digest"):
            said = await answer_to(api, 7, f"/{command}", chat=GROUP)
            (button,) = buttons(said)
            assert button["url"] == f"https://t.me/torkham_test_bot?start={command}"
        await answer_to(api, 8, ASK)
        asked = await answer_to(api, 7, "/start forget")
        assert asked["chat"]["id"] == 7
        forged = {**asked, "chat": api.chat(GROUP)}
        api.messages[GROUP, forged["message_id"]] = forged
        api.touch(8, forged, "f:yes")
        await settled(api, bot)
        assert len(bot.desk.store.rows("SELECT * FROM answers")) == 2
        menu = await answer_to(api, 7, "/sources", chat=GROUP)
        touch = api.touch(8, menu, "b:y::0")
        await api.until(lambda api: api.touched[touch])
        assert api.of("answerCallbackQuery")[-1]["p"]["text"] == "Only the person who asked can do that."
        api.touch(8, menu, "l:ur")
        await settled(api, bot)
        assert bot.desk.readers.people.kept(8).language == "ur"
        assert bot.desk.readers.people.kept(7).language is None


async def test_anonymous_admins_captions_and_topics(api, home):
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    async with running(api, home) as bot:
        message = {**api.message(7, f"/ask {ASK}", chat=GROUP), "from": anonymous, "sender_chat": api.chat(GROUP)}
        api.push("message", message)
        await api.until(lambda api: api.sent(GROUP))
        channel = {"id": -99, "type": "channel", "title": "A channel"}
        api.push("message", {**api.message(7, f"/ask {ASK}", chat=GROUP), "from": anonymous, "sender_chat": channel})
        photo = [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
        answer = await answer_to(api, 7, None, caption=ASK, photo=photo)
        assert "truce" in answer["text"]
        for thread in (3, 4):
            await answer_to(api, 7, f"/ask {ASK}", chat=GROUP, message_thread_id=thread, is_topic_message=True)
        await settled(api, bot)
        rows = bot.desk.store.rows(f"SELECT thread, person FROM turns WHERE chat = {GROUP} ORDER BY thread")
        assert [(row["thread"], row["person"]) for row in rows] == [(0, GROUP), (3, 7), (4, 7)]
        assert len(bot.desk.readers.people.turns(GROUP, 7, 24, thread=3)) == 1
    assert len(api.sent(GROUP)) == 3


async def test_every_kind_of_update_counts_and_a_repeated_button_does_nothing_twice(api, home):
    async with running(api, home, telegram_actions_per_minute=5, telegram_group_per_minute=6) as bot:
        welcome = await answer_to(api, 7, "/start")
        for _ in range(5):
            api.touch(7, welcome, "q:1")
        await settled(api, bot)
        assert len(api.sent(7)) == 2
        for _ in range(30):
            api.say(8, "/help")
        await settled(api, bot)
        texts = [sent["text"] for sent in api.sent(8)]
        assert len(texts) == 6
        assert texts[-1] == "That was quick: please wait a minute."
        for person in range(20, 50):
            api.say(person, "/help", chat=GROUP)
        await settled(api, bot)
        assert len(api.sent(GROUP)) == 7
        for text in ("fence", "fence a", "fence b", "fence c", "fence d", "fence e", "fence f"):
            typed = api.type_inline(9, text)
            await api.until(lambda api, typed=typed: api.inline[typed])
        assert api.inline[typed]["results"] == []


async def test_a_claim_that_is_replied_to_is_the_question(api, home):
    claim = "Pakistan built a fence along the border."
    async with running(api, home, telegram_per_minute=99) as bot:
        said = api.message(9, claim, chat=GROUP)
        for words in ("/ask", "/ask is that true?"):
            await answer_to(api, 7, words, chat=GROUP, reply_to_message=said)
        await answer_to(api, 7, "/ask Where is Doha?", chat=GROUP, reply_to_message=said)
        await settled(api, bot)
        questions = [row["question"] for row in bot.desk.store.rows("SELECT question FROM turns ORDER BY at")]
    assert questions == [claim, claim, "Where is Doha?"]


async def test_guests_get_a_cited_answer_where_the_bot_is_no_member(api, home):
    async with running(api, home):
        message = api.message(7, f"@torkham_test_bot {ASK}", chat=-8)
        api.push("guest_message", {**message, "guest_query_id": "g1"})
        await api.until(lambda api: api.guests.get("g1"))
    text = api.guests["g1"]["result"]["input_message_content"]["message_text"]
    assert "agreed a truce in Doha" in text
    assert "https://t.me/torkham_test_bot?start=a_" in text
    await asyncio.sleep(0)
    assert api.sent(-8) == []
