"""The command with a model that is computed by hand: output, exit statuses, bad input."""

from __future__ import annotations

import json

import pytest
from conftest import WordEncoder
from typer.testing import CliRunner

from bot import answers, cli_app
from bot.errors import QuestionError
from bot.sufficiency import Verdict

runner = CliRunner()


@pytest.fixture(autouse=True)
def _fake(monkeypatch, tmp_path):
    """The fake model, an empty shelf of shipped briefs, and a decision that only looks for words of the fake model."""
    monkeypatch.setattr("index.model.open_encoder", lambda *_, **__: WordEncoder())
    monkeypatch.setattr(
        "sources.library.Library.__init__.__kwdefaults__", {"shipped": tmp_path / "none", "parties": None}
    )
    monkeypatch.setattr(
        answers, "judge", lambda i, g, asked, *_: Verdict("fence" in asked.text, 1.0, 0.5, {"cosine": 0.5})
    )


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.delenv("TORKHAM_HOME", raising=False)

    def invoke(*arguments, input=None):
        return runner.invoke(cli_app.app, ["--home", str(tmp_path / "home"), *arguments], input=input)

    return invoke


@pytest.fixture
def article(tmp_path):
    path = tmp_path / "article.txt"
    path.write_text("The border fence is long. It was built from 2017.\n\nWater is scarce.", encoding="utf-8")
    return path


def test_a_document_is_added_asked_shown_and_removed(run, article):
    added = run("sources", "add", str(article), "--title", "On the fence", "--author", "A. Writer", "--date", "2024-05")
    assert added.exit_code == 0, added.output
    asked = run("ask", "How long is the border fence?", "--json")
    assert asked.exit_code == 0, asked.output
    answer = json.loads(asked.stdout)
    citation = answer["citations"][0]
    assert (citation["title"], citation["author"], citation["published"]) == ("On the fence", "A. Writer", "2024-05")
    document = json.loads(run("sources", "show", citation["document_id"], "--json").stdout)
    assert document["text"][citation["start"] : citation["end"]] == citation["quote"]
    assert document["digest"] == citation["digest"]
    assert citation["quote"] in run("show", "1").stdout
    assert run("sources", "remove", citation["document_id"]).exit_code == 0
    gone = run("ask", "How long is the border fence?", "--json")
    assert (gone.exit_code, json.loads(gone.stdout)["reason"]) == (3, "empty_library")


def test_an_abstention_ends_with_3(run, article):
    run("sources", "add", str(article))
    result = run("ask", "Who won the cup?", "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["abstained"] is True


def test_search_gives_scores_and_offsets(run, article):
    run("sources", "add", str(article))
    hits = json.loads(run("search", "fence", "--json", "--k", "1").stdout)
    assert list(hits[0]) == [
        "rank", "score", "vector", "lexical", "document_id", "passage_id", "title", "heading", "start", "end", "text",
    ]  # fmt: skip


def test_standard_input_and_batch(run, article, tmp_path):
    run("sources", "add", str(article))
    assert json.loads(run("ask", "-", "--json", input="How long is the fence?").stdout)["claims"]
    lines = ['{"id": "a", "question": "How long is the fence?"}', "{", '{"id": "c"}', '{"id": "d", "question": ""}']
    (tmp_path / "batch.jsonl").write_text("\n".join(lines))
    result = run("ask", "--batch", str(tmp_path / "batch.jsonl"), "--json")
    assert result.exit_code == 0
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["id"] for row in rows] == ["a", 2, "c", "d"]
    assert rows[0]["claims"]
    assert all("error" in row for row in rows[1:])


def test_markdown_citations_and_explain(run, article):
    run("sources", "add", str(article))
    assert "[^1]:" in run("ask", "How long is the fence?", "--markdown").stdout
    assert run("ask", "How long is the fence?", "--citations", "bibtex").stdout.startswith("@misc{")
    assert "Enough: True" in run("ask", "How long is the fence?", "--explain").stdout


def test_chat_keeps_and_forgets_the_conversation(run, article):
    run("sources", "add", str(article))
    result = run("chat", input="How long is the fence?\n/sources\n/nonsense\n/new\n/json\n")
    assert result.exit_code == 0
    assert "On the fence" in result.stdout or "article" in result.stdout
    assert "A new conversation." in result.stderr


def test_the_index_is_looked_at_verified_and_rolled_back(run, article):
    run("sources", "add", str(article))
    assert json.loads(run("index", "status", "--json").stdout)["counts"]["documents"] == 1
    assert "is sound" in run("index", "verify").stdout
    run("sources", "remove", "article")
    assert "serves again" in run("index", "rollback").stdout
    assert json.loads(run("index", "status", "--json").stdout)["pinned"] is True
    assert "Indexed 1 removed" in run("index", "update").stdout


def test_doctor_lists_the_settings(run):
    result = run("doctor")
    assert "setting model: multilingual-e5-small" in result.stdout


@pytest.mark.parametrize("question", ["", "  ", "?!", "x" * 2001, "a\0b"])
def test_what_is_no_question_is_a_usage_error(run, question):
    assert isinstance(run("ask", question).exception, QuestionError)
