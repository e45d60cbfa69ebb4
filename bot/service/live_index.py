"""The serving index at run time: model work off the event loop, a new generation picked up between two answers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from bot.answering.answer import DEFAULT_CLAIMS
from bot.answering.answerer import Answer, Answerer, Claim
from bot.composing.answerer import ComposingAnswerer
from bot.service.answer_cache import Key, Shared, key_of
from bot.service.answer_processes import AnswerProcesses, drop_caches, lower_priority
from bot.service.answering import Ask, answered, can_skip
from bot.service.worker_pool import Overdue
from index.encoder import Encoder
from index.engines import open_storage
from index.errors import IndexingError
from index.search import Index
from index.storage import Storage
from index.types import Hit, Scope
from sources.document import Document

THREADS = 4  # threads that read the library, and as many that answer if no process does
CLOSING_SECONDS = 3.0  # seconds for readers of the index at shutdown
COMPOSERS = 16  # answers that may wait for a language model concurrently, each within its deadline
LOOK_SECONDS = 0.5  # between checks for a newer generation
LISTEN_SECONDS = 15.0  # timeout of one wait for a notification
_SHARED = ("kind", "language", "publisher", "author", "published", "party")  # fields with few distinct values
T = TypeVar("T")
log = logging.getLogger("torkham.index")


@dataclass(slots=True)
class Serving:
    """An open generation with its answerer, its documents and their text digests, and its number of users.

    Only documents with statements keep their text, see `outline`.
    """

    index: Index
    answerer: Answerer
    documents: dict[str, Document] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    users: int = 0


def outline(document: Document) -> Document:
    """A document for lists: complete if it has statements, otherwise without its text.

    A large library consists of articles, whose texts together are larger than everything else in the bot's memory.
    """
    if document.statements:
        return document
    about: dict[str, Any] = {
        name: sys.intern(value) for name in _SHARED if (value := getattr(document, name)) is not None
    }
    return replace(document, text="", summary=None, pages=(), headings=(), references=(), **about)


class LiveIndex:
    """Questions use the newest generation; an older one is closed after its last user."""

    def __init__(
        self,
        where: Path | Storage,
        encoder: Encoder,
        *,
        answerer: Callable[[Index], Answerer] = Answerer,
        composing: ComposingAnswerer | None = None,
        processes: AnswerProcesses | None = None,
        seconds: float = 30.0,
        waits: Callable[[], None] = lambda: None,
    ) -> None:
        """`where` is a home or a storage; an answer is given up after `seconds`.

        With `composing`, answers are composed by a language model, in separate threads because it is slow. With
        `processes`, other answers are computed there. `answerer` creates an answerer for an index. `waits` is called in
        the caller's task before it mostly waits for a server.
        """
        self._answerer = answerer
        self._encoder = encoder
        self._generations = open_storage(where)
        self._seconds = seconds
        self._waits = waits
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="library")
        # Separate from reads for buttons and commands, which must not wait behind questions.
        self._answers = ThreadPoolExecutor(processes.count if processes else THREADS, thread_name_prefix="answers")
        self._composing = composing
        self._processes = processes
        self._repeated: Shared[Key, Answer] = Shared()
        self.switched: Callable[[], None] = lambda: None
        self._composers = ThreadPoolExecutor(COMPOSERS, thread_name_prefix="composing") if composing else self._pool
        self._serving = self._load()
        self._looked = time.monotonic()
        self._loading: asyncio.Task[None] | None = None
        self._heard: str | None = None
        self._over = threading.Event()
        # A storage with notifications is not polled.
        self._wait: Callable[[str | None, float], str | None] | None = getattr(self._generations, "wait", None)
        if self._wait is not None:
            threading.Thread(target=self._listen, args=(self._wait,), name="generations", daemon=True).start()

    @property
    def generation(self) -> str:
        """The serving generation."""
        return self._serving.index.manifest.generation

    @property
    def documents(self) -> dict[str, Document]:
        """Every document of the serving generation by id, see `outline`; `document` returns a complete one."""
        return self._serving.documents

    @property
    def digests(self) -> dict[str, str]:
        """The digest of each document's text, by id."""
        return self._serving.digests

    async def document(self, identifier: str) -> Document | None:
        """A complete document of the serving generation, read off the event loop."""
        return await self.call(lambda serving: serving.index.document(identifier))

    @property
    def composes(self) -> bool:
        """Whether a language model composes the answers."""
        return self._composing is not None

    @property
    def can_skip(self) -> bool:
        """Whether “more” works beyond the claims of an answer."""
        return self._composing is None and can_skip(self._serving.answerer)

    def names_something(self, text: str) -> bool:
        """Whether a text names anything the library could be asked about: a name or a number."""
        gazetteer = self._serving.answerer.gazetteer
        return any(char.isdigit() for char in text) or bool(gazetteer.find(text))

    @property
    def processes(self) -> tuple[int, int] | None:
        """The live and the intended number of answering processes; None if the bot answers by itself."""
        return (self._processes.living, self._processes.count) if self._processes else None

    async def answer(
        self,
        question: str,
        history: Sequence[str],
        language: str | None,
        started: Callable[[], None] = lambda: None,
        shown: Callable[[Claim], None] = lambda claim: None,
        *,
        skip: int = 0,
        scope: Scope | None = None,
        k: int = DEFAULT_CLAIMS,
        composed: bool = True,
    ) -> Answer:
        """The answer to a question; `started` is called when it leaves the queue, `shown` for each composed sentence.

        `skip` omits the claims already shown; `scope` and `k` are an Answerer's; without `composed` no language model
        is used. Overdue on timeout, WorkerDied if it ended two processes.
        """
        asked = Ask(question, tuple(history), language, skip, scope or Scope(), k)
        if self._composing is not None and composed and not skip:
            self._waits()
            return await self.call(self._composed(self._composing, asked, started, shown), self._composers)

        def extracted(serving: Serving) -> Answer:
            started()
            return self._extracted(serving, asked)

        self.look()
        return await self._repeated.get(
            key_of(self.generation, asked), lambda: self._in_time(extracted, self._limit), started
        )

    async def prove(self, question: str) -> Answer:
        """An extractive answer that bypasses the cache; Overdue, WorkerDied."""
        return await self._in_time(lambda serving: self._extracted(serving, Ask(question)), self._limit)

    def _extracted(self, serving: Serving, asked: Ask) -> Answer:
        if self._processes is not None and self._processes.living:
            return self._processes.answer(serving.index.manifest.generation, asked)
        return answered(serving.answerer, asked)

    async def compute(self, work: Callable[..., T], *arguments: Any) -> T:
        """Run `work(answerer, *arguments)`, which takes as long as an answer, where answers are computed; Overdue, WorkerDied.

        It must be importable by name, for the answering processes.
        """

        def computed(serving: Serving) -> T:
            if self._processes is not None and self._processes.living:
                return self._processes.compute(serving.index.manifest.generation, work, *arguments)
            return work(serving.answerer, *arguments)

        return await self._in_time(computed, self._limit)

    @property
    def _limit(self) -> float | None:
        """The timeout of an answer in seconds; None while processes answer, which have their own clock."""
        return None if self._processes is not None and self._processes.living else self._seconds

    async def _in_time(self, work: Callable[[Serving], T], limit: float | None) -> T:
        """Work in this process cannot be cancelled: its thread is abandoned, which /healthz reports."""
        begun = threading.Event()

        def watched(serving: Serving) -> T:
            begun.set()
            return work(serving)

        making = asyncio.ensure_future(self.call(watched, self._answers))
        while not begun.is_set() and not making.done():  # time in the queue does not count
            await asyncio.wait({making}, timeout=0.5)
        done, _ = await asyncio.wait({making}, timeout=limit)
        if not done:
            making.add_done_callback(lambda late: late.cancelled() or late.exception())
            log.error("an answer took longer than %.0f seconds and was given up", self._seconds)
            raise Overdue(f"it took longer than {self._seconds:.0f} seconds")
        return making.result()

    async def forget(self) -> None:
        """Clear all cached questions and answers, here and in the answering processes."""
        self._repeated.forget()
        await asyncio.to_thread(drop_caches)
        if self._processes is not None:
            await asyncio.to_thread(self._processes.forget)

    @staticmethod
    def _composed(
        composing: ComposingAnswerer, asked: Ask, started: Callable[[], None], shown: Callable[[Claim], None]
    ) -> Callable[[Serving], Answer]:
        def work(serving: Serving) -> Answer:
            started()
            composed = composing.answer(
                serving.answerer,
                asked.question,
                scope=asked.scope,
                history=asked.history,
                k=asked.k,
                language=asked.language,
                shown=shown,
            )
            return composed.trace.answer

        return work

    async def search(self, query: str, k: int, scope: Scope | None = None) -> list[Hit]:
        """The passages nearest to a query."""
        return await self.call(lambda serving: serving.index.search(query, k, scope or Scope()))

    async def within(self, query: str, document_id: str, k: int) -> list[Hit]:
        """The passages of one document, nearest to a query first."""
        scope = Scope(documents=(document_id,))
        return await self.call(lambda serving: serving.index.search(query, k, scope))

    async def call(self, work: Callable[[Serving], T], pool: ThreadPoolExecutor | None = None) -> T:
        """Run work on the serving generation in a thread."""
        self.look()
        serving, loop = self._serving, asyncio.get_running_loop()
        serving.users += 1
        future = (pool or self._pool).submit(work, serving)
        # Not on cancellation: the thread may still be reading.
        future.add_done_callback(lambda _: _soon(loop, self._left, serving))
        return await asyncio.wrap_future(future)

    def _left(self, serving: Serving) -> None:
        serving.users -= 1
        self._retire(serving)

    def look(self) -> None:
        """Start loading a newer generation, if there is one; the current one serves until it is ready."""
        if time.monotonic() - self._looked < LOOK_SECONDS or self._loading is not None:
            return
        self._looked = time.monotonic()
        newest = self._heard if self._wait is not None else self._newest()
        if newest is not None and newest != self.generation:
            self._loading = asyncio.create_task(self._switch())

    def _newest(self) -> str | None:
        try:
            return self._generations.current()
        except IndexingError as error:
            log.warning("the new index cannot be read: %s", error)
            return None

    def _listen(self, wait: Callable[[str | None, float], str | None]) -> None:
        """In a separate thread: wait for the next generation."""
        known: str | None = self.generation
        while not self._over.is_set():
            try:
                self._heard = known = wait(known, LISTEN_SECONDS)
            except IndexingError as error:
                log.warning("%s", error)
                self._over.wait(1.0)

    async def read_ahead(self, read: Callable[[Answerer], None]) -> None:
        """Read the serving generation ahead, at low priority; it stays open meanwhile."""

        def work(serving: Serving) -> None:
            lower_priority()
            try:
                read(serving.answerer)
            except Exception as error:  # anything missing is read on demand
                log.info("reading ahead ended early (%s)", type(error).__name__)

        pool = ThreadPoolExecutor(1, thread_name_prefix="warm")
        await self.call(work, pool)
        pool.shutdown(wait=False)

    async def settled(self) -> None:
        """Wait until the newest generation serves."""
        self._looked = 0.0
        self._heard = self._newest()
        self.look()
        if self._loading is not None:
            await self._loading

    async def _switch(self) -> None:
        try:
            fresh = await asyncio.to_thread(self._load)
        except IndexingError as error:
            log.warning("the new index cannot be opened, the old one serves: %s", error)
        else:
            old, self._serving = self._serving, fresh
            self._repeated.forget()
            self._retire(old)
            log.info("generation %s serves", self.generation)
            self.switched()
        finally:
            self._loading = None

    def _load(self) -> Serving:
        index = Index.open(self._generations, self._encoder)
        documents, digests = dict[str, Document](), dict[str, str]()
        for document in index.each_document():
            documents[document.id], digests[document.id] = outline(document), document.digest
        return Serving(index, self._answerer(index), documents, digests)

    def _retire(self, serving: Serving) -> None:
        if serving is not self._serving and not serving.users:
            serving.index.close()

    async def end(self) -> bool:
        """Stop the threads, and close the index once nobody reads it; False if somebody still does."""
        self._over.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._answers.shutdown(wait=False, cancel_futures=True)
        self._composers.shutdown(wait=False, cancel_futures=True)
        if self._processes is not None:
            await asyncio.to_thread(self._processes.close)
        until = time.monotonic() + CLOSING_SECONDS
        while self._serving.users and time.monotonic() < until:
            await asyncio.sleep(0.02)
        if self._serving.users:
            return False
        self._serving.index.close()
        return True


def _soon(loop: asyncio.AbstractEventLoop, call: Callable[[Serving], None], serving: Serving) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended, and with it the process
        loop.call_soon_threadsafe(call, serving)
