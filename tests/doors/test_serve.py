"""`torkham serve` as a process: it ends well, and says in a sentence why it cannot begin."""

from __future__ import annotations

import asyncio
import sys

import httpx
import pytest
from support.running.served import DOOR, process

from bot.console import Console
from bot.errors import SetupError
from bot.http.run import _is_origin, run
from bot.settings import Settings
from bot.workspace import Workspace

pytestmark = pytest.mark.anyio


async def test_it_serves_until_a_signal_and_a_second_one_says_that_the_port_is_taken(home, tmp_path):
    async with process(home, "serve") as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.get("/healthz")).json()["status"] == "ok"
        assert (await client.post("/v1/ask", json={"question": "Where is the border fence?"})).status_code == 200
        words = [DOOR, str(tmp_path / "other"), "serve", "--port", str(port)]
        second = await asyncio.create_subprocess_exec(sys.executable, *words, stderr=asyncio.subprocess.PIPE)
        _, said = await second.communicate()
        assert second.returncode == 1
        assert f"127.0.0.1:{port} cannot be listened on" in said.decode()


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"http_host": "0.0.0.0"}, "TORKHAM_HTTP_TOKENS_FILE"), ({"public_url": "https://x.org/a"}, "nothing behind it")],
)
async def test_it_does_not_begin_with_settings_that_cannot_be_served(home, settings, said):
    with pytest.raises(SetupError, match=said):
        run(Workspace(Settings(home=home, **settings), Console(quiet=True)))
    assert not home.exists()


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://x.org", True), ("http://x.org:8080/", True), ("https://x.org/torkham", False), ("https://x.org?a", False),
        ("x.org", False), ("https://me@x.org", False), ("ftp://x.org", False),
    ],
)  # fmt: skip
def test_a_public_address_has_no_path(url, origin):
    assert _is_origin(url) is origin
