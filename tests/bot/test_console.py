"""What the terminal gets: lines broken at words, addresses whole, results alone on standard output."""

from __future__ import annotations

import sys
from itertools import pairwise

import pytest

from bot.console import Console, _breaks
from bot.spans import Span


def lines(text, width):
    places = [0, *_breaks(text, width), len(text)]
    return [text[start:end].rstrip() for start, end in pairwise(places)]


@pytest.mark.parametrize(
    ("text", "width", "broken"),
    [
        ("one two three four", 9, ["one two", "three", "four"]),
        (
            "see https://example.org/a/long/address for more",
            12,
            ["see", "https://example.org/a/long/address", "for more"],
        ),
        ("漢字 漢字 漢字", 9, ["漢字 漢字", "漢字"]),
        ("a truce stands. [1][2] More", 16, ["a truce", "stands. [1][2]", "More"]),
        ("", 9, [""]),
        ("short", 9, ["short"]),
    ],
)
def test_lines_break_at_words_by_columns(text, width, broken):
    assert lines(text, width) == broken


@pytest.fixture
def terminal(monkeypatch):
    """Standard output is a terminal of forty columns, without links."""
    monkeypatch.setattr(Console, "terminal", property(lambda self: True))
    monkeypatch.setattr(Console, "_width", lambda self: 40)
    monkeypatch.setenv("FORCE_HYPERLINK", "0")


def test_a_paragraph_hangs_under_its_bullet(terminal, capsys):
    Console(colour=False).spans(
        [Span("The first claim of an answer that is longer than a line. "), Span("[1]", quiet=True)], bullet="• "
    )
    assert capsys.readouterr().out == "• The first claim of an answer that is\n  longer than a line. [1]\n"


@pytest.mark.parametrize("urls", [False, True])
def test_addresses_are_printed_in_a_pipe_and_on_request(capsys, urls):
    Console(urls=urls).spans([Span("A title", url="https://example.org/a")], hanging=4, address=True)
    assert capsys.readouterr().out == "A title\n    https://example.org/a\n"


def test_a_terminal_shows_titles_without_addresses(terminal, capsys):
    Console().spans([Span("A title", url="https://example.org/a")], hanging=4, address=True)
    assert "https" not in capsys.readouterr().out
    Console(urls=True).spans([Span("A title", url="https://example.org/a")], hanging=4, address=True)
    assert capsys.readouterr().out.endswith("\n    https://example.org/a\n")


def test_nothing_is_paged_without_a_terminal(capsys):
    console = Console()
    with console.paged():
        console.text("a line")
    assert capsys.readouterr().out == "a line\n"


def test_notes_go_to_standard_error(capsys):
    Console().note("by the way")
    Console(quiet=True).note("unheard")
    assert capsys.readouterr() == ("", "by the way\n")


def test_a_pager_gets_the_lines(monkeypatch, tmp_path):
    kept = tmp_path / "paged"
    monkeypatch.setenv("PAGER", f"tee {kept}")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    console = Console(colour=False)
    with console.paged():
        console.spans([Span("a claim")])
        assert console.terminal
    assert kept.read_text() == "a claim\n"
