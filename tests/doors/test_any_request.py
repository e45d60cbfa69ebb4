"""Whatever a request holds, it gets an answer, a page or a problem, never a fault of the server."""

from __future__ import annotations

import json
import random
from urllib.parse import quote, quote_from_bytes

import pytest
from support.running.served import http

pytestmark = pytest.mark.anyio
WORDS = [
    "fence", "doha", "Pakistan", "Where is the border fence?", "", " ", "x" * 3000, "\x00", "\ufffd", "\u202e", "\u2028", "🇵🇰",
    "'\"<>", "../..", "a/b", "%s%n", "{0}", "{{7*7}}", "[1]", "2021", "2021-99", "-1", "9" * 20, "1e9", "null", "NaN", "ur",
    "1.0.8", "0.0.0", "١.٢.٣", "؟",
]  # fmt: skip
FIELDS = ["question", "query", "history", "k", "language", "since", "until", "party", "document", "source", "colour", "words", "speaker",
          "from", "to", "type", "limit"]  # fmt: skip
PATHS = {"/v1/ask": "question", "/v1/search": "query", "/v1/check-quote": "words", "/v1/timeline": "words"}
PARAMETERS = ["q", "h", "lang", "m", "v", "from", "words", "offset", "limit", "kind", "start", "end", "around"]


def value(dice, depth=0):
    if dice.random() < 0.6 or depth > 3:
        return dice.choice(WORDS)
    if dice.random() < 0.4:
        return dice.choice([0, -1, 20, 10**30, 1.5, True, None])
    return (
        [value(dice, depth + 1) for _ in range(dice.randrange(4))] if dice.random() < 0.7 else {dice.choice(WORDS): 1}
    )


def body(dice, path):
    if dice.random() < 0.1:
        return bytes(dice.randrange(256) for _ in range(40))
    fields = {name: value(dice) for name in dice.sample(FIELDS, dice.randrange(4))}
    fields[PATHS[path]] = dice.choice(WORDS)
    return json.dumps(fields).replace("fence", dice.choice(["fence", "\\ud800"])).encode()


def address(dice):
    known = ["/", "/sources", "/sources/fence", "/sources/doha", "/v1/sources", "/v1/sources/doha"]
    path = dice.choice(
        [*known, *(f"{each}/{quote(dice.choice(WORDS), safe='')}" for each in ("/sources", "/v1/sources"))]
    )
    query = [f"{dice.choice(PARAMETERS)}={quote(dice.choice(WORDS), safe='')}" for _ in range(dice.randrange(4))]
    return (
        f"{path}?{'&'.join([*query, quote_from_bytes(bytes(dice.randrange(256) for _ in range(dice.randrange(4))))])}"
    )


async def test_no_request_is_a_fault_of_the_server(home, monkeypatch):
    dice = random.Random(19)
    statuses = set()
    async with http(home, monkeypatch) as (client, _):
        for _ in range(300):
            if dice.random() < 0.4:
                path = dice.choice(list(PATHS))
                sent = body(dice, path)
                reply = await client.post(path, content=sent, headers={"Content-Type": "application/json"})
            else:
                sent = address(dice)
                reply = await client.get(sent)
            assert reply.status_code in {200, 307, 400, 404, 422}, sent
            statuses.add(reply.status_code)
    assert statuses >= {200, 400, 404, 422}
