"""The HTTP door: the JSON of the service, and for whatever is wrong with a request a problem document."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from dataclasses import replace

import httpx
import pytest
from support.made.answers import answer
from support.running.served import http, listening
from support.running.telegram_bot import TRUCE

from bot.answering.answer import Claim
from bot.http import guard
from bot.http.openapi import document
from bot.service import asgi
from bot.service.operations import OPERATIONS
from bot.service.worker_pool import Overdue, WorkerDied

pytestmark = pytest.mark.anyio
QUESTION = {"question": "Where is the border fence?"}
TOKEN = "t" * 32
JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def client(home, monkeypatch):
    async with http(home, monkeypatch) as (made, _):
        yield made


def problem(reply, status):
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
    said = reply.json()
    assert said["status"] == status
    assert said["title"]
    assert said["detail"].endswith((".", "?"))
    return said


async def test_each_operation_is_a_route(client):
    answered = await client.post("/v1/ask", json=QUESTION)
    assert answered.status_code == 200
    [citation, *_] = answered.json()["citations"]
    shown = await client.get(
        f"/v1/sources/{citation['document_id']}", params={"start": citation["start"], "end": citation["end"]}
    )
    assert shown.json()["quote"] == citation["quote"]
    found = await client.post("/v1/search", json={"query": "fence", "k": 2})
    assert [each["rank"] for each in found.json()["passages"]] == [1, 2]
    checked = await client.post("/v1/check-quote", json={"words": TRUCE})
    assert (checked.json()["verdict"], checked.json()["exact"]) == ("said", True)
    told = await client.post("/v1/timeline", json={"words": "truce", "from": "2025-10", "party": ["Pakistan"]})
    assert [each["day"] for each in told.json()["events"]] == ["2025-10-19"]
    listed = await client.get("/v1/sources", params={"words": "dawn"})
    assert [each["id"] for each in listed.json()["sources"]] == ["fence"]


@pytest.mark.parametrize(
    ("body", "headers", "status", "said"),
    [
        (b'{"question": "x", "langage": "en"}', JSON, 422, "did you mean language?"),
        (b'{"question": "x", "k": 0}', JSON, 422, "k: "),
        (b'{"question": "?"}', JSON, 422, "The question is empty"),
        (b'{"question": "x", "party": ["Atlantis"]}', JSON, 422, "no known party"),
        (b'{"question": "x", "since": "2022-13-45"}', JSON, 422, "2022-13-45"),
        (b'{"query"}', JSON, 400, "is not JSON"),
        (b'{"question": "\xff\xfe"}', JSON, 400, "not UTF-8 (byte 14)"),
        (b"question=x", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "Content-Type: application/json"),
        (b'{"question": "' + b"x" * guard.BODY_MOST + b'"}', JSON, 413, "at most 65,536 bytes"),
    ],
)  # fmt: skip
async def test_a_body_that_cannot_be_used_is_a_problem(client, body, headers, status, said):
    assert said in problem(await client.post("/v1/ask", content=body, headers=headers), status)["detail"]


async def test_each_wrong_field_is_named(client):
    said = problem(await client.post("/v1/ask", json={"question": "x", "k": 99, "colour": "red"}), 422)
    assert {each["field"] for each in said["errors"]} == {"k", "colour"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/sources/fense", 404),
        ("GET", "/v1/sources/fence?start=9&end=3", 422),
        ("GET", "/v1/sources/fence?begin=9", 422),
        ("GET", "/v1/sources?limit=x", 422),
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/ask", 405),
    ],
)
async def test_an_address_that_cannot_be_used_is_a_problem(client, method, path, status):
    problem(await client.request(method, path), status)


@pytest.mark.parametrize(
    ("error", "status"), [(Overdue("x"), 504), (WorkerDied("x"), 503), (RuntimeError("secret"), 503)]
)
async def test_a_failure_of_the_service_is_a_problem_that_tells_no_secret(home, monkeypatch, error, status):
    async def failing(*_, **__):
        raise error

    async with http(home, monkeypatch) as (client, service):
        monkeypatch.setattr(service.live, "answer", failing)
        assert "secret" not in problem(await client.post("/v1/ask", json=QUESTION), status)["detail"]


async def test_a_token_is_wanted_where_there_are_tokens(home, monkeypatch):
    async with http(home, monkeypatch, {TOKEN: "desk"}) as (client, _):
        for wrong in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}):
            reply = await client.post("/v1/ask", json=QUESTION, headers=wrong)
            problem(reply, 401)
            assert reply.headers["www-authenticate"] == "Bearer"
        problem(await client.get("/metrics"), 401)
        good = {"Authorization": f"Bearer {TOKEN}"}
        assert (await client.post("/v1/ask", json=QUESTION, headers=good)).status_code == 200
        assert (await client.get("/")).status_code == 200  # pages are open where only this machine connects
        assert (await client.get("/healthz")).status_code == 200


async def test_pages_need_a_token_where_others_connect_and_no_public_address_is_set(home, monkeypatch):
    async with http(home, monkeypatch, {TOKEN: "desk"}, http_host="0.0.0.0") as (client, _):
        for path in ("/", "/sources", "/sources/fence"):
            problem(await client.get(path), 401)
    async with http(home, monkeypatch, {TOKEN: "desk"}, http_host="0.0.0.0", public_url="https://x.org") as (client, _):
        assert (await client.get("/")).status_code == 200


async def test_behind_a_public_address_the_api_is_closed_to_whoever_has_no_token(home, monkeypatch):
    async with http(home, monkeypatch, public_url="https://x.org") as (client, _):
        problem(await client.post("/v1/ask", json=QUESTION, headers={"Host": "x.org"}), 401)
        problem(await client.post("/v1/ask", json=QUESTION), 401)
        assert (await client.get("/", headers={"Host": "x.org"})).status_code == 200


async def test_a_token_has_its_own_limit(home, monkeypatch):
    async with http(home, monkeypatch, {TOKEN: "desk", "u" * 32: "other"}, http_per_minute=2) as (client, _):
        mine, other = ({"Authorization": f"Bearer {each * 32}"} for each in "tu")
        for _ in range(2):
            assert (await client.get("/v1/sources", headers=mine)).status_code == 200
        reply = await client.get("/v1/sources", headers=mine)
        problem(reply, 429)
        assert 0 < int(reply.headers["retry-after"]) <= 60
        assert (await client.get("/v1/sources", headers=other)).status_code == 200


async def test_another_host_is_refused_on_loopback(client):
    problem(await client.get("/v1/sources", headers={"Host": "evil.example"}), 421)
    assert (await client.get("/v1/sources", headers={"Host": "localhost:8765"})).status_code == 200
    assert (await client.get("/v1/sources", headers={"Host": "[::1]:8765"})).status_code == 200


async def test_no_origin_may_call_unless_it_is_named(home, monkeypatch):
    asks = {"Origin": "https://a.org", "Access-Control-Request-Method": "POST"}
    async with http(home, monkeypatch) as (client, _):
        assert "access-control-allow-origin" not in (await client.options("/v1/ask", headers=asks)).headers
        assert "access-control-allow-origin" not in (await client.post("/v1/ask", json=QUESTION, headers=asks)).headers
    async with http(home, monkeypatch, http_origin="https://a.org") as (client, _):
        allowed = (await client.post("/v1/ask", json=QUESTION, headers=asks)).headers
        assert allowed["access-control-allow-origin"] == "https://a.org"
        other = await client.post("/v1/ask", json=QUESTION, headers={"Origin": "https://b.org"})
        assert "access-control-allow-origin" not in other.headers


async def test_every_reply_is_closed_to_scripts_and_frames_and_is_not_kept(client):
    for path in ("/", "/v1/sources", "/v1/nothing"):
        headers = (await client.get(path)).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"


async def test_health_and_metrics_hold_no_question(client):
    await client.post("/v1/ask", json=QUESTION)
    await client.get("/?q=Where+is+the+border+fence%3F")
    assert (await client.get("/healthz")).json()["generation"] == "000001"
    text = (await client.get("/metrics")).text
    assert 'torkham_http_requests_total{route="/v1/ask",status="200"} 1.0' in text
    assert "torkham_answers_total{" in text
    assert "fence" not in text


async def test_the_openapi_document_has_every_operation_and_resolves(client):
    described = (await client.get("/openapi.json")).json()
    assert described == json.loads(json.dumps(document("http://127.0.0.1:8765")))
    assert described["openapi"] == "3.1.0"
    assert {(path, method.upper()) for path, methods in described["paths"].items() for method in methods} == {
        (operation.path, operation.method) for operation in OPERATIONS
    }
    for reference in re.findall(r'"\$ref": "#/components/schemas/(\w+)"', json.dumps(described)):
        assert reference in described["components"]["schemas"]
    page = await client.get("/docs")
    for operation in OPERATIONS:
        assert operation.path in page.text


def events(text):
    """(event, data) of a stream."""
    blocks = [
        dict(re.findall(r"(?m)^(event|data): (.*)$", block)) for block in text.replace("\r\n", "\n").split("\n\n")
    ]
    return [(block["event"], json.loads(block["data"])) for block in blocks if "event" in block]


async def test_a_composed_answer_grows_in_events(home, monkeypatch):
    made = answer(claims=(Claim("A truce was agreed.", "pakistan", None, "2025-10-19", (1,), wording="composed"),))

    async def composing(asked, shown):
        await asyncio.to_thread(shown, made.claims[0])
        return replace(made, composed=True)

    async with http(home, monkeypatch) as (client, service):
        monkeypatch.setattr(service, "ask", composing)
        reply = await client.post("/v1/ask", json=QUESTION, headers={"Accept": "text/event-stream"})
        assert reply.headers["content-type"].startswith("text/event-stream")
        [(first, claim), (last, whole)] = events(reply.text)
        assert (first, claim["text"], claim["party"]) == ("claim", "A truce was agreed.", "Pakistan")
        assert (last, whole["composed"]) == ("answer", True)


async def test_a_stream_says_its_problem(home, monkeypatch):
    async with http(home, monkeypatch) as (client, _):
        reply = await client.post("/v1/ask", json={"question": "?"}, headers={"Accept": "text/event-stream"})
        [(name, said)] = events(reply.text)
        assert (name, said["status"]) == ("problem", 422)


async def test_a_request_that_does_not_come_in_time_is_given_up_and_a_client_may_go_away(home, monkeypatch):
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.2)
    async with listening(home, monkeypatch) as (port, _):
        head = (
            b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n"
        )
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head + b'{"question')
        assert b" 408 " in await reader.readline()
        writer.close()
        for sent in (
            head,
            head + b'{"quest',
            b"GET /v1/sources HTTP/1.1\r\nHost: localhost\r\n\r\n",
            b"\x00\xff nonsense\r\n\r\n",
        ):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            writer.close()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as others:
            assert (await others.post("/v1/ask", json=QUESTION)).status_code == 200


async def test_a_client_that_leaves_amid_its_request_is_no_error_of_the_server(home, monkeypatch, caplog):
    async with listening(home, monkeypatch) as (port, _):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
        )
        await writer.drain()
        writer.close()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as others:
            while 'route="/v1/ask"' not in (metrics := (await others.get("/metrics")).text):
                await asyncio.sleep(0.01)
    assert 'status="499"' in metrics
    assert 'status="500"' not in metrics
    assert not caplog.records


async def test_one_who_leaves_while_an_answer_is_made_holds_up_nobody(home, monkeypatch):
    begun, go = threading.Event(), threading.Event()
    async with listening(home, monkeypatch) as (port, service):
        made = service.live._serving.answerer.answer

        def slow(*given, **asked):
            begun.set()
            assert go.wait(20)
            return made(*given, **asked)

        monkeypatch.setattr(service.live._serving.answerer, "answer", slow)
        body = json.dumps(QUESTION).encode()
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            % len(body)
            + body
        )
        await asyncio.to_thread(begun.wait, 20)
        writer.close()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as others:
            assert (await others.get("/healthz")).status_code == 200
            go.set()
            assert (await others.post("/v1/ask", json={"question": "Who crossed the border?"})).status_code == 200


async def test_two_hundred_connections_at_once_are_all_answered(home, monkeypatch):
    async with listening(home, monkeypatch) as (port, _):
        limits = httpx.Limits(max_connections=200)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=60) as client:
            asked = [
                client.post("/v1/ask", json={"question": f"Where is border fence {number % 5}?"})
                for number in range(200)
            ]
            assert {reply.status_code for reply in await asyncio.gather(*asked)} == {200}


async def test_connections_that_send_nothing_are_closed_and_keep_nobody_out(home, monkeypatch):
    monkeypatch.setattr(asgi, "HEAD_SECONDS", 0.3)
    async with listening(home, monkeypatch) as (port, _):
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(200)]
        for _, writer in idle[::2]:
            writer.write(b"GET / HTTP/1.1\r\nHost: local")
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as others:
            assert (await others.get("/healthz")).status_code == 200
        assert {await reader.read() for reader, _ in idle} == {b""}


async def test_beyond_what_is_served_at_once_it_says_so(home, monkeypatch):
    monkeypatch.setattr(guard, "AT_ONCE", 0)
    async with http(home, monkeypatch) as (client, _):
        reply = await client.post("/v1/ask", json=QUESTION)
        problem(reply, 503)
        assert reply.headers["retry-after"] == "1"
