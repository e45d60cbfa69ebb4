"""Prometheus metrics of the HTTP front end, without questions or addresses."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.service.service import Service

BUCKETS = (0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)


class Metrics:
    """One registry per server."""

    def __init__(self, service: Service) -> None:
        self._registry = registry = CollectorRegistry()
        self.requests = Counter(
            "torkham_http_requests", "Requests by route and status.", ["route", "status"], registry=registry
        )
        self.seconds = Histogram(
            "torkham_http_seconds", "From a request to its whole reply.", ["route"], buckets=BUCKETS, registry=registry
        )
        self.open = Gauge("torkham_http_open", "Requests that are being served.", registry=registry)
        self.answers = Counter("torkham_answers", "Answers given.", ["outcome"], registry=registry)
        generation = Gauge("torkham_generation", "The generation that serves.", registry=registry)
        generation.set_function(lambda: float(service.live.generation))
        workers = Gauge("torkham_answer_processes", "Answer processes that live.", registry=registry)
        workers.set_function(lambda: float((service.live.processes or (0, 0))[0]))

    def text(self) -> bytes:
        """All metrics in the Prometheus text format."""
        return generate_latest(self._registry)
