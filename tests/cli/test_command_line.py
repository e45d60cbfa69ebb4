"""The command line itself: words and options in any order, what may have been meant, help, completion."""

from __future__ import annotations

import subprocess
import sys

import pytest
from support.running.command import invoke

from bot.cli.commands import ask
from bot.cli.commands.ask import AskOptions
from bot.errors import QuestionError


@pytest.fixture
def read(tmp_path, monkeypatch):
    """What `ask` is asked to do by a command line, and with which workspace."""
    monkeypatch.setattr("bot.workspace.Workspace.warm", lambda self: None)

    def given(*words):
        seen = []
        monkeypatch.setattr(ask, "ask", lambda work, options: seen.append((work, options)) or 0)
        result = invoke(tmp_path, *words)
        assert result.exit_code == 0, result.output
        return seen[0]

    return given


@pytest.mark.parametrize(
    ("words", "options"),
    [
        (["ask", "Who?"], AskOptions("Who?")),
        (["ask", "what", "is", "the", "durand", "line"], AskOptions("what is the durand line")),
        (["ask", "what", "--json", "is", "--k", "3", "it"], AskOptions("what is it", json=True, k=3)),
        (["ask", "-", "--k=20"], AskOptions("-", k=20)),
        (
            ["ask", "--party", "a", "--party=b", "who", "--since", "2021"],
            AskOptions("who", since="2021", party=("a", "b")),
        ),
        (["ask", "-c", "and", "who"], AskOptions("and who", go_on=True)),
        (["ask", "--document", "x", "who", "--source", "Dawn"], AskOptions("who", document=("x",), source=("Dawn",))),
        (["ask", "--", "-1", "degrees?"], AskOptions("-1 degrees?")),
        (["ask"], AskOptions()),
        (["ask", "who", "--history", "first", "--history", "second"], AskOptions("who", history=("first", "second"))),
    ],
)
def test_a_question_needs_no_quotes_and_options_stand_anywhere(read, words, options):
    assert read(*words)[1] == options


def test_global_options_stand_before_or_behind_the_command(read, tmp_path):
    for words in (["--quiet", "--no-color", "ask", "x"], ["ask", "--quiet", "x", "--no-color"]):
        work, _ = read(*words)
        assert (work.console.quiet, work.console.colour, work.settings.home) == (True, False, tmp_path)
    assert read("ask", "x", "--home", "/elsewhere")[0].settings.home.name == "elsewhere"
    assert read("--home", "sources", "ask", "x")[0].settings.home.name == "sources"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["aks", "who"], "There is no command 'aks'; did you mean ask?"),
        (["ask", "who", "--jsn"], "There is no option --jsn; did you mean --json?"),
        (["ask", "who", "--untill=2020"], "There is no option --untill; did you mean --until?"),
        (["sources", "lst"], "There is no command 'lst'; did you mean list?"),
        (["sources", "remov", "x"], "There is no command 'remov'; did you mean remove?"),
        (["ask", "who", "--k", "0"], "'0' is not an integer from 1 to 20."),
        (["ask", "who", "--k", "٣"], "is not an integer from 1 to 20."),
        (["ask", "who", "--citations", "bibtx"], "'bibtx' is not one of bibtex, csl; did you mean bibtex?"),
        (["what is the ttp"], "To ask a question, write: torkham ask 'what is the ttp'"),
        (["index", "update", "now"], "'now' is an unexpected argument."),
        (["sources", "show"], "The following arguments are required: ID."),
        (["zzz"], "There is no command 'zzz': choose from ask, search"),
    ],
)
def test_a_slip_is_one_line_that_says_what_may_have_been_meant(tmp_path, words, said):
    result = invoke(tmp_path, *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_days_the_wrong_way_round_are_a_usage_error(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.workspace.Workspace.warm", lambda self: None)
    result = invoke(tmp_path, "ask", "what happened", "--since", "2026", "--until", "2020")
    assert isinstance(result.exception, QuestionError)
    assert str(result.exception).startswith("--since 2026 lies after --until 2020")


@pytest.mark.parametrize("words", [[], ["sources"], ["index"], ["database"], ["eval"], ["bot"]])
def test_a_group_alone_shows_its_help(tmp_path, words):
    result = invoke(tmp_path, *words)
    assert result.exit_code == 0
    assert result.stdout.startswith("usage: torkham")


@pytest.mark.parametrize(
    "words",
    [
        ["ask"], ["search"], ["chat"], ["show"], ["log"], ["log", "show"], ["sources", "add"], ["sources", "edit"],
        ["sources", "remove"], ["sources", "fetch"], ["index", "watch"], ["database", "move"], ["eval", "answers"],
        ["completion"], ["doctor"], ["bot", "run"],
    ],
)  # fmt: skip
def test_every_command_has_help(tmp_path, words):
    result = invoke(tmp_path, *words, "--help")
    assert result.exit_code == 0
    assert f"usage: torkham {' '.join(words)}" in result.stdout


def test_help_before_a_command_lists_every_command(tmp_path):
    listed = invoke(tmp_path, "--help", "ask").stdout
    assert all(f"\n    {name} " in listed for name in ("ask", "log", "sources", "doctor", "completion"))


def test_help_has_examples(tmp_path):
    assert "torkham ask -c and what does Pakistan say" in invoke(tmp_path, "ask", "--help").stdout
    assert "torkham sources add article.html --edit" in invoke(tmp_path, "sources", "add", "--help").stdout


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_shell_gets_its_completion(tmp_path, shell):
    script = invoke(tmp_path, "completion", shell).stdout
    assert "--since" in script
    assert "rollback" in script


def test_the_command_as_a_process_says_its_version_and_fails_in_one_line(tmp_path):
    command = [sys.executable, "-m", "bot.cli", "--home", str(tmp_path)]
    version = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False)
    assert (version.returncode, version.stdout[:8]) == (0, "torkham ")
    wrong = subprocess.run([*command, "ask", "Who?", "--jsn"], capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "Traceback" not in wrong.stderr
