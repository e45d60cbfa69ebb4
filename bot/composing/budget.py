"""Limits on the use of a language model: a circuit breaker, and a daily budget (UTC) of tokens and money."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import ModelError
from bot.settings import Settings

FILE = "usage.json"


class Breaker:
    """After `failures` in a row, no requests for `seconds`; then one request tests whether the server is back."""

    def __init__(self, failures: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._clock = failures, seconds, clock
        self._failed = 0
        self._until = 0.0
        self._lock = threading.Lock()

    def check(self) -> None:
        """ModelError while the circuit is open."""
        with self._lock:
            if self._failed < self._most:
                return
            if self._clock() < self._until:
                raise ModelError(f"the server failed {self._failed} times in a row and is left alone for a while")
            self._until = self._clock() + self._seconds

    def note(self, good: bool) -> None:
        """Record the outcome of a request."""
        with self._lock:
            self._failed = 0 if good else self._failed + 1
            if self._failed >= self._most:
                self._until = self._clock() + self._seconds


@dataclass(frozen=True, slots=True)
class Spent:
    """The cost of a day: tokens, and money in millionths of a cent."""

    day: str
    tokens: int = 0
    micro: int = 0


class Budget:
    """The spending of the day, in a file of the home shared by all its processes."""

    def __init__(self, folder: Path, settings: Settings, today: Callable[[], str] | None = None) -> None:
        self._path = folder / FILE
        self._settings = settings
        self._today = today or (lambda: datetime.now(UTC).date().isoformat())

    def spent(self) -> Spent:
        """Today's cost so far."""
        try:
            raw = json.loads(self._path.read_text(encoding="utf-8"))
            kept = Spent(str(raw["day"]), int(raw["tokens"]), int(raw["micro"]))
        except FileNotFoundError:
            kept = Spent("")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{self._path} cannot be read ({error}): remove it") from error
        return kept if kept.day == self._today() else Spent(self._today())

    def check(self, tokens_in: int, tokens_out: int) -> None:
        """ModelError when a request of that size would exceed a daily limit."""
        spent, settings = self.spent(), self._settings
        if settings.llm_tokens_per_day and spent.tokens + tokens_in + tokens_out > settings.llm_tokens_per_day:
            raise ModelError("the tokens of the day are used up")
        cost = spent.micro + self._price(tokens_in, tokens_out)
        if settings.llm_cents_per_day and cost > settings.llm_cents_per_day * 1_000_000:
            raise ModelError("the money of the day is used up")

    def spend(self, tokens_in: int, tokens_out: int) -> None:
        """Record a request, whatever its outcome; ModelError when that cannot be written."""
        import filelock

        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with filelock.FileLock(f"{self._path}.lock", timeout=5):
                before = self.spent()
                now = {
                    "day": before.day,
                    "tokens": before.tokens + tokens_in + tokens_out,
                    "micro": before.micro + self._price(tokens_in, tokens_out),
                }
                fresh = self._path.with_suffix(f".{os.getpid()}.{threading.get_ident()}.new")
                fresh.write_text(json.dumps(now), encoding="utf-8")
                fresh.replace(self._path)
        except (OSError, filelock.Timeout) as error:
            raise ModelError(f"{self._path} cannot be written ({error}): make the home writable") from error

    def _price(self, tokens_in: int, tokens_out: int) -> int:
        """Cents per million tokens are millionths of a cent per token."""
        settings = self._settings
        return tokens_in * settings.llm_cents_per_million_in + tokens_out * settings.llm_cents_per_million_out
