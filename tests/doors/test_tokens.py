"""Tokens of a 0600 file, and how often each may call."""

from __future__ import annotations

import pytest

from bot.errors import SetupError
from bot.http.tokens import MINUTE, Tokens, Windows, is_loopback, read_tokens
from bot.settings import Settings

TOKEN = "abcdefghij0123456789"


@pytest.fixture
def written(tmp_path):
    def write(text, mode=0o600):
        path = tmp_path / "tokens"
        path.write_text(text)
        path.chmod(mode)
        return Settings(home=tmp_path, http_tokens_file=str(path))

    return write


def test_a_line_is_a_name_and_its_token(written):
    tokens = read_tokens(written(f"# clients\ndesk {TOKEN}\n\nother {TOKEN}x\n"))
    assert tokens.name(f"Bearer {TOKEN}") == "desk"
    assert tokens.name(f"bearer  {TOKEN}x") == "other"
    assert tokens.name(f"Bearer {TOKEN[:-1]}") is None
    assert TOKEN not in repr(vars(tokens))


@pytest.mark.parametrize(
    "text", ["", "# none\n", "desk\n", "desk short\n", f"a {TOKEN}\na {TOKEN}x\n", f"a {TOKEN}\nb {TOKEN}\n"]
)
def test_a_file_that_cannot_be_used_is_refused_without_its_tokens(written, text):
    with pytest.raises(SetupError) as raised:
        read_tokens(written(text))
    assert TOKEN not in str(raised.value)


def test_a_file_that_others_can_read_is_refused(written):
    with pytest.raises(SetupError, match="chmod 600"):
        read_tokens(written(f"desk {TOKEN}\n", 0o644))


def test_without_tokens_only_this_machine_is_served(tmp_path):
    assert not read_tokens(Settings(home=tmp_path))
    with pytest.raises(SetupError, match="TORKHAM_HTTP_TOKENS_FILE"):
        read_tokens(Settings(home=tmp_path, http_host="0.0.0.0"))


@pytest.mark.parametrize(
    ("host", "only_here"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False), ("example.org", False)],
)  # fmt: skip
def test_what_is_loopback(host, only_here):
    assert is_loopback(host) is only_here


def test_a_window_slides(monkeypatch):
    now = [100.0]
    windows = Windows(2, lambda: now[0])
    assert windows.wait("a") == windows.wait("a") == 0
    assert windows.wait("a") == MINUTE
    assert windows.wait("b") == 0
    now[0] += MINUTE
    assert windows.wait("a") == 0
    monkeypatch.setattr("bot.http.tokens.MOST_CALLERS", 2)
    for caller in "cde":
        windows.wait(caller)
    assert list(windows._calls) == ["d", "e"]


def test_no_token_is_known_where_none_is_set():
    assert Tokens({}).name("Bearer ") is None
