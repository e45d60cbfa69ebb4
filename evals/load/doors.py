"""How the doors bear load: answers a second over HTTP, and what MCP and HTTP add to the library call.

    python -m evals.load.doors --home HOME [--questions 300] [--open 32] [--overhead 60]

Starts `torkham serve` and `torkham mcp` on the home and asks a question about each heading of its library, no text twice, so
that no answer is remembered; the overhead compares other questions in this process, through MCP's own client on stdio, and
over HTTP, in turn.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import statistics
import sys
import time
from collections.abc import Awaitable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
from mcp import Client, StdioServerParameters, stdio_client

from bot.answering.answerer import Answerer
from bot.settings import DEFAULT_MODEL
from evals.load.telegram import processor_seconds, questions_of
from index.model.prepare import open_encoder
from index.search import Index

T = TypeVar("T")
WARMING = 20  # questions that are not counted
COMMAND = ["-c", "from bot.cli import main; main()"]


@dataclass(frozen=True, slots=True)
class Figures:
    """Answers a second and latencies in seconds over HTTP under load; then medians in ms of single warm questions.

    `cpu` is the processor time of an answer in ms, server and answer processes together: two idle cores give at most
    2000 / `cpu` a second. `library_ms` is the call in this process, `mcp_more_ms` and `http_more_ms` what the same question
    took longer.
    """

    questions: int
    answered: int
    open: int
    per_second: float
    p50: float
    p95: float
    cpu: float
    page_bytes: int
    page_ms: float
    library_ms: float
    mcp_more_ms: float
    mcp_check_ms: float
    http_more_ms: float
    processors: int
    busy: float


async def measure(given: argparse.Namespace) -> Figures:
    """Start the doors, ask, and end them."""
    texts = questions_of(given.home)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "TORKHAM_HTTP_PER_MINUTE": "1000000", "TORKHAM_LOG_LEVEL": "warning"}
    words = ["--home", str(given.home)]
    server = await asyncio.create_subprocess_exec(
        sys.executable, *COMMAND, *words, "serve", "--port", str(port), env=environment
    )
    base = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient(
            base_url=base, timeout=120, limits=httpx.Limits(max_connections=given.open)
        ) as client:
            await _ready(client)
            loaded = await _load(client, texts, given, server.pid)
            page = await _page(client, texts[0])
            over: dict[str, Any] = await _overhead(client, words, given.home, texts[: given.overhead + WARMING])
    finally:
        server.terminate()
        await server.wait()
    return Figures(**loaded, **page, **over, processors=os.cpu_count() or 0, busy=round(os.getloadavg()[0], 1))


async def _ready(client: httpx.AsyncClient) -> None:
    """Wait until every answer process is alive."""
    while True:
        try:
            about = (await client.get("/healthz")).json()
            living, _, count = about.get("processes", "0 of 0").partition(" of ")
            if living == count:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.2)


async def _load(
    client: httpx.AsyncClient, texts: Sequence[str], given: argparse.Namespace, server: int
) -> dict[str, Any]:
    waits, good, gate = list[float](), 0, asyncio.Semaphore(given.open)
    asked = [texts[number % len(texts)] + "?" * (number // len(texts)) for number in range(given.questions)]

    async def one(question: str) -> None:
        nonlocal good
        async with gate:
            began = time.perf_counter()
            reply = await client.post("/v1/ask", json={"question": question})
            waits.append(time.perf_counter() - began)
            good += reply.status_code == 200

    began, worked = time.perf_counter(), _worked(server)
    await asyncio.gather(*(one(question) for question in asked))
    taken = time.perf_counter() - began
    waits.sort()
    return {
        "questions": given.questions,
        "answered": good,
        "open": given.open,
        "per_second": round(good / taken, 1),
        "p50": round(statistics.median(waits), 3),
        "p95": round(waits[int(len(waits) * 0.95) - 1], 3),
        "cpu": round(1000 * (_worked(server) - worked) / len(asked), 1),
    }


def _worked(server: int) -> float:
    """Processor seconds of a process and its children so far (Linux)."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii").split()
    return sum(processor_seconds(pid) for pid in (server, *map(int, children)))


async def _page(client: httpx.AsyncClient, question: str) -> dict[str, Any]:
    """The page with its style, asked for the first time."""
    began = time.perf_counter()
    page = await client.get("/", params={"q": f"{question} Really?"})
    taken = time.perf_counter() - began
    style = await client.get("/style.css")
    return {"page_bytes": len(page.content) + len(style.content), "page_ms": round(1000 * taken, 1)}


async def _overhead(
    client: httpx.AsyncClient, words: Sequence[str], home: Path, texts: Sequence[str]
) -> dict[str, float]:
    """Medians over the same questions, asked in three ways one after the other; each process hears each once.

    `mcp_check_ms` is the part of MCP's in which its client holds the result against the schema.
    """
    index = Index.open(home, open_encoder(DEFAULT_MODEL, home, report=lambda line: None))
    answerer = Answerer(index)
    answerer.look_ahead(home / "index" / "cache")
    server = StdioServerParameters(command=sys.executable, args=[*COMMAND, *words, "mcp"], env=dict(os.environ))
    taken: dict[str, list[float]] = {"library_ms": [], "mcp_ms": [], "mcp_check_ms": [], "http_ms": []}

    async def timed(name: str, work: Awaitable[T]) -> T:
        began = time.perf_counter()
        result = await work
        taken[name].append(1000 * (time.perf_counter() - began))
        return result

    async with Client(stdio_client(server)) as model:
        await model.list_tools()
        for number, text in enumerate(texts):
            asked = {"question": text.replace("What is known", "What do the sources say")}
            await timed("library_ms", asyncio.to_thread(answerer.answer, asked["question"]))
            result = await timed("mcp_ms", model.call_tool("ask", asked))
            await timed("mcp_check_ms", model.session.validate_tool_result("ask", result))
            await timed("http_ms", client.post("/v1/ask", json=asked))
            if number == WARMING - 1:
                for each in taken.values():
                    each.clear()
    index.close()
    alone = taken["library_ms"]
    more = {name: [one - two for one, two in zip(taken[f"{name}_ms"], alone, strict=True)] for name in ("mcp", "http")}
    return {
        "library_ms": round(statistics.median(alone), 1),
        "mcp_more_ms": round(statistics.median(more["mcp"]), 1),
        "mcp_check_ms": round(statistics.median(taken["mcp_check_ms"]), 1),
        "http_more_ms": round(statistics.median(more["http"]), 1),
    }


def main() -> None:
    """Run it and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--open", type=int, default=32)
    parser.add_argument("--overhead", type=int, default=60)
    print(json.dumps(asdict(asyncio.run(measure(parser.parse_args()))), indent=2))


if __name__ == "__main__":
    main()
