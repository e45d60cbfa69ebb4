"""The client of a language model: any OpenAI-compatible server, within a deadline. The only importer of openai."""

from __future__ import annotations

import queue
import random
import re
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.composing.budget import Breaker, Budget
from bot.composing.tokens import count_tokens
from bot.errors import ModelError
from bot.settings import Settings

FOLDER = "llm"  # files in the home: spending, deleted sentences
FIRST_PAUSE = 0.4  # seconds before the first retry; doubled each time
LONGEST_PAUSE = 8.0
CHARACTERS = 12  # characters per allowed token; a longer answer means that the server ignores its limit
_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_END = object()
_HALF = re.compile("[\ud800-\udfff]")
Messages = Sequence[Mapping[str, str]]


class LanguageModel:
    """One configured model. Thread-safe; at most `llm_at_once` concurrent requests."""

    def __init__(
        self, settings: Settings, *, sleep: Callable[[float], None] = time.sleep, budget: Budget | None = None
    ) -> None:
        self._settings = settings
        self._sleep = sleep
        self._places = threading.BoundedSemaphore(settings.llm_at_once)
        self._breaker = Breaker(settings.llm_breaker_failures, settings.llm_breaker_seconds)
        self._budget = budget or Budget(Path(settings.home) / FOLDER, settings)
        self._client: Any = None
        self._lock = threading.Lock()

    def stream(self, messages: Messages, *, deadline: float, most_tokens: int) -> Generator[str, None, None]:
        """Stream the answer, up to `deadline` (time.monotonic()) and `most_tokens` tokens.

        Raises ModelError when there is no output, the connection breaks or time is up; earlier pieces remain valid.
        Close it early to free its slot and record its cost.
        """
        tokens_in = sum(count_tokens(message["content"]) + 4 for message in messages)
        self._breaker.check()
        self._budget.check(tokens_in, most_tokens)
        with self._place(deadline):
            said: list[str] = []
            good = False
            try:
                for piece in self._pieces(messages, deadline, most_tokens):
                    said.append(piece)
                    yield piece
                    if sum(map(len, said)) > CHARACTERS * most_tokens:
                        raise ModelError("the answer did not end")
                good = True
            except GeneratorExit:
                good = True  # the reader has seen enough
                raise
            finally:
                self._breaker.note(good)
                self._budget.spend(tokens_in, count_tokens("".join(said)))

    def complete(self, messages: Messages, *, deadline: float, most_tokens: int) -> str:
        """The complete answer."""
        return "".join(self.stream(messages, deadline=deadline, most_tokens=most_tokens))

    @contextmanager
    def _place(self, deadline: float) -> Iterator[None]:
        if not self._places.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise ModelError("too many answers are being composed at the moment")
        try:
            yield
        finally:
            self._places.release()

    def _pieces(self, messages: Messages, deadline: float, most_tokens: int) -> Iterator[str]:
        """The pieces, read in a separate thread, so that even a server that trickles cannot exceed the deadline."""
        came: queue.Queue[Any] = queue.Queue()
        stop = threading.Event()
        reader = threading.Thread(
            target=self._read, args=(messages, deadline, most_tokens, came, stop), daemon=True, name="language-model"
        )
        reader.start()
        try:
            while True:
                try:
                    item = came.get(timeout=max(0.0, deadline - time.monotonic()))
                except queue.Empty:
                    raise ModelError("the time was up") from None
                if item is _END:
                    return
                if isinstance(item, ModelError):
                    raise item
                yield item
        finally:
            stop.set()

    def _read(
        self, messages: Messages, deadline: float, most_tokens: int, came: queue.Queue[Any], stop: threading.Event
    ) -> None:
        from bot.composing.llm_reading import BYTES, MORE_BYTES, Reading, reading

        reading.set(Reading(deadline, BYTES * most_tokens + MORE_BYTES, stop))
        try:
            response = self._open(messages, deadline, most_tokens, stop)
            try:
                for chunk in response:
                    if stop.is_set():
                        return
                    for choice in chunk.choices or ():
                        if choice.delta is not None and choice.delta.content:
                            came.put(_whole(str(choice.delta.content)))
            finally:
                response.close()
            came.put(_END)
        except ModelError as error:
            came.put(error)
        except TimeoutError:
            came.put(ModelError("the time was up"))
        except (
            Exception
        ) as error:  # the outermost border of this thread: a client may raise anything on a broken stream
            came.put(ModelError(f"the answer broke off ({type(error).__name__})"))

    def _open(self, messages: Messages, deadline: float, most_tokens: int, stop: threading.Event) -> Any:
        """Open the stream; failures before the first piece are retried while there is time.

        The client's own retries know neither the answer's deadline nor that the reader has stopped it, so they are off.
        """
        import openai

        for attempt in range(self._settings.llm_retries + 1):
            wait = min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt) * random.uniform(0.75, 1.25)
            try:
                return self._connected().chat.completions.create(
                    model=self._settings.llm_model,
                    messages=[dict(message) for message in messages],
                    max_tokens=most_tokens,
                    temperature=0.0,
                    stream=True,
                    timeout=max(0.1, min(self._settings.llm_timeout_seconds, deadline - time.monotonic())),
                )
            except openai.APIStatusError as error:
                reason = f"the server answered {error.status_code}"
                if 300 <= error.status_code < 400:
                    reason = "the server points to another address: set TORKHAM_LLM_BASE_URL to it if you trust it"
                if error.status_code not in _AGAIN:
                    raise ModelError(reason) from error
                wait = _asked_to_wait(error.response.headers.get("retry-after")) or wait
            except openai.APITimeoutError:
                reason = "the server was silent"
            except openai.APIConnectionError:
                reason = "the server cannot be reached"
            if attempt == self._settings.llm_retries or stop.is_set() or time.monotonic() + wait >= deadline:
                raise ModelError(reason)
            self._sleep(wait)
        raise ModelError("nothing was tried")

    def _connected(self) -> Any:
        import openai

        from bot.composing.llm_reading import client

        with self._lock:
            if self._client is None:
                settings = self._settings
                self._client = openai.OpenAI(
                    base_url=settings.llm_base_url,
                    api_key=settings.llm_api_key or "none",
                    max_retries=0,
                    http_client=client(openai.DefaultHttpxClient),
                )
            return self._client


def _whole(piece: str) -> str:
    """A piece without lone surrogates (JSON may contain \\ud800), which cannot be encoded."""
    return _HALF.sub("\ufffd", piece)


def _asked_to_wait(header: str | None) -> float | None:
    """The seconds of a Retry-After header, if it has any."""
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None
