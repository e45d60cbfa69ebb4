"""The plain command line: read in place as the whole command reads it, or left to it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot import asking, quick
from bot.cli_app import app
from bot.questions import AskOptions, GlobalOptions, SearchOptions

WORDS = st.sampled_from(
    [
        "ask", "search", "-", "--", "who", "a b", "", "--json", "--json=1", "--k", "--k=3", "--k=0", "--k=99", "7", "٣", "--since",
        "2021", "--until=2022-08", "--party", "ttp", "--party=taliban", "--history", "--language=ur", "--markdown", "--citations",
        "csl", "--explain", "--quiet", "-q", "--no-color", "--home", "/nowhere", "--home=/x", "--jso", "-k", "--help", "-v",
        "--batch",
    ]
)  # fmt: skip


@given(st.sampled_from(["ask", "search"]), st.lists(WORDS, max_size=2), st.lists(WORDS, max_size=6))
def test_what_is_read_in_place_is_what_the_whole_command_reads(command, before, after):
    words = [*before, command, *after]
    line = quick.read(words)
    seen = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "ask", lambda work, given: seen.append((work, given)) or 0)
        patch.setattr(asking, "search", lambda work, given: seen.append((work, given)) or 0)
        CliRunner().invoke(app, words)
    if line is not None:
        work, options = seen[0]
        assert options == line.command
        assert work.console.quiet == line.options.quiet
        assert work.console.colour != line.options.no_color
        if line.options.home is not None:
            assert str(work.settings.home) == os.path.abspath(line.options.home)


@pytest.mark.parametrize(
    ("words", "options", "command"),
    [
        (["ask", "Who?"], GlobalOptions(), AskOptions("Who?")),
        (["--home", "h", "-q", "ask", "-", "--json", "--k", "3"], GlobalOptions("h", True), AskOptions("-", True, 3)),
        (
            ["ask", "--party", "a", "--party=b", "--since", "2021", "Who?"],
            GlobalOptions(),
            AskOptions("Who?", since="2021", party=("a", "b")),
        ),
        (["search", "salt", "--k=100"], GlobalOptions(), SearchOptions("salt", k=100)),
    ],
)
def test_plain_lines_are_read(words, options, command):
    assert quick.read(words) == quick.Line(options, command)


@pytest.mark.parametrize(
    "words",
    [
        [], ["ask"], ["chat"], ["sources", "check"], ["ask", "a", "b"], ["ask", "a", "--k", "0"], ["ask", "a", "--k", "21"],
        ["ask", "a", "--help"], ["ask", "a", "--jsn"], ["ask", "a", "--batch", "f"], ["ask", "a", "--since"], ["-v", "ask", "a"],
        ["--version"], ["ask", "--", "a"], ["search", "a", "--k", "101"], ["ask", "a", "--json=yes"], ["--home", "ask", "a"],
    ],
)  # fmt: skip
def test_everything_else_is_left_to_the_whole_command(words):
    assert quick.read(words) is None


def test_a_misspelt_option_is_explained_as_ever(tmp_path):
    command = [
        sys.executable,
        "-c",
        "from bot.cli import main; main()",
        "--home",
        str(tmp_path),
        "ask",
        "Who?",
        "--jsn",
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "--jsn" in result.stderr
    assert "Traceback" not in result.stderr
