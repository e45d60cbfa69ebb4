"""The real thing: the README's commands, the shipped library, the real model, as processes."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from support.running import shipped

ROOT = Path(__file__).parents[2]
TORKHAM = Path(sys.executable).with_name("torkham")
pytestmark = [pytest.mark.model, pytest.mark.slow]
HEAVY = (
    "faiss",
    "pydantic",
    "rich",
    "torch",
    "transformers",
    "typer",
    "yaml",
    "sentence_transformers",
    "telegram",
    "sqlalchemy",
    "httpx",
    "matplotlib",
    "trafilatura",
)


@pytest.fixture(scope="module", autouse=True)
def home():
    """A home with the prepared model, kept between runs; its index and its documents are made anew."""
    return shipped.indexed()


def torkham(home, *arguments, input=None, **environment):
    return subprocess.run(
        [TORKHAM, "--home", home, *arguments],
        capture_output=True,
        text=True,
        input=input,
        env={**os.environ, **environment},
        timeout=600,
        check=False,
    )


def test_the_readme_question_is_answered_with_citations(home):
    result = torkham(home, "ask", "Why are relations between the Taliban and Pakistan deteriorating?", "--json")
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert len(answer["claims"]) >= 3
    assert {claim["party"] for claim in answer["claims"]} & {"Pakistan", "Taliban"}
    for citation in answer["citations"]:
        shown = json.loads(torkham(home, "sources", "show", citation["document_id"], "--json").stdout)
        assert shown["text"][citation["start"] : citation["end"]] == citation["quote"]
        assert citation["references"]


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("When was the Durand Line agreed?", "1893"),
        ("Who became leader of the TTP in 2018?", "Noor Wali"),
        ("ٹی ٹی پی کا سربراہ کون ہے؟", "Noor Wali"),
        ("خط دیورند چیست؟", "1893"),
        ("Кто возглавил ТТП в 2018 году?", "Noor Wali"),
    ],
)
def test_questions_find_their_fact(home, question, word):
    answer = json.loads(torkham(home, "ask", question, "--json").stdout)
    assert any(word in claim["text"] for claim in answer["claims"]), answer["answer"]


@pytest.mark.parametrize(
    "question", ["How do I bake bread?", "Who won the World Cup in 1998?", "hello!", "Какая столица Японии?"]
)
def test_what_the_library_does_not_hold_is_refused(home, question):
    result = torkham(home, "ask", question, "--json")
    assert result.returncode == 3
    assert json.loads(result.stdout)["claims"] == []


def test_a_warm_question_imports_nothing_heavy(home):
    code = (
        "import sys; from bot.cli.main import guarded, run; from index.engines import import_model_engine, import_other_engines; import_model_engine(); import_other_engines();"
        " sys.argv = ['torkham', '--home', sys.argv[1], 'ask', 'What is the TTP?'];"
        f"\ntry: guarded(lambda: sys.exit(run(sys.argv[1:])))\nexcept SystemExit as stop: assert not stop.code, stop.code\n"
        f"found = [name for name in {HEAVY!r} if name in sys.modules]; assert not found, found"
    )
    result = subprocess.run([sys.executable, "-c", code, home], capture_output=True, text=True, check=False, cwd=ROOT)
    assert result.returncode == 0, result.stderr


def test_a_document_comes_and_goes(home, tmp_path):
    article = tmp_path / "khyber-salt.txt"
    article.write_text(
        "The salt caravan of Landi Kotal crossed Torkham on 3 May 2031 with ninety camels.", encoding="utf-8"
    )
    torkham(home, "sources", "remove", "khyber-salt")
    added = torkham(
        home, "sources", "add", str(article), "--title", "Salt", "--author", "A. Walker", "--date", "2031-05"
    )
    assert added.returncode == 0, added.stderr
    question = "How many camels did the salt caravan of Landi Kotal have?"
    answer = json.loads(torkham(home, "ask", question, "--json").stdout)
    assert answer["citations"][0]["author"] == "A. Walker"
    assert "“The salt caravan" in answer["answer"]
    assert torkham(home, "sources", "remove", "khyber-salt").returncode == 0
    refused = torkham(home, "ask", question, "--json").stdout
    assert "camels" not in refused.replace(question.rstrip("?"), "")  # the question is said to be not held


def readme_commands():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^    (\.venv/bin/torkham .*)$", text, re.MULTILINE)
    return [line.removeprefix(".venv/bin/torkham ") for line in lines]


def test_every_command_of_the_readme_works(home, tmp_path):
    (tmp_path / "article.txt").write_text("A short text on the Torkham crossing and its trade.", encoding="utf-8")
    commands = readme_commands()
    assert len(commands) >= 5
    for command in commands:
        result = subprocess.run(
            [TORKHAM, "--home", home, *shlex.split(command)], capture_output=True, text=True, check=False, cwd=tmp_path
        )
        assert result.returncode in {0, 3}, f"{command}: {result.stderr}"


def test_make_ask_takes_any_question_as_it_is(home, tmp_path):
    marker = tmp_path / "made"
    for question in (
        f'What is "$(touch {marker})" `touch {marker}` the TTP\'s $HOME $$ ?',
        f"$(shell touch {marker}) TTP?",
    ):
        result = subprocess.run(
            ["make", "-s", "ask", f"Q={question}"],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env={**os.environ, "TORKHAM_HOME": str(home)},
        )
        assert result.returncode == 0, result.stderr
        assert result.stdout
    assert not marker.exists()
