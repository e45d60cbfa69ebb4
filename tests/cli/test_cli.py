"""The command with a model that is computed by hand: output, exit statuses, bad input."""

from __future__ import annotations

import errno
import json
import os

import pytest
from conftest import WordEncoder
from support.fakes import word_reader
from support.made.answers import answer as made_answer
from support.running.command import invoke as torkham

from bot.answering import answerer as answers
from bot.answering.answer import Alternative, Claim
from bot.cli.commands.chat import Chat, complete
from bot.cli.main import guarded
from bot.console import Console
from bot.errors import QuestionError, StoreError
from bot.settings import Settings
from bot.store.answer_log import AnswerLog
from bot.workspace import Workspace


@pytest.fixture(autouse=True)
def _fake(monkeypatch, tmp_path):
    """The fake model, an empty shelf of shipped briefs, and a decision that only looks for words of the fake model."""
    monkeypatch.setattr("index.model.prepare.open_encoder", lambda *_, **__: WordEncoder())
    monkeypatch.setattr(
        "sources.collection.library.Library.__init__.__kwdefaults__", {"shipped": tmp_path / "none", "parties": None}
    )
    word_reader.use(monkeypatch, lambda question: "fence" in question)


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.delenv("TORKHAM_HOME", raising=False)

    def invoke(*arguments, input=None):
        return torkham(tmp_path / "home", *arguments, input=input)

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
    for words in (["ask", "-", "--json"], ["ask", "--json"]):
        assert json.loads(run(*words, input="How long is the fence?").stdout)["claims"]
    lines = ['{"id": "a", "question": "How long is the fence?"}', "{", '{"id": "c"}', '{"id": "d", "question": ""}']
    (tmp_path / "batch.jsonl").write_bytes("\n".join(lines).encode() + b"\n\xff")
    result = run("ask", "--batch", str(tmp_path / "batch.jsonl"), "--json")
    assert result.exit_code == 0
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["id"] for row in rows] == ["a", 2, "c", "d", 5]
    assert rows[0]["claims"]
    for at in (1, 2, 4):
        assert rows[at]["error"].startswith(f"Line {at + 1} is not a question: each line must be a JSON object such as")
    assert "error" in rows[3]


def test_files_with_nothing_new_but_their_times_are_no_change(run, article, tmp_path):
    long = tmp_path / "long.txt"
    long.write_text("The border fence is long. " * 1_000, encoding="utf-8")
    run("sources", "add", str(long))
    run("sources", "add", str(article))
    (kept,) = (path for path in (tmp_path / "home" / "library").rglob("*long*.txt"))
    os.utime(kept, (1, 1))
    asked = run("ask", "How long is the border fence?")
    assert "not in this answer" not in asked.stderr
    kept.write_text(f"{kept.read_text(encoding='utf-8')} It was built.", encoding="utf-8")
    assert "Documents not in this answer yet: 1 changed." in run("ask", "How long is the border fence?").stderr


def test_markdown_citations_and_explain(run, article):
    run("sources", "add", str(article))
    assert "[^1]:" in run("ask", "How long is the fence?", "--markdown").stdout
    assert run("ask", "How long is the fence?", "--citations", "bibtex").stdout.startswith("@misc{")
    assert "answers 1.00" in run("ask", "How long is the fence?", "--explain").stdout


def test_a_question_can_be_restricted_to_documents(run, article, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text(
        "The border fence cost a billion. Another border fence stands in Kunar, far away.", encoding="utf-8"
    )
    run("sources", "add", str(article), "--publisher", "Dawn")
    run("sources", "add", str(other), "--publisher", "The Nation")

    def cited(*options):
        answer = json.loads(run("ask", "What of the border fence?", "--json", *options).stdout)
        return {citation["document_id"] for citation in answer["citations"]}

    assert cited() == {"article", "other"}
    assert cited("--document", "other") == {"other"}
    assert cited("--source", "dawn") == {"article"}
    assert cited("--source", "dawn", "--source", "nation") == {"article", "other"}
    assert "did you mean other?" in str(run("ask", "fence", "--document", "othr").exception)
    assert "No document is of 'Reuters'" in str(run("ask", "fence", "--source", "Reuters").exception)


def test_the_log_keeps_searches_and_shows_answers(run, article):
    assert "Nothing has been asked yet." in run("log").stderr
    run("sources", "add", str(article))
    run("ask", "How long is the border fence?")
    run("ask", "Who won the cup?")
    listed = run("log").stdout.splitlines()
    assert [line.split("  ")[-1] for line in listed] == ["(no answer)", "How long is the border fence?"]
    assert json.loads(run("log", "--search", "LONG fence", "--json").stdout)[0]["id"] == 1
    assert "Nothing found." in run("log", "--search", "salt").stderr
    again = run("log", "show", "1").stdout
    assert again.startswith("How long is the border fence?\n")
    assert "The border fence is long." in again
    assert "border fence" in run("show", "1", "--answer", "1").stdout
    assert "no answer 9 in the log" in str(run("log", "show", "9").exception)
    run("log", "clear")
    assert run("log").stdout == ""


def test_a_question_goes_on_with_the_last_conversation(run, article, monkeypatch):
    run("sources", "add", str(article))
    asked = []
    trace = answers.Answerer.trace

    def noted(self, raw, **rest):
        asked.append((raw, tuple(rest["history"])))
        return trace(self, raw, **rest)

    monkeypatch.setattr(answers.Answerer, "trace", noted)
    assert "no conversation to continue yet" in run("ask", "-c", "How long is the fence?").stderr
    run("ask", "-c", "When was the fence built?")
    run("ask", "Where is the fence?")
    run("ask", "-c", "Who built the fence?")
    assert asked == [
        ("How long is the fence?", ()),
        ("When was the fence built?", ("How long is the fence?",)),
        ("Where is the fence?", ()),
        ("Who built the fence?", ("Where is the fence?",)),
    ]
    conversations = {row["question"]: row["conversation"] for row in json.loads(run("log", "--json").stdout)}
    assert list(conversations.values()) == [3, 3, 1, 1]


def test_a_number_after_asking_back_is_the_choice(run, article, tmp_path):
    run("sources", "add", str(article))
    meant = [Alternative(day, day, f"How long is the fence of {day}?", "fence", 0, 9) for day in ("2017", "2019")]
    unclear = made_answer(claims=(), citations=(), reason="unclear", alternatives=tuple(meant))
    AnswerLog(tmp_path / "home", 9).add(unclear)
    wrong = run("ask", "-c", "9").exception
    assert isinstance(wrong, QuestionError)
    assert str(wrong) == "Choose a number from 1 to 2, or ask in words."
    result = run("ask", "-c", "2", "--json")
    assert json.loads(result.stdout)["question"] == "How long is the fence of 2019?"
    run("ask", "-c", "2")  # nothing to choose any more
    assert json.loads(run("log", "--json").stdout)[0]["question"] == "2"


def test_the_log_is_private_and_bounded(run, article, tmp_path, monkeypatch):
    monkeypatch.setenv("TORKHAM_LOG_ANSWERS", "2")
    run("sources", "add", str(article))
    for word in ("long", "wide", "high"):
        run("ask", f"How {word} is the fence?")
    assert [row["question"] for row in json.loads(run("log", "--json").stdout)] == [
        "How high is the fence?", "How wide is the fence?",
    ]  # fmt: skip
    assert (tmp_path / "home" / "log.sqlite").stat().st_mode & 0o777 == 0o600


def test_a_broken_log_does_not_hinder_an_answer(run, article, tmp_path):
    run("sources", "add", str(article))
    (tmp_path / "home" / "log.sqlite").write_bytes(b"no database at all" * 100)
    assert run("ask", "How long is the fence?").exit_code == 0
    assert "log.sqlite is damaged" in str(run("log").exception)


def test_a_log_that_may_only_be_read_is_read(tmp_path, monkeypatch):
    log = AnswerLog(tmp_path, 5)
    log.add(made_answer(question="How long is the fence?"))
    monkeypatch.setattr(os, "open", lambda *_: (_ for _ in ()).throw(OSError(errno.EROFS, "Read-only file system")))
    assert [row.question for row in log.search("", 5)] == ["How long is the fence?"]
    with pytest.raises(StoreError, match=r"log\.sqlite cannot be used \(.*Read-only.*\): check its permissions"):
        log.add(made_answer())


def test_chat_has_commands(run, article):
    run("sources", "add", str(article))
    typed = "/sources\nHow long is the fence?\n/sides\n/more\n/help\n/sorces\n?!\n/quit\nHow wide is the fence?\n"
    result = run("chat", input=typed)
    assert result.exit_code == 0
    assert "There is no answer yet: ask a question first." in result.stderr
    assert "/sides     the last answer by party: who says what" in result.stdout
    assert "There is no /sorces; did you mean /sources?" in result.stderr
    assert "The question is empty" in result.stderr
    assert [row["question"] for row in json.loads(run("log", "--json").stdout)] == ["How long is the fence?"]


def test_more_repeats_nothing(tmp_path, capsys):
    from support.made.answers import answer, citation

    claims = tuple(Claim(f"Fence {n} stands.", None, None, None, (n,)) for n in range(1, 15))

    def answer_to(question, *, history, skip=0):
        shown = claims[skip : skip + 6]
        return answer(claims=shown, citations=tuple(citation(number=claim.citations[0]) for claim in shown))

    chat = Chat(Workspace(Settings(tmp_path), Console()), answer_to)
    chat.ask("Which fences stand?")
    for _ in range(3):
        chat.more()
    shown = [line.split(" [")[0] for line in capsys.readouterr().out.splitlines() if "stands." in line]
    assert shown == [f"• Fence {n} stands." for n in range(1, 15)]


def test_chat_goes_on_after_the_last_conversation(run, article):
    run("sources", "add", str(article))
    run("ask", "How long is the fence?")
    result = run("chat", "-c", input="/sources\nWho built the fence?\n")
    assert "Continuing after: How long is the fence?" in result.stderr
    assert {row["conversation"] for row in json.loads(run("log", "--json").stdout)} == {1}


def test_slash_commands_are_completed():
    assert [complete("/s", state) for state in range(3)] == ["/sides", "/sources", None]
    assert complete("who", 0) is None


def test_chat_keeps_and_forgets_the_conversation(run, article):
    run("sources", "add", str(article))
    result = run("chat", input="How long is the fence?\n/sources\n/nonsense\n/new\n/json\n")
    assert result.exit_code == 0
    assert "On the fence" in result.stdout or "article" in result.stdout
    assert "A new conversation." in result.stderr


def test_the_index_is_looked_at_verified_and_rolled_back(run, article):
    run("sources", "add", str(article))
    assert json.loads(run("index", "status", "--json").stdout)["counts"]["documents"] == 1
    assert "is intact" in run("index", "verify").stdout
    run("sources", "remove", "article")
    back = run("index", "rollback")
    assert "serves again" in back.stdout
    assert "It answers from 1 removed document again, until that update: article." in back.stderr
    assert json.loads(run("index", "status", "--json").stdout)["pinned"] is True
    assert "Indexed 1 removed" in run("index", "update").stdout


def test_doctor_lists_the_settings(run):
    result = run("doctor")
    assert "setting model: multilingual-e5-small" in result.stdout


@pytest.mark.parametrize("question", ["", "  ", "?!", "x" * 2001, "a\0b"])
def test_what_is_no_question_is_a_usage_error(run, question):
    assert isinstance(run("ask", question).exception, QuestionError)


def test_timeline_narrows_by_words_and_days(run, article):
    result = run("timeline", "nowhere")
    assert (result.exit_code, result.stdout) == (3, "The library holds no dated event for “nowhere”.\n")
    assert "with the shipped model only" in str(run("timeline", "--type", "strike").exception)
    assert "--from 2025 lies after --to 2024" in str(run("timeline", "--from", "2025", "--to", "2024").exception)
    assert json.loads(run("timeline", "nowhere", "--json").stdout) == {"count": 0, "events": []}


def test_an_interrupt_that_an_import_turned_into_its_own_error_is_an_interrupt(capsys):
    def imported():
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as stop:
            raise ImportError("initialization failed") from stop

    with pytest.raises(SystemExit) as left:
        guarded(imported)
    assert left.value.code == 130
    assert capsys.readouterr().err == "torkham: Interrupted; nothing is lost. Run the same command again to continue.\n"
