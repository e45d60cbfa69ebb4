"""The bot in production form: a process, the shipped library, the real model."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess

import pytest
from support.fakes.bot_api import TOKEN
from support.running import shipped
from support.running.shipped import ROOT, TORKHAM
from support.running.telegram_bot import buttons, data_of

pytestmark = [pytest.mark.anyio, pytest.mark.model, pytest.mark.slow]


@pytest.fixture(scope="module")
def library():
    """A home with the prepared model, kept between runs, and an up-to-date index."""
    return shipped.indexed()


@pytest.fixture
async def bot(api, library, tmp_path):
    """A running bot with a store of its own."""
    home = tmp_path / "home"
    home.mkdir()
    for path in library.iterdir():
        if path.name not in {"bot", "lock"}:
            (home / path.name).symlink_to(path)
    given = {"TORKHAM_TELEGRAM_TOKEN": TOKEN, "TORKHAM_TELEGRAM_BASE_URL": api.url}
    process = await asyncio.create_subprocess_exec(
        *TORKHAM, "--home", str(home), "bot", "run", cwd=ROOT, env={**os.environ, **given}, stderr=subprocess.PIPE
    )
    await api.until(lambda api: api.of("deleteWebhook") or process.returncode is not None)
    yield process
    if process.returncode is None:
        process.terminate()
    _, said = await process.communicate()
    assert (process.returncode, b"Traceback" in said) == (0, False), said.decode()


async def heard(api, count, seconds=60):
    await api.until(lambda api: len(api.sent(7)) >= count, seconds)
    return api.sent(7)[-1]


async def shown(api, message, beginning, seconds=60):
    """Wait until the message begins with this text: it is edited in place."""
    await api.until(lambda api: message["text"].startswith(beginning), seconds)
    return message


async def test_a_question_its_source_and_the_next_question(api, bot):
    api.say(7, "What was agreed in Doha in October 2025?")
    answer = await heard(api, 1)
    before = answer["text"]
    assert "ceasefire" in before
    assert "October 2025" in before
    assert "[1]" in before
    sent = api.of("sendMessage")[0]["p"]["text"]
    assert "<blockquote expandable>" in sent
    assert 'href="http' in sent
    api.touch(7, answer, data_of(answer, "s"))
    source = await shown(api, answer, "[1] ")
    assert "Doha" in source["text"]
    assert not re.search(r"\d{4}-\d\d|Agreed:", source["text"])
    assert {"Copy citation", "Share", "Other passages", "The document", "← Back", "✕"} <= {
        button["text"] for button in buttons(source)
    }
    api.touch(7, source, data_of(source, "m"))
    assert (await shown(api, answer, before[:40]))["text"] == before
    assert len(api.sent(7)) == 1
    api.say(7, "And what did the Taliban say about it?")
    following = await heard(api, 2)
    assert "Taliban" in following["text"]
    assert "Doha" in following["text"]
    api.say(7, "Where is the best pizza in Islamabad?")
    refusal = await heard(api, 3)
    assert refusal["text"].startswith("The library holds nothing on “Where is the best pizza in Islamabad”")
    assert not any(button.get("copy_text") for button in buttons(refusal))


async def test_a_reader_of_urdu_sees_date_and_party_in_urdu_and_no_raw_notation(api, bot):
    api.say(7, "اکتوبر 2025 میں دوحہ میں کیا طے پایا؟")
    answer = await heard(api, 1)
    assert "18–19 اکتوبر 2025" in answer["text"]
    assert "طالبان، " in answer["text"]
    api.touch(7, answer, data_of(answer, "s"))
    source = await shown(api, answer, "[1] ")
    assert "حوالہ نقل کریں" in [button["text"] for button in buttons(source)]
    assert not re.search(r"\d{4}-\d\d|Agreed:", source["text"])
    api.touch(7, source, data_of(source, "k"))
    await api.until(lambda api: not source["text"].startswith("[1] "))
    assert "→ ماخذ" in [button["text"] for button in buttons(source)]
