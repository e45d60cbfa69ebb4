"""The client of a language model: streams, failures, retries, breaker, budget, deadline."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from support.fakes.scripted_llm import ScriptedServer, drip, raw, said, silence, status

from bot.composing.budget import Breaker, Budget, Spent
from bot.composing.llm import LanguageModel
from bot.composing.tokens import count_tokens
from bot.errors import ModelError
from bot.settings import Settings

ASK = [{"role": "user", "content": "What?"}]


@pytest.fixture
def serve(tmp_path):
    """A server with a script, and a model on it; its pauses are not slept but noted."""
    servers = []

    def start(*acts, **changes):
        server = ScriptedServer(*acts)
        servers.append(server)
        settings = Settings(home=tmp_path, llm_base_url=server.address, llm_model="m", **changes)
        pauses = []
        return server, LanguageModel(settings, sleep=pauses.append), pauses

    yield start
    for server in servers:
        server.stop()


def ask(model, seconds=60.0, most=50):
    return model.complete(ASK, deadline=time.monotonic() + seconds, most_tokens=most)


@pytest.mark.whole
def test_the_pieces_come_as_they_are_said(serve):
    server, model, _ = serve(said("One ", "two", "."))
    assert ask(model) == "One two."
    body = server.bodies[0]
    assert (body["model"], body["messages"], body["max_tokens"], body["stream"]) == ("m", ASK, 50, True)


@pytest.mark.parametrize("code", [429, 500, 503])
def test_what_passes_is_tried_again(serve, code):
    server, model, pauses = serve(status(code), status(code), said("Yes."))
    assert ask(model) == "Yes."
    assert len(server.bodies) == 3
    assert [0.3 <= pauses[0] <= 0.5, 0.6 <= pauses[1] <= 1.0] == [True, True]


def test_the_server_says_how_long_to_wait(serve):
    _, model, pauses = serve(status(429, Retry_After="1.5"), said("Yes."))
    assert ask(model) == "Yes."
    assert pauses == [1.5]


def test_what_stays_is_not_tried_again(serve):
    server, model, _ = serve(status(401))
    with pytest.raises(ModelError, match="the server answered 401"):
        ask(model)
    assert len(server.bodies) == 1


def test_retries_end(serve):
    server, model, _ = serve(status(500), llm_retries=1)
    with pytest.raises(ModelError, match="the server answered 500"):
        ask(model)
    assert len(server.bodies) == 2


def test_no_wait_goes_beyond_the_deadline(serve):
    _, model, pauses = serve(status(429, Retry_After="60"))
    with pytest.raises(ModelError, match="the server answered 429"):
        ask(model, seconds=2)
    assert pauses == []


def test_nobody_listens(serve):
    server, model, _ = serve(said("x"), llm_retries=0)
    server.stop()
    with pytest.raises(ModelError, match="the server cannot be reached"):
        ask(model)


@pytest.mark.whole
def test_silence_ends_at_the_timeout(serve):
    _, model, _ = serve(silence(60), llm_timeout_seconds=1, llm_retries=0)
    with pytest.raises(ModelError, match="the server was silent"):
        ask(model)


@pytest.mark.whole
def test_a_drip_ends_at_the_deadline(serve):
    _, model, _ = serve(drip("a ", 0.05))
    with pytest.raises(ModelError, match="the time was up"):
        ask(model, seconds=0.6, most=500)


def test_an_endless_answer_is_cut(serve):
    _, model, _ = serve(drip("endless " * 40, 0.0))
    with pytest.raises(ModelError, match="the answer did not end"):
        ask(model, most=50)


@pytest.mark.parametrize(
    "stream",
    [
        'data: {"id": "x", "choices": [{"index": 0, "del\n\n',
        "data: not json at all\n\ndata: [DONE]\n\n",
        'data: {"error": {"message": "overloaded"}}\n\n',
    ],
)
def test_a_broken_stream_is_an_error(serve, stream):
    _, model, _ = serve(raw(stream))
    with pytest.raises(ModelError, match="the answer broke off"):
        ask(model)


def test_pieces_without_text_are_passed_over(serve):
    stream = 'data: {"id": "x", "choices": []}\n\ndata: {"id": "x", "choices": [{"index": 0, "delta": {}}]}\n\ndata: [DONE]\n\n'
    _, model, _ = serve(raw(stream))
    assert ask(model) == ""


def test_a_server_that_fails_is_left_alone(serve):
    server, model, _ = serve(status(500), llm_retries=0, llm_breaker_failures=2, llm_breaker_seconds=60)
    for _ in range(2):
        with pytest.raises(ModelError, match="500"):
            ask(model)
    with pytest.raises(ModelError, match="failed 2 times in a row and is left alone"):
        ask(model)
    assert len(server.bodies) == 2


def test_the_breaker_lets_one_try_after_a_while():
    now = [0.0]
    breaker = Breaker(1, 10, lambda: now[0])
    breaker.check()
    breaker.note(False)
    with pytest.raises(ModelError):
        breaker.check()
    now[0] = 11.0
    breaker.check()
    with pytest.raises(ModelError):
        breaker.check()
    breaker.note(True)
    breaker.check()


def test_only_so_many_at_once(serve):
    go = threading.Event()

    def held(handler):
        assert go.wait(60)
        said("a", "b")(handler)

    server, model, _ = serve(held, llm_at_once=1)
    first = threading.Thread(target=ask, args=(model,))
    first.start()
    while not server.bodies:
        time.sleep(0.01)
    with pytest.raises(ModelError, match="too many answers are being composed"):
        ask(model, seconds=0.1)
    go.set()
    first.join()
    assert ask(model) == "ab"


def test_tokens_are_counted_across_processes(serve, tmp_path):
    _, model, _ = serve(said("One two three."), llm_cents_per_million_in=200, llm_cents_per_million_out=600)
    ask(model)
    tokens_in, tokens_out = count_tokens("What?") + 4, count_tokens("One two three.")
    spent = Budget(tmp_path / "llm", Settings(home=tmp_path)).spent()
    assert (spent.tokens, spent.micro) == (tokens_in + tokens_out, 200 * tokens_in + 600 * tokens_out)


def test_beyond_the_budget_nothing_is_asked(serve):
    server, model, _ = serve(said("x"), llm_tokens_per_day=55)
    with pytest.raises(ModelError, match="the tokens of the day are used up"):
        ask(model, most=50)
    _, model, _ = serve(said("x"), llm_cents_per_day=1, llm_cents_per_million_out=30_000)
    with pytest.raises(ModelError, match="the money of the day is used up"):
        ask(model, most=50)
    assert server.bodies == []


def test_a_new_day_begins_at_nothing(tmp_path):
    day = ["2026-11-22"]
    budget = Budget(tmp_path, Settings(home=tmp_path), today=lambda: day[0])
    budget.spend(100, 20)
    assert budget.spent() == Spent("2026-11-22", 120, 0)
    day[0] = "2026-11-23"
    assert budget.spent() == Spent("2026-11-23", 0, 0)


def test_a_broken_budget_file_says_what_to_do(tmp_path):
    (tmp_path / "usage.json").write_text("{")
    with pytest.raises(ModelError, match=r"cannot be read .*: remove it"):
        Budget(tmp_path, Settings(home=tmp_path)).spent()


def test_the_key_is_sent_and_never_shown(serve, tmp_path):
    settings = replace(Settings(home=tmp_path), llm_api_key="very-secret")
    assert "very-secret" not in repr(settings)


def endless(text, pause=0.0):
    def act(handler):
        handler.begin()
        while not handler.server.over.is_set():
            handler.line(text)
            time.sleep(pause)

    return act


def readers():
    return [thread for thread in threading.enumerate() if thread.name == "language-model"]


def ended(seconds=20.0):
    until = time.monotonic() + seconds
    while readers() and time.monotonic() < until:
        time.sleep(0.02)
    return readers() == []


@pytest.mark.whole
@pytest.mark.parametrize("act", [endless(": still here\n\n", 0.01), drip("again ", 0.01)])
def test_no_reader_outlives_its_deadline(serve, act):
    _, model, _ = serve(act, llm_timeout_seconds=1)
    for _ in range(3):
        with pytest.raises(ModelError):
            ask(model, seconds=0.5)
    assert ended()


def test_an_endless_line_is_not_read_to_its_end(serve):
    sent = []

    def act(handler):
        handler.begin()
        handler.line("data: ")
        while not handler.server.over.is_set():
            handler.line("x" * 65_536)
            sent.append(65_536)

    _, model, _ = serve(act, llm_retries=0)
    with pytest.raises(ModelError, match="broke off"):
        ask(model, seconds=60, most=10)
    assert ended()
    assert sum(sent) < 50_000_000


def test_half_a_character_does_not_end_an_answer(serve):
    _, model, _ = serve(said("One \ud800 two."))
    assert ask(model) == "One \ufffd two."


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_question_and_passages_follow_no_redirection(serve, code):
    other = ScriptedServer(said("Yes."))
    try:
        _, model, _ = serve(status(code, Location=f"{other.address}/chat/completions"))
        with pytest.raises(ModelError, match="points to another address"):
            ask(model)
        assert other.bodies == []
    finally:
        other.stop()
