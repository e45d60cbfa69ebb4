"""The composed route on the command line, in rendering and in Telegram, and follow-ups completed by the model."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.fakes.scripted_llm import ScriptedServer, said, silence, status
from support.made.disputed_answer import ANSWER, FIRST, SECOND
from support.made.gate_cases import Words

from bot.answering.answer import Claim
from bot.composing.answerer import ComposingAnswerer, rewriting_fault
from bot.composing.composer import composed
from bot.nlp.names.gazetteer import Gazetteer
from bot.question.follow_up import Leaning
from bot.rendering import answer_json, answer_lines
from bot.rendering.citations import markdown
from bot.settings import Settings
from bot.telegram.views.answer import answer_blocks
from bot.telegram.views.phrases import phrases
from sources.parties import shipped_parties

PARTIES = shipped_parties()
GAZETTEER = Gazetteer.load()
MADE = composed(
    ANSWER,
    (
        Claim(FIRST.replace(" [1]", ""), "pakistan", None, "2025-10-29", (1,), "composed"),
        Claim("30 октября 2025 года талибы сообщили о 58 солдатах.", "taliban", None, "2025-10-30", (2,), "translated"),
    ),
)


def test_composed_and_translated_sentences_are_marked_as_such():
    lines = answer_lines(MADE, PARTIES)
    assert lines[0] == "The parties disagree:"
    assert lines[1] == f"✎ {FIRST.replace(' [1]', '')} [1]"
    assert lines[2] == "⇄ 30 октября 2025 года талибы сообщили о 58 солдатах. [2]"
    assert lines[3].startswith("(✎ written by a language model from the passages below")
    assert answer_lines(ANSWER, PARTIES)[1:3] == ["Pakistan", f"• Attaullah Tarar: {ANSWER.claims[0].text} [1]"]


@pytest.mark.parametrize("language", ["ur", "ps", "fa", "ru"])
def test_the_mark_is_explained_in_every_language(language):
    note = answer_lines(replace(MADE, language=language), PARTIES)[-1]
    assert "✎" in note
    assert "⇄" in note
    assert "language model" not in note


def test_the_quotes_stay_under_a_composed_answer(capsys):
    from bot.cli.display import show_sources
    from bot.console import Console

    show_sources(MADE, Console())
    shown = capsys.readouterr().out
    assert f"[1] {ANSWER.citations[0].quote}\n" in shown
    assert ANSWER.citations[1].quote in markdown(MADE, PARTIES)
    show_sources(ANSWER, Console())
    assert ANSWER.citations[0].quote not in capsys.readouterr().out


def test_json_tells_the_wording():
    raw = answer_json(MADE, PARTIES)
    assert raw["composed"] is True
    assert [claim["wording"] for claim in raw["claims"]] == ["composed", "translated"]
    assert raw["citations"][0]["quote"] == ANSWER.citations[0].quote


def test_telegram_marks_and_quotes():
    text = "\n".join(
        "".join(span if isinstance(span, str) else span.text for span in block.spans)
        for block in answer_blocks(MADE, PARTIES, phrases("en"))
    )
    assert f"✎ {FIRST.replace(' [1]', '')} [1]" in text
    assert "⇄ 30 октября" in text
    assert ANSWER.citations[1].quote in text


@pytest.mark.parametrize(
    ("question", "fault"),
    [
        ("What did the Taliban say of the Istanbul talks?", None),
        ("What did the Taliban say in Doha?", "name Doha"),
        ("What did the Taliban say of the 58 soldiers?", "number 58"),
        ("Что сказали талибы?", "another language"),
        ("What did the Taliban say? " * 20, "too long"),
    ],
)
def test_a_rewritten_question_says_nothing_new(question, fault):
    history = ["Why did the Istanbul talks between Pakistan and the Taliban fail?"]
    assert rewriting_fault(question, "And what did the Taliban say?", history, GAZETTEER, Words()) == fault


@pytest.fixture
def serve():
    servers = []

    def start(*acts):
        servers.append(ScriptedServer(*acts))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


class Answering:
    """An answerer that notes what it is asked and always gives the same answer."""

    index = Words()
    gazetteer = GAZETTEER
    leaning = Leaning(GAZETTEER)

    def __init__(self):
        self.asked = []

    def trace(self, raw, *, history=(), **rest):
        from bot.answering.answerer import Trace

        self.asked.append((raw, tuple(history)))
        return Trace(replace(ANSWER, question=raw, asked_as=raw), None)


def test_a_follow_up_is_completed_by_the_model(serve, tmp_path):
    server = serve(said("What did the Taliban say of the Istanbul talks?"), said(f"{FIRST} {SECOND}"))
    settings = Settings(home=tmp_path, llm_base_url=server.address, llm_model="m", llm_rewrite=True)
    answering = Answering()
    made = ComposingAnswerer(settings, PARTIES).answer(
        answering, "And what did the Taliban say?", history=["Why did the Istanbul talks fail?"]
    )
    assert answering.asked == [("What did the Taliban say of the Istanbul talks?", ())]
    assert made.trace.answer.question == "And what did the Taliban say?"
    assert made.rewriting == "completed by the model"
    assert made.trace.answer.composed
    assert made.trace.answer.seconds["compose"] > 0


@pytest.mark.parametrize("act", [status(401), said("What did India say?"), said("")])
def test_a_follow_up_that_the_model_spoils_is_left_to_the_rules(serve, tmp_path, act):
    server = serve(act, said(f"{FIRST} {SECOND}"))
    settings = Settings(home=tmp_path, llm_base_url=server.address, llm_model="m", llm_rewrite=True)
    answering, history = Answering(), ["Why did the Istanbul talks fail?"]
    made = ComposingAnswerer(settings, PARTIES).answer(answering, "And what did Kabul say?", history=history)
    assert answering.asked == [("And what did Kabul say?", tuple(history))]
    assert made.rewriting.startswith("completed by the rules: ")


@pytest.mark.whole
def test_rewriting_takes_its_time_from_the_same_deadline(serve, tmp_path):
    server = serve(silence(60))
    settings = Settings(
        home=tmp_path,
        llm_base_url=server.address,
        llm_model="m",
        llm_rewrite=True,
        llm_deadline_seconds=2,
        llm_retries=0,
    )
    made = ComposingAnswerer(settings, PARTIES).answer(Answering(), "And Kabul?", history=["Why did the talks fail?"])
    assert made.rewriting.startswith("completed by the rules: the ")
    assert not made.trace.answer.composed


def test_a_question_that_stands_alone_is_not_rewritten(serve, tmp_path):
    server = serve(said(f"{FIRST} {SECOND}"))
    settings = Settings(home=tmp_path, llm_base_url=server.address, llm_model="m", llm_rewrite=True)
    question = "Why did Pakistan and the Taliban stop talking in Istanbul?"
    ComposingAnswerer(settings, PARTIES).answer(Answering(), question, history=["What is Torkham?"])
    assert len(server.bodies) == 1


def test_ask_composes_only_where_a_model_is_configured(serve, tmp_path, monkeypatch, capsys):
    from bot.cli.commands import ask as cli_answering
    from bot.console import Console
    from bot.workspace import Workspace

    server = serve(said(f"{FIRST} {SECOND}"))
    answering = Answering()
    monkeypatch.setattr(Workspace, "answerer", lambda self: answering)
    plain = Workspace(Settings(home=tmp_path), Console())
    trace, made = cli_answering.answered(plain, "How many died?")
    assert (trace.answer.composed, made, server.bodies) == (False, None, [])
    settings = Settings(home=tmp_path, llm_base_url=server.address, llm_model="m")
    trace, made = cli_answering.answered(Workspace(settings, Console()), "How many died?")
    assert trace.answer.composed
    assert made.composition.note == "composed"
    assert cli_answering.answer_of(Workspace(settings, Console()))("How many died?").composed


def test_explain_says_why_the_extracts_stand(serve, tmp_path, monkeypatch, capsys):
    from bot.cli import live_answer as cli_compose
    from bot.cli.commands import ask as cli_answering
    from bot.console import Console
    from bot.workspace import Workspace

    server = serve(said("Pakistan said that 99 soldiers were killed [1]."))
    monkeypatch.setattr(Workspace, "answerer", lambda self: Answering())
    work = Workspace(Settings(home=tmp_path, llm_base_url=server.address, llm_model="m"), Console())
    _, made = cli_answering.answered(work, "How many died?")
    cli_compose.explain(work, made)
    lines = capsys.readouterr().out.splitlines()
    assert "model m: no sentence passed the gate" in lines
    assert "shown: the extractive answer" in lines
    assert "deleted (number 99): Pakistan said that 99 soldiers were killed [1]." in lines


@pytest.mark.anyio
async def test_a_draft_holds_only_sentences_that_have_passed(serve, tmp_path, home, monkeypatch):
    from bot.service.live_index import LiveIndex, Serving
    from bot.telegram.handlers.typing_indicator import Working

    server = serve(said(f"{FIRST} ", "Pakistan said that 99 soldiers were killed [1]. ", SECOND, pause=0.05))
    settings = Settings(home=tmp_path, llm_base_url=server.address, llm_model="m")
    monkeypatch.setattr(LiveIndex, "_load", lambda self: Serving(Closed(), Answering()))
    monkeypatch.setattr(LiveIndex, "look", lambda self: None)
    live = LiveIndex(home, None, composing=ComposingAnswerer(settings, PARTIES))
    working = Working.__new__(Working)
    working.stopped = asyncio.Event()
    begun = []
    answer = await live.answer("How many died?", (), None, lambda: begun.append(1), working.grow)
    assert answer.composed
    assert begun == [1]
    assert working._grown == f"✎ {FIRST.replace(' [1]', '')} [1]\n\n✎ {SECOND.replace(' [2]', '')} [2]"
    assert await live.end()


class Closed:
    def close(self):
        return None


@pytest.mark.whole
def test_a_silent_server_delays_the_answer_by_no_more_than_the_deadline(serve, tmp_path):
    # Should the deadline not end it, the server does, by breaking the connection, long before the allowed silence is over.
    server = serve(silence(60))
    settings = Settings(
        home=tmp_path, llm_base_url=server.address, llm_model="m", llm_deadline_seconds=1, llm_timeout_seconds=600
    )
    made = ComposingAnswerer(settings, PARTIES).answer(Answering(), "How many died?")
    assert not made.trace.answer.composed
    assert made.composition.note in {"the time was up", "the server was silent"}
    assert len(server.bodies) <= 1  # nothing is tried again after the deadline
    assert json.dumps(answer_json(made.trace.answer, PARTIES))


def test_doctor_tells_what_today_cost_and_what_was_deleted(tmp_path):
    from bot.composing.budget import Budget
    from bot.composing.rejected import Deleted, DeletedSentences
    from bot.console import Console
    from bot.doctor import _language_model
    from bot.workspace import Workspace

    settings = Settings(home=tmp_path, llm_base_url="http://x/v1", llm_model="m", llm_cents_per_million_in=1000)
    Budget(tmp_path / "llm", settings).spend(2000, 10)
    DeletedSentences(tmp_path / "llm", 30).add([Deleted("A.", "no marker"), Deleted("B.", "no marker")], "m")
    check = _language_model(Workspace(settings, Console()))
    assert check.good
    assert check.finding == "m at http://x/v1; today 2010 tokens, 2.00 cents; deleted: no marker 2"


def test_what_goes_to_the_model_stands_in_privacy(tmp_path):

    from bot.telegram.retention import statement

    page = " ".join((Path(__file__).parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8").split())
    settings = Settings(home=tmp_path, llm_base_url="http://x/v1", llm_model="m")
    told = list(statement(settings, phrases("en")))
    assert len(told) == len(list(statement(Settings(home=tmp_path), phrases("en")))) + 1
    for sentence in told:
        assert sentence in page
