"""Operator features: access, limits, admin commands, a rebuilt index, health, checks."""

from __future__ import annotations

import asyncio
import json
import socket
import urllib.error
import urllib.request
from dataclasses import replace

import pytest
from conftest import WordEncoder
from support.fakes.bot_api import TOKEN
from support.fakes.web import free_port
from support.running.telegram_bot import answer_to, library, running, workspace

from bot.errors import SetupError
from bot.settings import Settings
from bot.telegram.check import examine
from bot.telegram.handlers.admin import group
from bot.telegram.metrics import serve
from bot.telegram.readers.rate_limits import Limits, Verdict
from bot.telegram.readers.rate_windows import MemoryWindows
from bot.telegram.secrets import read_token
from index.build.update import update
from index.files.generations import Generations
from sources.collection.library import Library
from sources.document import Document
from sources.web.fetch_log import Journal, Rechecked

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:Please use 'Bot.getUpdates'")]
ASK = "What truce was agreed in Doha?"


class NoPeople:
    questions = 0

    def count_question(self, person):
        self.questions += 1
        return self.questions

    def questions_today(self, person):
        return self.questions


def limits(tmp_path, **settings):
    now = [0.0]
    made = Limits(Settings(home=tmp_path, **settings), NoPeople(), MemoryWindows(lambda: now[0]))
    return made, now


def test_a_minute_is_a_sliding_window_and_the_refusal_is_said_once(tmp_path):
    made, now = limits(tmp_path, telegram_per_minute=2)
    ask = lambda: made.ask(7, 7, group=False, waiting=0)  # noqa: E731
    assert [ask(), ask(), ask(), ask()] == [Verdict.FREE, Verdict.FREE, Verdict.MINUTE, Verdict.SILENT]
    now[0] = 60.0
    assert ask() is Verdict.FREE


@pytest.mark.parametrize(
    ("setting", "verdict"),
    [
        ("telegram_per_minute", Verdict.MINUTE),
        ("telegram_per_day", Verdict.DAY),
        ("telegram_group_per_minute", Verdict.GROUP),
    ],
)
def test_a_limit_of_zero_allows_nothing(tmp_path, setting, verdict):
    made, _ = limits(tmp_path, **{setting: 0})
    assert made.ask(7, -5, group=True, waiting=0) is verdict


def test_forget_does_not_reset_the_daily_limit(tmp_path):
    made, _ = limits(tmp_path, telegram_per_day=2, telegram_per_minute=99)
    ask = lambda: made.ask(7, 7, group=False, waiting=0)  # noqa: E731
    assert [ask(), ask()] == [Verdict.FREE] * 2
    made.forget(7)
    made._people.questions = 0
    assert ask() is Verdict.DAY


def test_who_may_use_it(tmp_path):
    made, _ = limits(
        tmp_path, telegram_access="allowlist", telegram_users=(7,), telegram_groups=(-5,), telegram_admins=(1,)
    )
    assert [made.may_use(7, 7, group=False), made.may_use(8, 8, group=False), made.may_use(8, -5, group=True)] == [
        True,
        False,
        True,
    ]
    closed, _ = limits(tmp_path, telegram_access="closed", telegram_users=(7,), telegram_admins=(1,))
    assert [closed.may_use(7, 7, group=False), closed.may_use(1, 1, group=False)] == [False, True]
    assert made.ask(7, 7, group=False, waiting=501) is Verdict.BUSY


async def test_a_closed_bot_says_so_also_to_buttons(api, home):
    async with running(api, home, telegram_access="closed"):
        assert (await answer_to(api, 7, ASK))["text"] == "This bot is not open to everybody."
        identifier = api.touch(7, api.sent()[0], "s:abc:1")
        await api.until(lambda api: api.touched[identifier])
    assert api.of("answerCallbackQuery")[0]["p"]["text"] == "This bot is not open to everybody."


async def test_a_hundred_questions_of_one_reader_get_one_refusal(api, home):
    async with running(api, home, telegram_per_minute=3) as bot:
        for _ in range(20):
            api.say(7, ASK)
        await api.until(lambda api: bot.desk.journal.count().get("done") == 20)
    assert [message["text"] for message in api.sent(7)][3:] == ["That was quick: please wait a minute."]


async def test_a_rebuilt_index_serves_without_a_pause(api, home):
    async with running(api, home) as bot:
        await answer_to(api, 7, ASK)
        shelf = library()
        shelf.put(Document("water", "Water", "A dam on the Kunar holds the water back.", kind="news", published="2024"))
        update(shelf, Generations(home), WordEncoder())
        await api.until(lambda api: bot.desk.live.generation == "000002")
        assert (
            "dam on the Kunar"
            in (await answer_to(api, 7, "Is there a dam on the Kunar that holds water back?"))["text"]
        )


async def test_admin_only_commands(api, home):
    async with running(api, home, telegram_admins=(1,)) as bot:
        for command in ("stats", "unanswered", "reindex", "addsource https://example.org", "undo"):
            assert (await answer_to(api, 7, f"/{command}"))["text"] == "This is for admins, in a private chat."
        assert (await answer_to(api, 1, "/stats", chat=-5))["text"] == "This is for admins, in a private chat."
        assert (await answer_to(api, 1, "/reindex"))["text"].startswith("Switched off")
        assert (await answer_to(api, 1, "/unanswered"))["text"] == "No unanswered questions."
        await answer_to(api, 7, ASK)
        with bot.desk.store.transaction():
            for number, question in enumerate(["Who dug the canal?", "Who dug that canal?", "What about trade?"]):
                bot.desk.store.write(
                    "INSERT INTO asked VALUES(:a, 'unanswered', 'x', :q, 'en', '[]', :n)",
                    a=str(number),
                    q=question,
                    n=number,
                )
        for number, state in enumerate(("unchanged", "changed", "dead")):
            url = f"https://example.org/{number}"
            Journal(home).note_recheck(Rechecked(url, f"d{number}", state, "2026-11-29T09:00:00+00:00"))
        api.say(1, "/stats")
        await api.until(lambda api: len(api.sent(1)) == 4)
        groups = await answer_to(api, 1, "/unanswered")
    assert api.of("sendPhoto")[0]["p"]["photo"]["content"].startswith(b"\x89PNG")
    assert ": 1 asked, 0 unanswered" in api.sent(1)[-2]["text"]
    sources = "Fetched sources, last checked 29 November 2026: 1 unchanged, 1 changed, 0 moved, 1 gone, 0 unreachable"
    assert sources in api.sent(1)[-2]["text"]
    assert groups["text"].split("\n\n") == ["2× Who dug that canal?\nWho dug the canal?", "1× What about trade?"]


def test_similar_questions_are_grouped():
    encode = WordEncoder().encode_queries
    assert group(["border", "truce", "The border?", "border"], encode) == [
        ["border", "The border?", "border"],
        ["truce"],
    ]


def get(address):
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


async def test_health_and_metrics(api, home):
    port = free_port()
    async with running(api, home, health_port=port) as bot:
        await answer_to(api, 7, ASK)
        status, body = await asyncio.to_thread(get, f"http://127.0.0.1:{port}/healthz")
        assert (status, json.loads(body)["generation"]) == (200, "000001")
        _, metrics = await asyncio.to_thread(get, f"http://127.0.0.1:{port}/metrics")
        assert 'torkham_answers_total{outcome="answered"} 1.0' in metrics
        assert "torkham_generation 1.0" in metrics
        assert (await asyncio.to_thread(get, f"http://127.0.0.1:{port}/"))[0] == 404
        bot.desk.metrics._last_poll -= 1000
        bot._settings = Settings(home=home)
        healthy, about = bot.health()
    assert (healthy, about["last_poll_seconds"] > 900) == (False, True)


async def test_a_taken_health_port_is_reported(api, home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(SetupError, match=f"127.0.0.1:{port} cannot be listened on .*TORKHAM_HEALTH_PORT"):
            await serve(port, lambda: (True, {}), lambda: b"")


async def test_check_says_what_is_wrong(api, home):
    work = workspace(home, telegram_base_url=api.url)
    work.library = Library(home)
    api.webhook = "https://example.org"
    found = {check.subject: check for check in await asyncio.to_thread(lambda: list(examine(work)))}
    assert found["token"].finding == "bot 123456789; it can join groups"
    assert found["webhook"].finding.startswith("one is set")
    assert found["commands"].finding.startswith("not set yet: ask,")
    work.settings = replace(work.settings, telegram_webhook_url="https://example.org")
    (hook,) = [check for check in await asyncio.to_thread(lambda: list(examine(work))) if check.subject == "webhook"]
    assert (hook.good, hook.finding[:24]) == (False, "A webhook needs a secret")
    api.token = "1:x"
    (wrong,) = [check for check in await asyncio.to_thread(lambda: list(examine(work))) if check.subject == "token"]
    assert (wrong.good, wrong.finding) == (False, "Telegram does not know it: take it from BotFather again")
    assert TOKEN.split(":")[1] not in str(found)


def test_the_token_comes_from_its_variable_or_a_file_that_others_cannot_read(tmp_path):
    path = tmp_path / "token"
    path.write_text(TOKEN + "\n")
    path.chmod(0o600)
    assert read_token(Settings(home=tmp_path, telegram_token_file=str(path))) == TOKEN
    path.chmod(0o644)
    with pytest.raises(SetupError, match="can be read by others: run `chmod 600"):
        read_token(Settings(home=tmp_path, telegram_token_file=str(path)))
    with pytest.raises(SetupError, match="There is no token"):
        read_token(Settings(home=tmp_path))
    with pytest.raises(SetupError, match="does not look like one") as wrong:
        read_token(Settings(home=tmp_path, telegram_token="abc"))
    assert "abc" not in str(wrong.value)
