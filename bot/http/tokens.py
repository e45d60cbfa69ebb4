"""Access control: bearer tokens from a 0600 file, and rate limits per caller."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import time
from collections import deque
from collections.abc import Callable, Mapping

from bot.errors import SetupError
from bot.secret_file import read_secret
from bot.settings import Settings

MINUTE = 60.0
MOST_CALLERS = 10_000  # callers counted concurrently; the least recent are dropped
_LINE = re.compile(r"([A-Za-z0-9_.-]{1,40})\s+([A-Za-z0-9_.~+/=-]{20,200})")


class Tokens:
    """Names by token; only digests are stored."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """`names` maps each token to its name."""
        self._names = {hashlib.sha256(token.encode()).digest(): name for token, name in names.items()}

    def __bool__(self) -> bool:
        return bool(self._names)

    def name(self, authorization: str) -> str | None:
        """The name of the token in an Authorization header, None for a missing or unknown one."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return None
        given = hashlib.sha256(token.strip().encode()).digest()
        found = [name for known, name in self._names.items() if hmac.compare_digest(known, given)]
        return found[0] if found else None


def read_tokens(settings: Settings) -> Tokens:
    """The tokens of the settings; SetupError if other machines could connect without one."""
    if settings.http_tokens_file:
        return Tokens(_parse(read_secret(settings.http_tokens_file), settings.http_tokens_file))
    if not is_loopback(settings.http_host):
        raise SetupError(
            f"{settings.http_host} can be reached from other machines: set TORKHAM_HTTP_TOKENS_FILE to a 0600 file"
            " with a line `NAME TOKEN` for each client (`openssl rand -hex 32` makes a token)."
        )
    return Tokens({})


def _parse(text: str, name: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = _LINE.fullmatch(line.strip())
        if parts is None or parts[1] in names.values() or parts[2] in names:
            raise SetupError(
                f"{name}, line {number}: write `NAME TOKEN`, a new name and a token of 20 or more letters and digits."
            )
        names[parts[2]] = parts[1]
    if not names:
        raise SetupError(f"{name} holds no token: write a line `NAME TOKEN` for each client.")
    return names


def is_loopback(host: str) -> bool:
    """Whether an address is reachable from this machine only."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


class Windows:
    """The number of calls of each caller within the last minute."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = per_minute
        self._clock = clock
        self._calls: dict[str, deque[float]] = {}

    def wait(self, caller: str) -> float:
        """Count a call; 0 if it is allowed, else the seconds until it will be."""
        now = self._clock()
        calls = self._calls.pop(caller, deque())
        self._calls[caller] = calls  # keeps the most recent caller last
        while calls and calls[0] <= now - MINUTE:
            calls.popleft()
        if len(calls) >= self._most:
            return calls[0] + MINUTE - now
        calls.append(now)
        if len(self._calls) > MOST_CALLERS:
            del self._calls[next(iter(self._calls))]
        return 0.0
