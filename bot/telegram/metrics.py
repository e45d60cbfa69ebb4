"""Prometheus counters and gauges, served with the health of the bot as /metrics and /healthz on a loopback port."""

from __future__ import annotations

import time
from collections.abc import Callable

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.errors import SetupError

HOST = "127.0.0.1"
BUCKET_SECONDS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)


class Metrics:
    """One registry per bot."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._last_poll = time.monotonic()
        self.answers = Counter("torkham_answers", "Answers given.", ["outcome"], registry=self.registry)
        self.seconds = Histogram(
            "torkham_answer_seconds",
            "From taking a question to its answer.",
            buckets=BUCKET_SECONDS,
            registry=self.registry,
        )
        self.refusals = Counter("torkham_limited", "Updates refused at the door.", ["limit"], registry=self.registry)
        self.too_many = Counter("torkham_retry_after", "Requests that Telegram put off (429).", registry=self.registry)
        self.doubts = Counter("torkham_doubts", "Messages that may have been sent twice.", registry=self.registry)
        self.store_failures = Gauge("torkham_store_failures", "Calls that the store failed.", registry=self.registry)
        self.errors = Counter("torkham_errors", "Updates that failed.", registry=self.registry)
        self.unreadable = Counter("torkham_unreadable", "Updates that could not be parsed.", registry=self.registry)
        self.restarts = Counter(
            "torkham_task_restarts", "Background tasks started again.", ["task"], registry=self.registry
        )
        self.given_up = Counter("torkham_given_up", "Questions given up, by why.", ["why"], registry=self.registry)
        self.pictures = Gauge("torkham_pictures_waiting", "Pictures that wait to be drawn.", registry=self.registry)
        self.oldest = Gauge("torkham_oldest_seconds", "Age of the oldest open update.", registry=self.registry)
        self.workers = Gauge("torkham_answer_processes", "Answer processes that live.", registry=self.registry)
        self.waiting = Gauge("torkham_waiting", "Updates that wait or are worked on.", registry=self.registry)
        self.generation = Gauge("torkham_generation", "The generation that serves.", registry=self.registry)
        age = Gauge("torkham_last_poll_seconds", "Seconds since the last good poll.", registry=self.registry)
        age.set_function(self.poll_age)

    def polled(self) -> None:
        """Record a successful poll."""
        self._last_poll = time.monotonic()

    def poll_age(self) -> float:
        """Seconds since the last good poll."""
        return time.monotonic() - self._last_poll

    def text(self) -> bytes:
        """All metrics in the Prometheus text format."""
        return generate_latest(self.registry)


async def serve(
    port: int, health: Callable[[], tuple[bool, dict[str, object]]], metrics: Callable[[], bytes]
) -> web.AppRunner:
    """A small HTTP server, stopped with `cleanup`; /healthz is 200 while healthy, else 503. SetupError if the port is
    taken.
    """

    async def healthz(_request: web.Request) -> web.Response:
        healthy, about = health()
        return web.json_response(about, status=200 if healthy else 503)

    async def figures(_request: web.Request) -> web.Response:
        return web.Response(body=metrics(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/metrics", figures)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
    except OSError as error:
        await runner.cleanup()
        raise SetupError(
            f"{HOST}:{port} cannot be listened on ({error.strerror}): set TORKHAM_HEALTH_PORT to another port, or to 0."
        ) from None
    return runner
